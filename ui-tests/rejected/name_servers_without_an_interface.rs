#![no_std]
#![cfg_attr(not(test), no_main)]

use mirage_rt::unikernel;

#[unikernel(dns = "10.0.0.1")]
//~         ^^^ MIR007
async fn main() {}
