#![no_std]
#![cfg_attr(not(test), no_main)]

use mirage_rt::unikernel;

#[unikernel(log = "verbos")]
//~               ^^^^^^^^ MIR052
async fn main() {}
