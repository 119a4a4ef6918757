#![no_std]
#![cfg_attr(not(test), no_main)]

use mirage_rt::unikernel;

#[unikernel(memory = match (targets) { unix => "8MiB", _ => "16MiB" })]
//~                        ^^^^^^^^^ MIR001
async fn main() {}
