#![no_std]
#![cfg_attr(not(test), no_main)]

use mirage_rt::unikernel;

#[unikernel(targets("virtio"), heap = "1024GiB", memory = "16MiB")]
//~                                                       ^^^^^^^ MIR053
async fn main() {}
