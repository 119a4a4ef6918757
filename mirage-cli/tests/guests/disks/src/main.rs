//! Prints what two disks begin with, and writes to both.
#![no_std]
#![cfg_attr(not(test), no_main)]

extern crate alloc;

use core::fmt::Write;
use mirage_rt::{
    block::{Block, BlockError, Disk},
    console::Console,
    unikernel,
};

/// More than one request of a disk's driver.
const MUCH: usize = 160 << 10;

#[unikernel(block(data(size = "1MiB"), journal()))]
async fn main(data: Disk, journal: Disk, mut console: Console) -> Result<(), BlockError> {
    for (name, disk) in [("data", &data), ("journal", &journal)] {
        let mut block = alloc::vec![0; disk.block_size()];
        disk.read(0, &mut block).await?;
        let begins = core::str::from_utf8(&block[..5]).unwrap_or("?");
        let _ = writeln!(
            console,
            "{name} begins with {begins}, has {} blocks",
            disk.block_count()
        );
    }
    let pattern: alloc::vec::Vec<u8> = (0..MUCH).map(|index| (index / 3) as u8).collect();
    data.write(2, &pattern).await?;
    data.flush().await?;
    let mut read = alloc::vec![0; MUCH];
    data.read(2, &mut read).await?;
    let same = if read == pattern {
        "the same"
    } else {
        "something else"
    };
    let _ = writeln!(console, "{same} was read");
    match journal
        .write(0, &alloc::vec![0; journal.block_size()])
        .await
    {
        Ok(()) => console.write_all(b"journal was written\n"),
        Err(cause) => {
            let _ = writeln!(console, "journal: {cause}");
        }
    }
    let end = journal.block_count();
    let beyond = journal
        .read(end, &mut alloc::vec![0; journal.block_size()])
        .await;
    let _ = writeln!(console, "beyond the end: {beyond:?}");
    Ok(())
}
