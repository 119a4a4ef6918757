//! Greets each of its clients, of which there are three at a time, and leaves when they do.
#![no_std]
#![cfg_attr(not(test), no_main)]

use mirage_rt::{
    io::{Read, Write},
    net::{TcpListener, TcpStream},
    unikernel,
};

#[unikernel(
    net = "auto",
    ip = "10.0.0.2",
    congestion = "reno",
    tcp(greeter(port = 7000, connections = 3), other = 7001)
)]
async fn main(greeter: TcpListener, other: TcpListener) {
    mirage_rt::spawn(greet_all(other));
    greet_all(greeter).await;
}

async fn greet_all(listener: TcpListener) {
    while let Ok((client, _)) = listener.accept().await {
        mirage_rt::spawn(greet(client));
    }
}

async fn greet(mut client: TcpStream) {
    let _ = client.write_all(b"welcome").await;
    while !matches!(client.read(&mut [0; 64]).await, Ok(0) | Err(_)) {}
}
