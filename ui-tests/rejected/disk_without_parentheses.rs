#![no_std]
#![cfg_attr(not(test), no_main)]

use mirage_rt::{block::Disk, unikernel};

#[unikernel(block(data, journal = "auto"))]
//~               ^^^^ MIR005
//~                               ^^^^^^ MIR006
async fn main(_data: Disk, _journal: Disk) {}
