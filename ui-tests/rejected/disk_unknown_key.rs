#![no_std]
#![cfg_attr(not(test), no_main)]

use mirage_rt::{block::Disk, unikernel};

#[unikernel(block(data(sise = "64MiB")))]
//~                    ^^^^ MIR002
async fn main(_data: Disk) {}
