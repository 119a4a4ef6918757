#![no_std]
#![cfg_attr(not(test), no_main)]

use mirage_rt::{block::Disk, unikernel};

#[unikernel(block = "tap")]
//~                 ^^^^^ MIR040
async fn main(_block: Disk) {}
