#![no_std]
#![cfg_attr(not(test), no_main)]

use mirage_rt::unikernel;

#[unikernel(boot-args = Arguments)]
//~         ^^^^^^^^^ MIR002
async fn main() {}
