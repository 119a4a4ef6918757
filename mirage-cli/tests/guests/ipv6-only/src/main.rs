//! Tells each client its address, over IPv6 only, by TCP and by UDP.
#![no_std]
#![cfg_attr(not(test), no_main)]

extern crate alloc;

use alloc::format;
use core::net::SocketAddr;
use mirage_rt::{
    io::{Read, Write},
    net::{Error, TcpListener, TcpStream, UdpSocket},
    unikernel,
};

#[unikernel(
    net = "auto",
    ip6 = boot("fd00::2/64"),
    gateway6 = boot("fd00::1"),
    conflict_detection = "strict",
    tcp(http = 80),
    udp(port = 7)
)]
async fn main(http: TcpListener, port: UdpSocket) -> Result<(), Error> {
    mirage_rt::spawn(async move {
        let mut buffer = [0; 1500];
        while let Ok((_, peer)) = port.recv_from(&mut buffer).await {
            // The peer may be gone.
            let _ = port.send_to(greeting(peer).as_bytes(), peer).await;
        }
    });
    loop {
        let (stream, peer) = http.accept().await?;
        mirage_rt::spawn(async move {
            let _ = greet(stream, peer).await;
        });
    }
}

/// Answers one request.
async fn greet(mut stream: TcpStream, peer: SocketAddr) -> Result<(), Error> {
    let mut request = [0; 4096];
    let mut length = 0;
    while !request[..length].ends_with(b"\r\n\r\n") {
        length += match stream.read(&mut request[length..]).await? {
            0 => return Ok(()),
            count => count,
        };
    }
    let body = greeting(peer);
    let head = format!("HTTP/1.0 200 OK\r\nContent-Length: {}\r\n\r\n", body.len());
    stream.write_all(head.as_bytes()).await?;
    stream.write_all(body.as_bytes()).await
}

fn greeting(peer: SocketAddr) -> alloc::string::String {
    format!("hello, {}\n", peer.ip())
}
