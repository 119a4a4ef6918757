#![no_std]
#![cfg_attr(not(test), no_main)]

use mirage_rt::unikernel;

#[unikernel(name = 7)]
//~                ^ MIR004
async fn main() {}
