#![no_std]
#![cfg_attr(not(test), no_main)]

use mirage_rt::unikernel;

#[unikernel(stack = "deep")]
//~                 ^^^^^^ MIR050
async fn main() {}
