#![no_std]
#![cfg_attr(not(test), no_main)]

use mirage_rt::unikernel;

#[unikernel(targets("unix"), memory = match target { unix => "16MiB", virtio => "32MiB" })]
//~                                                                   ^^^^^^ MIR045
async fn main() {}
