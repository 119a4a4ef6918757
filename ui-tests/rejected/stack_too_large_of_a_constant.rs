#![no_std]
#![cfg_attr(not(test), no_main)]

use mirage_rt::unikernel;

const STACK: &str = "1GiB";

#[unikernel(stack = STACK)]
//~                 ^^^^^ MIR056
async fn main() {}
