#![no_std]
#![cfg_attr(not(test), no_main)]

use mirage_rt::unikernel;

#[unikernel(memory = if target == unix { "8MiB" } else { "16MiB" })]
//~                  ^^^^^^^^^^^^^^^^^ MIR001
async fn main() {}
