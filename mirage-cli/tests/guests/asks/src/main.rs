//! Connects to servers on behalf of its clients: a line `tcp ADDRESS` or `udp ADDRESS` is answered by the
//! reply of that server.
#![no_std]
#![cfg_attr(not(test), no_main)]

extern crate alloc;

use alloc::{
    format,
    string::{String, ToString},
};
use core::net::SocketAddr;
use mirage_rt::{
    io::{Read, Write},
    net::{Error, Network, TcpListener, TcpStream},
    time::{Duration, timeout},
    unikernel,
};

#[unikernel(
    net = "auto",
    ip = "10.0.0.2",
    gateway = "10.0.0.1",
    ecn = "request",
    tcp(clients = 7)
)]
async fn main(net: Network, clients: TcpListener) -> Result<(), Error> {
    loop {
        let (client, _) = clients.accept().await?;
        let net = net.clone();
        mirage_rt::spawn(async move {
            // The client may have disconnected.
            let _ = serve(client, &net).await;
        });
    }
}

async fn serve(mut client: TcpStream, net: &Network) -> Result<(), Error> {
    let mut line = [0; 64];
    let length = client.read(&mut line).await?;
    let answer = match core::str::from_utf8(&line[..length]).map(|line| line.trim().split_once(' '))
    {
        Ok(Some((transport, address))) => match address.parse() {
            Ok(peer) if transport == "tcp" => ask_stream(net, peer).await,
            Ok(peer) => ask_datagram(net, peer).await,
            Err(cause) => Err(cause.to_string()),
        },
        _ => Err("not a transport and an address".into()),
    };
    let text = answer.unwrap_or_else(|cause| format!("error: {cause}"));
    client.write_all(text.as_bytes()).await
}

async fn ask_stream(net: &Network, peer: SocketAddr) -> Result<String, String> {
    let mut stream = net.connect(peer).await.map_err(|cause| cause.to_string())?;
    let mut answer = [0; 64];
    let asked = async {
        stream.write_all(b"who?").await?;
        stream.shutdown();
        stream.read(&mut answer).await
    };
    let length = asked.await.map_err(|cause| cause.to_string())?;
    Ok(String::from_utf8_lossy(&answer[..length]).into_owned())
}

/// Asks again whenever no answer comes for a second.
async fn ask_datagram(net: &Network, peer: SocketAddr) -> Result<String, String> {
    let socket = net.open_udp().map_err(|cause| cause.to_string())?;
    let mut answer = [0; 64];
    loop {
        let sent = socket.send_to(b"who?", peer).await;
        sent.map_err(|cause| cause.to_string())?;
        let received = socket.recv_from(&mut answer);
        if let Ok(received) = timeout(Duration::from_secs(1), received).await {
            let (length, _) = received.map_err(|cause| cause.to_string())?;
            return Ok(String::from_utf8_lossy(&answer[..length]).into_owned());
        }
    }
}
