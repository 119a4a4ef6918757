#![no_std]
#![cfg_attr(not(test), no_main)]

use mirage_rt::unikernel;

#[unikernel(memory = match target { unix => "16MiB" })]
//~                  ^^^^^ MIR044
async fn main() {}
