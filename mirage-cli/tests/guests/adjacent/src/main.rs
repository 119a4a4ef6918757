//! Two ports that would have the same port of the host: each answers with its number.
#![no_std]
#![cfg_attr(not(test), no_main)]

extern crate alloc;

use alloc::format;
use mirage_rt::{
    io::Write,
    net::{Error, TcpListener},
    try_join, unikernel,
};

#[unikernel(net = "auto", ip = "10.0.0.2", tcp(http = 80, admin = 8080))]
async fn main(http: TcpListener, admin: TcpListener) -> Result<(), Error> {
    try_join!(answer(http), answer(admin)).map(drop)
}

async fn answer(port: TcpListener) -> Result<(), Error> {
    let number = format!("{}\n", port.port());
    loop {
        let (mut client, _) = port.accept().await?;
        // A client that has gone needs no answer.
        let _ = client.write_all(number.as_bytes()).await;
    }
}
