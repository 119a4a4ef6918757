#![no_std]
#![cfg_attr(not(test), no_main)]

use mirage_rt::unikernel;

#[unikernel(memory = "16 megabytes")]
//~                  ^^^^^^^^^^^^^^ MIR050
async fn main() {}
