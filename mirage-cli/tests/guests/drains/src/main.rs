//! Serves the connection that it has when the host requests shutdown, and ends by itself.
#![no_std]
#![cfg_attr(not(test), no_main)]

use core::fmt::Write as _;
use mirage_rt::{
    console::Console,
    io::{Read, Write},
    net::{Error, TcpListener, TcpStream},
    shutdown, unikernel,
};

#[unikernel(
    net = "auto",
    ip = "10.0.0.2",
    conflict_detection = "strict",
    tcp(echo = 7000)
)]
async fn main(echo: TcpListener, mut console: Console) -> Result<(), &'static str> {
    let requested = shutdown();
    let _ = writeln!(console, "it waits");
    let Ok((stream, _)) = echo.accept().await else {
        return Err("no client connected");
    };
    let _ = writeln!(console, "a client connected");
    requested.await;
    let _ = writeln!(console, "it is to end");
    match drain(stream).await {
        Ok(()) => Err("it has drained"),
        Err(_) => Err("the connection was lost"),
    }
}

/// Answers one byte, and waits until the client closes: it has the answer then.
async fn drain(mut stream: TcpStream) -> Result<(), Error> {
    let mut byte = [0];
    stream.read(&mut byte).await?;
    stream.write_all(&byte).await?;
    while stream.read(&mut byte).await? > 0 {}
    Ok(())
}
