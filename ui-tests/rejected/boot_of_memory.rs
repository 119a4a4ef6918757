#![no_std]
#![cfg_attr(not(test), no_main)]

use mirage_rt::unikernel;

#[unikernel(memory = boot("16MiB"))]
//~                  ^^^^^^^^^^^^^ MIR016
async fn main() {}
