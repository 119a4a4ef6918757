#![no_std]
#![cfg_attr(not(test), no_main)]

use mirage_rt::unikernel;

#[unikernel(memory = "17179869183GiB")]
//~                  ^^^^^^^^^^^^^^^^ MIR057
async fn main() {}
