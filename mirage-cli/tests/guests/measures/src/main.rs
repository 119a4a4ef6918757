//! Answers each datagram with its length and a checksum, so that the answer to a long one is short.
#![no_std]
#![cfg_attr(not(test), no_main)]

extern crate alloc;

use alloc::{format, vec};
use mirage_rt::{
    net::{Error, UdpSocket},
    unikernel,
};

#[unikernel(net = "auto", ip = "10.0.0.2", udp(port(port = 7, receive = "64KiB")))]
async fn main(port: UdpSocket) -> Result<(), Error> {
    let mut buffer = vec![0; 65_536];
    loop {
        let (length, peer) = port.recv_from(&mut buffer).await?;
        let answer = format!("{length} {}\n", checksum(&buffer[..length]));
        port.send_to(answer.as_bytes(), peer).await?;
    }
}

/// Adds up all bytes, each times its position.
fn checksum(bytes: &[u8]) -> u32 {
    let products = (1_u32..).zip(bytes);
    products.fold(0, |sum, (position, byte)| {
        sum.wrapping_add(position.wrapping_mul((*byte).into()))
    })
}
