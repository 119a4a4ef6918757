#![no_std]
#![cfg_attr(not(test), no_main)]

use mirage_rt::unikernel;

#[unikernel(frobnicate = 7)]
//~         ^^^^^^^^^^ MIR002
async fn main() {}
