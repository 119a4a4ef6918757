#![no_std]
#![cfg_attr(not(test), no_main)]

use mirage_rt::unikernel;

const NAME: &str = "web";

#[unikernel(name = NAME)]
async fn main() {}
