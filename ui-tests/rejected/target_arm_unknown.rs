#![no_std]
#![cfg_attr(not(test), no_main)]

use mirage_rt::unikernel;

#[unikernel(memory = match target { unix => "16MiB", virtoi => "32MiB", _ => "64MiB" })]
//~                                                  ^^^^^^ MIR042
async fn main() {}
