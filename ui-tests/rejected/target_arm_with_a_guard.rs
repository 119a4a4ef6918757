#![no_std]
#![cfg_attr(not(test), no_main)]

use mirage_rt::unikernel;

#[unikernel(memory = match target { unix if true => "16MiB", _ => "64MiB" })]
//~                                 ^^^^^^^^^^^^ MIR001
async fn main() {}
