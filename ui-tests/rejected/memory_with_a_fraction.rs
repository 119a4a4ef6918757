#![no_std]
#![cfg_attr(not(test), no_main)]

use mirage_rt::unikernel;

#[unikernel(memory = "1.5MiB")]
//~                  ^^^^^^^^ MIR050
async fn main() {}
