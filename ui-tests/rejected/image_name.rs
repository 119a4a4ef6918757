#![no_std]
#![cfg_attr(not(test), no_main)]

use mirage_rt::unikernel;

#[unikernel(name = "my web")]
//~                ^^^^^^^^ MIR014
async fn main() {}
