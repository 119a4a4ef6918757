//! An interface whose IPv6 address is in the network that routers advertise, unless it is given at boot. The
//! unikernel tells each client its address, and those of example.org.
#![no_std]
#![cfg_attr(not(test), no_main)]

extern crate alloc;

use alloc::format;
use core::net::SocketAddr;
use mirage_rt::{
    io::{Read, Write},
    log,
    net::{Error, Network, TcpListener, TcpStream},
    unikernel,
};

#[unikernel(
    net = "auto",
    ip = "10.0.0.2",
    ip6 = boot("slaac"),
    gateway6 = boot,
    tcp(http = 80)
)]
async fn main(net: Network, http: TcpListener) -> Result<(), Error> {
    log::info!("name servers {:?}", net.ipv6_name_servers());
    loop {
        let (stream, peer) = http.accept().await?;
        let net = net.clone();
        mirage_rt::spawn(async move {
            let _ = greet(&net, stream, peer).await;
        });
    }
}

/// Answers one request.
async fn greet(net: &Network, mut stream: TcpStream, peer: SocketAddr) -> Result<(), Error> {
    let mut request = [0; 4096];
    let mut length = 0;
    while !request[..length].ends_with(b"\r\n\r\n") {
        length += match stream.read(&mut request[length..]).await? {
            0 => return Ok(()),
            count => count,
        };
    }
    let addresses = net.lookup_host("example.org", 80).await;
    let body = format!("hello, {}: {addresses:?}\n", peer.ip());
    let head = format!("HTTP/1.0 200 OK\r\nContent-Length: {}\r\n\r\n", body.len());
    stream.write_all(head.as_bytes()).await?;
    stream.write_all(body.as_bytes()).await
}
