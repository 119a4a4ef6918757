#![no_std]
#![cfg_attr(not(test), no_main)]

use mirage_rt::unikernel;

#[unikernel(memory = match target { unxi => match target { unix => "8MiB", _ => "16MiB" }, _ => "32MiB" })]
//~                                 ^^^^ MIR042
async fn main() {}
