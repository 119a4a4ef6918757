#![no_std]
#![cfg_attr(not(test), no_main)]

use mirage_rt::unikernel;

#[unikernel(driver = "virtio")]
//~         ^^^^^^ MIR002
async fn main() {}
