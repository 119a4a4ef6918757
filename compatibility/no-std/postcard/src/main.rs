//! Decodes and encodes datagrams with `postcard`.
#![no_std]
#![no_main]

extern crate alloc;

use alloc::string::String;
use mirage_rt::net::{Error, UdpSocket};
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize)]
struct Greeting {
    count: u32,
    name: String,
}

#[mirage_rt::unikernel(net = "auto", ip = "10.0.0.2", udp(greet = 7000))]
async fn main(greet: UdpSocket) -> Result<(), Error> {
    let mut buffer = [0; 512];
    loop {
        let (length, peer) = greet.recv_from(&mut buffer).await?;
        let Ok(mut greeting) = postcard::from_bytes::<Greeting>(&buffer[..length]) else {
            continue;
        };
        greeting.count += 1;
        if let Ok(answer) = postcard::to_allocvec(&greeting) {
            let _ = greet.send_to(&answer, peer).await;
        }
    }
}
