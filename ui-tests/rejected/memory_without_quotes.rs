#![no_std]
#![cfg_attr(not(test), no_main)]

use mirage_rt::unikernel;

#[unikernel(memory = 16MiB)]
//~                  ^^^^^ MIR004
async fn main() {}
