#![no_std]
#![cfg_attr(not(test), no_main)]

use mirage_rt::unikernel;

const MEMORY: &str = "8GiB";

#[unikernel(memory = MEMORY)]
//~                  ^^^^^^ MIR057
async fn main() {}
