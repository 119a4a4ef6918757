//! Counts its boots, on a disk.
#![no_std]
#![cfg_attr(not(test), no_main)]

extern crate alloc;

mod record;

use core::fmt::Write;
use mirage_rt::{
    block::{BlockError, Disk},
    console::Console,
    unikernel,
};
use record::Record;

#[unikernel(block(record(size = "64KiB")))]
async fn main(record: Disk, mut console: Console) -> Result<(), BlockError> {
    let boot = Record::on(&record).advance().await?;
    let _ = writeln!(console, "boot {boot}");
    Ok(())
}
