#![no_std]
#![cfg_attr(not(test), no_main)]

use mirage_rt::unikernel;

#[unikernel(targets("unix", "virtio", "unix"))]
//~                                   ^^^^^^ MIR003
async fn main() {}
