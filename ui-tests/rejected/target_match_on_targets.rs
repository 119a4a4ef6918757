#![no_std]
#![cfg_attr(not(test), no_main)]

use mirage_rt::unikernel;

#[unikernel(targets("unix", "virtio"), memory = match targets { unix => "16MiB", _ => "32MiB" })]
//~                                                   ^^^^^^^ MIR001
async fn main() {}
