#![no_std]
#![cfg_attr(not(test), no_main)]

use mirage_rt::unikernel;

const HEAP: &str = "3MiB";
const MEMORY: &str = "4MiB";

#[unikernel(targets("virtio", "spt"), heap = HEAP, memory = MEMORY)]
//~                                                         ^^^^^^ MIR053
async fn main() {}
