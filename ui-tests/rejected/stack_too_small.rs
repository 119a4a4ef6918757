#![no_std]
#![cfg_attr(not(test), no_main)]

use mirage_rt::unikernel;

#[unikernel(stack = "16KiB")]
//~                 ^^^^^^^ MIR056
async fn main() {}
