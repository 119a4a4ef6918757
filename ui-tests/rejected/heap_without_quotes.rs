#![no_std]
#![cfg_attr(not(test), no_main)]

use mirage_rt::unikernel;

#[unikernel(heap = 4)]
//~                ^ MIR004
async fn main() {}
