//! An interface whose IPv6 address is in the network that routers advertise, unless it is given at boot. The
//! unikernel tells each client its address, and those of example.org, or what the server says whose address is the
//! request's path.
#![no_std]
#![cfg_attr(not(test), no_main)]

extern crate alloc;

use alloc::{format, string::String};
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
    let body = match server(&request[..length]) {
        Some(server) => format!("hello, {}: {:?}\n", peer.ip(), ask(net, server).await),
        None => {
            let addresses = net.lookup_host("example.org", 80).await;
            format!("hello, {}: {addresses:?}\n", peer.ip())
        }
    };
    let head = format!("HTTP/1.0 200 OK\r\nContent-Length: {}\r\n\r\n", body.len());
    stream.write_all(head.as_bytes()).await?;
    stream.write_all(body.as_bytes()).await
}

/// The address in the path of a request.
fn server(request: &[u8]) -> Option<SocketAddr> {
    let request = core::str::from_utf8(request).ok()?;
    let path = request.split(' ').nth(1)?;
    path.strip_prefix('/')?.parse().ok()
}

/// Returns what a server says, up to the end of its connection.
async fn ask(net: &Network, server: SocketAddr) -> Result<String, Error> {
    let mut stream = net.connect(server).await?;
    let (mut answer, mut buffer) = (String::new(), [0; 64]);
    loop {
        match stream.read(&mut buffer).await? {
            0 => return Ok(answer),
            count => answer.push_str(&String::from_utf8_lossy(&buffer[..count])),
        }
    }
}
