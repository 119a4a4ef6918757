#![no_std]
#![cfg_attr(not(test), no_main)]

use mirage_rt::unikernel;

#[unikernel(threads(max = 4))]
//~         ^^^^^^^ MIR081
async fn main() {}
