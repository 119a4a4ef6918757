#![no_std]
#![cfg_attr(not(test), no_main)]
#![deny(warnings)]

#[mirage_rt::unikernel(block = "auto")]
//~                            ^^^^^^ MIR012
async fn main() {}
