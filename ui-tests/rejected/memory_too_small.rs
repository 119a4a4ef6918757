#![no_std]
#![cfg_attr(not(test), no_main)]

use mirage_rt::unikernel;

#[unikernel(memory = "1MiB")]
//~                  ^^^^^^ MIR051
async fn main() {}
