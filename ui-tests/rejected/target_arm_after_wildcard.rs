#![no_std]
#![cfg_attr(not(test), no_main)]

use mirage_rt::unikernel;

#[unikernel(memory = match target { _ => "16MiB", unix => "32MiB" })]
//~                                               ^^^^ MIR046
async fn main() {}
