#![no_std]
#![cfg_attr(not(test), no_main)]

use mirage_rt::{block::Disk, unikernel};

#[unikernel(block(data(size = "64MB"), journal(size = 64)))]
//~                           ^^^^^^ MIR050
//~                                                   ^^ MIR004
async fn main(_data: Disk, _journal: Disk) {}
