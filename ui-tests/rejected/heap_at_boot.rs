#![no_std]
#![cfg_attr(not(test), no_main)]

use mirage_rt::unikernel;

#[unikernel(heap = boot("4MiB"))]
//~                ^^^^^^^^^^^^ MIR016
async fn main() {}
