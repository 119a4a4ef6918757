#![no_std]
#![cfg_attr(not(test), no_main)]

use mirage_rt::unikernel;

#[unikernel(name("web"))]
//~             ^^^^^^^ MIR006
async fn main() {}
