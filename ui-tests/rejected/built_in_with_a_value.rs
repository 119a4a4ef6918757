#![no_std]
#![cfg_attr(not(test), no_main)]

use mirage_rt::unikernel;

#[unikernel(console = "uart")]
//~         ^^^^^^^ MIR038
async fn main() {}
