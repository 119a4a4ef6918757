//! Counts orders on a disk.
#![no_std]

extern crate alloc;

use alloc::boxed::Box;
use core::error::Error;
use mirage_rt::{
    block::{Block, Disk},
    net::UdpSocket,
    unikernel,
};

/// Answers each datagram with a number, which is one more than the last one.
///
/// # Errors
/// Returns an error if the disk or the network fails.
#[unikernel(orders_plan::store)]
pub async fn main(ledger: UdpSocket, count: Disk) -> Result<(), Box<dyn Error>> {
    let mut block = alloc::vec![0; count.block_size()];
    loop {
        let (_, peer) = ledger.recv_from(&mut [0; 8]).await?;
        count.read(0, &mut block).await?;
        let mut number = [0; 8];
        number.copy_from_slice(&block[..8]);
        number = (u64::from_be_bytes(number) + 1).to_be_bytes();
        block[..8].copy_from_slice(&number);
        count.write(0, &block).await?;
        count.flush().await?;
        ledger.send_to(&number, peer).await?;
    }
}
