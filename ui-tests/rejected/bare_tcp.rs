#![no_std]
#![cfg_attr(not(test), no_main)]

use mirage_rt::unikernel;

#[unikernel(net = "virtio", ip = "10.0.0.2", tcp)]
//~                                          ^^^ MIR005
async fn main() {}
