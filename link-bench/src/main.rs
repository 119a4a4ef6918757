//! The services that the benchmark measures: discard (RFC 863), character generator (RFC 864) and echo
//! (RFC 862), over TCP.
#![no_std]
#![cfg_attr(not(test), no_main)]

extern crate alloc;

use alloc::vec;
use mirage_rt::{
    io::{Read, Write},
    net::{Error, TcpListener, TcpStream},
    unikernel,
};

/// Bytes that are read or written at a time.
const CHUNK: usize = 64 * 1024;

#[unikernel(
    net = "auto",
    ip = "10.0.0.2",
    congestion = "cubic",
    tcp(
        discard = 5001,
        chargen = 5002,
        echo = 5003,
        chargen_bbr(port = 5012, congestion = "bbr")
    )
)]
async fn main(
    discard: TcpListener,
    chargen: TcpListener,
    echo: TcpListener,
    chargen_bbr: TcpListener,
) -> Result<(), Error> {
    mirage_rt::spawn(async move {
        while let Ok((stream, _)) = discard.accept().await {
            mirage_rt::spawn(read_all(stream));
        }
    });
    for chargen in [chargen, chargen_bbr] {
        mirage_rt::spawn(async move {
            while let Ok((stream, _)) = chargen.accept().await {
                mirage_rt::spawn(generate(stream));
            }
        });
    }
    loop {
        let (stream, _) = echo.accept().await?;
        mirage_rt::spawn(answer(stream));
    }
}

async fn read_all(mut stream: TcpStream) {
    let mut buffer = vec![0; CHUNK];
    while let Ok(1..) = stream.read(&mut buffer).await {}
}

async fn generate(mut stream: TcpStream) {
    let buffer = vec![b'x'; CHUNK];
    while stream.write_all(&buffer).await.is_ok() {}
}

async fn answer(mut stream: TcpStream) {
    let mut buffer = [0; 1024];
    while let Ok(length @ 1..) = stream.read(&mut buffer).await {
        if stream.write_all(&buffer[..length]).await.is_err() {
            return;
        }
    }
}
