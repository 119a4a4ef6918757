#![no_std]
#![cfg_attr(not(test), no_main)]

use mirage_rt::unikernel;

#[unikernel(ip = "10.0.0.2")]
//~         ^^ MIR007
async fn main() {}
