//! What a container runtime can run: the address is given at boot, and there is one disk. It answers with an
//! argument and the beginning of its disk.
#![no_std]
#![cfg_attr(not(test), no_main)]

extern crate alloc;

use alloc::{format, string::String, vec};
use mirage_rt::{
    Args,
    block::{Block, Disk},
    io::Write,
    net::{Error, TcpListener},
    unikernel,
};

/// The arguments.
#[derive(Args)]
struct Arguments {
    /// The beginning of each answer
    greeting: String,
}

#[unikernel(
    net = "auto",
    ip = boot,
    gateway = boot,
    tcp(port = 7),
    block(data()),
    args = Arguments,
)]
async fn main(port: TcpListener, data: Disk, args: Arguments) -> Result<(), Error> {
    loop {
        let (mut client, _) = port.accept().await?;
        let mut block = vec![0; data.block_size()];
        let read = data.read(0, &mut block).await;
        let text = read.ok().and_then(|()| str::from_utf8(&block[..5]).ok());
        let answer = format!("{} {}\n", args.greeting, text.unwrap_or("nothing"));
        // A client that has gone needs no answer.
        let _ = client.write_all(answer.as_bytes()).await;
    }
}
