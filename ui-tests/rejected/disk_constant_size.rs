#![no_std]
#![cfg_attr(not(test), no_main)]

use mirage_rt::{block::Disk, unikernel};

const SIZE: &str = "64 MiB";

#[unikernel(block(data(size = SIZE)))]
//~                           ^^^^ MIR050
async fn main(_data: Disk) {}
