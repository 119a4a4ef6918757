#![no_std]
#![cfg_attr(not(test), no_main)]

use mirage_rt::unikernel;

#[unikernel(let memory = "8MiB")]
//~         ^^^ MIR001
async fn main() {}
