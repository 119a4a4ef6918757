#![no_std]
#![cfg_attr(not(test), no_main)]

use mirage_rt::unikernel;

const NAME: &str = "web";

#[unikernel(name = NAME)]
//~                ^^^^ MIR004
async fn main() {}
