#![no_std]
#![cfg_attr(not(test), no_main)]

use mirage_rt::unikernel;

#[unikernel(memory = #[cfg(debug_assertions)] "8MiB")]
//~                  ^^^^^^^^^^^^^^^^^^^^^^^^ MIR001
async fn main() {}
