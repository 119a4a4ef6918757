#![no_std]
#![cfg_attr(not(test), no_main)]

use mirage_rt::{block::Disk, unikernel};

#[unikernel(block = "tap")]
async fn main(_block: Disk) {}
