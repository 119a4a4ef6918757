#![no_std]
#![cfg_attr(not(test), no_main)]

use mirage_rt::{block::Disk, unikernel};

#[unikernel(block(data(driver = "file")), targets("virtio"))]
//~                             ^^^^^^ MIR041
async fn main(_data: Disk) {}
