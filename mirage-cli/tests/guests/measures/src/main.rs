//! Answers each datagram with its length and a checksum, so that the answer to a long one is short. At another port, it
//! sends them back.
#![no_std]
#![cfg_attr(not(test), no_main)]

extern crate alloc;

use alloc::{format, vec};
use mirage_rt::{
    net::{Error, MtuDiscover, UdpSocket},
    unikernel,
};

#[unikernel(
    net = "auto",
    ip = "10.0.0.2",
    ip6 = "fd00::2/64",
    udp(
        port(port = 7, receive = "64KiB"),
        back(port = 8, receive = "64KiB", transmit = "64KiB")
    )
)]
async fn main(port: UdpSocket, back: UdpSocket) -> Result<(), Error> {
    back.set_mtu_discover(MtuDiscover::Want)?;
    mirage_rt::spawn(async move {
        let mut buffer = vec![0; 65_536];
        while let Ok((length, peer)) = back.recv_from(&mut buffer).await {
            // The peer may be gone.
            let _ = back.send_to(&buffer[..length], peer).await;
        }
    });
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
