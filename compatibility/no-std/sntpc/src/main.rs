//! A client with `sntpc`, of a server whose address it is given.
#![no_std]
#![no_main]

extern crate alloc;

use alloc::{format, string::String};
use core::net::SocketAddr;
use mirage_rt::{
    Args,
    net::{Network, UdpSocket},
    println,
    time::{Clock, Instant},
};
use sntpc::{NtpContext, NtpTimestampGenerator, NtpUdpSocket};

#[derive(Args)]
struct Arguments {
    /// The server
    server: SocketAddr,
}

struct Socket(UdpSocket);

impl NtpUdpSocket for Socket {
    async fn send_to(&self, buffer: &[u8], peer: SocketAddr) -> sntpc::Result<usize> {
        self.0
            .send_to(buffer, peer)
            .await
            .map_err(|_| sntpc::Error::Network)
    }

    async fn recv_from(&self, buffer: &mut [u8]) -> sntpc::Result<(usize, SocketAddr)> {
        self.0
            .recv_from(buffer)
            .await
            .map_err(|_| sntpc::Error::Network)
    }
}

/// Counts from boot.
#[derive(Clone, Copy)]
struct Stamp(Clock, Instant);

impl NtpTimestampGenerator for Stamp {
    fn init(&mut self) {
        self.1 = self.0.now();
    }

    fn timestamp_sec(&self) -> u64 {
        self.1.as_nanos() / 1_000_000_000
    }

    fn timestamp_subsec_micros(&self) -> u32 {
        (self.1.as_nanos() % 1_000_000_000 / 1_000) as u32
    }
}

#[mirage_rt::unikernel(net = "auto", ip = "10.0.0.2", args = Arguments)]
async fn main(net: Network, clock: Clock, args: Arguments) -> Result<(), String> {
    let socket = net.open_udp().map_err(|error| format!("{error}"))?;
    let context = NtpContext::new(Stamp(clock, clock.now()));
    let time = sntpc::get_time(args.server, &Socket(socket), context).await;
    let time = time.map_err(|error| format!("{error:?}"))?;
    println!("{} seconds", time.sec());
    Ok(())
}
