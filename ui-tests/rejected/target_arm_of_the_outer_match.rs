#![no_std]
#![cfg_attr(not(test), no_main)]

use mirage_rt::unikernel;

#[unikernel(memory = match target { unix => "16MiB", _ => match target { unix => "8MiB", _ => "32MiB" } })]
//~                                                                      ^^^^ MIR046
async fn main() {}
