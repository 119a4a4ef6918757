//! A client with `embedded-tls`, of a server whose address it is given. It does not verify the certificate. Its random
//! numbers are those of getrandom 0.2.
#![no_std]
#![no_main]

extern crate alloc;

use alloc::{format, string::String, vec};
use core::net::SocketAddr;
use embedded_tls::{Aes128GcmSha256, TlsConfig, TlsConnection, TlsContext, UnsecureProvider};
use mirage_rt::{Args, io::Write, net::Network};
use rand_core::OsRng;

#[derive(Args)]
struct Arguments {
    /// The server
    server: SocketAddr,
}

#[mirage_rt::unikernel(net = "auto", ip = "10.0.0.2", stack = "256KiB", args = Arguments)]
async fn main(net: Network, args: Arguments) -> Result<(), String> {
    let stream = net.connect(args.server).await;
    let stream = stream.map_err(|error| format!("{error}"))?;
    let (mut reads, mut writes) = (vec![0; 16_640], vec![0; 16_640]);
    let config = TlsConfig::new()
        .with_server_name("server")
        .enable_rsa_signatures();
    let mut tls = TlsConnection::new(stream, &mut reads, &mut writes);
    let provider = UnsecureProvider::new::<Aes128GcmSha256>(OsRng);
    let opened = tls.open(TlsContext::new(&config, provider)).await;
    opened.map_err(|error| format!("{error:?}"))?;
    let sent = tls.write_all(b"GET / HTTP/1.0\r\n\r\n").await;
    sent.map_err(|error| format!("{error:?}"))?;
    let flushed = tls.flush().await;
    flushed.map_err(|error| format!("{error:?}"))?;
    let mut answer = [0; 512];
    let length = tls.read(&mut answer).await;
    let length = length.map_err(|error| format!("{error:?}"))?;
    match answer[..length].starts_with(b"HTTP/1.0 200") {
        true => Ok(()),
        false => Err(format!("{:?}", &answer[..length])),
    }
}
