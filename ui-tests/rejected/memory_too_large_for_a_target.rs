#![no_std]
#![cfg_attr(not(test), no_main)]

use mirage_rt::unikernel;

#[unikernel(memory = "8GiB")]
//~                  ^^^^^^ MIR057
async fn main() {}
