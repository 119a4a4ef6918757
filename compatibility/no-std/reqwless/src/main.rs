//! A client with `reqwless`, of a server whose address it is given.
#![no_std]
#![no_main]

extern crate alloc;

use alloc::{format, string::String};
use core::net::SocketAddr;
use mirage_rt::{Args, net::Network};
use reqwless::{client::HttpClient, request::Method};

#[derive(Args)]
struct Arguments {
    /// The server
    server: SocketAddr,
}

#[mirage_rt::unikernel(net = "auto", ip = "10.0.0.2", args = Arguments)]
async fn main(net: Network, args: Arguments) -> Result<(), String> {
    let mut client = HttpClient::new(&net, &net);
    let url = format!("http://{}/", args.server);
    let request = client.request(Method::GET, &url).await;
    let mut request = request.map_err(|error| format!("{error:?}"))?;
    let mut buffer = [0; 4096];
    let response = request.send(&mut buffer).await;
    let response = response.map_err(|error| format!("{error:?}"))?;
    let body = response.body().read_to_end().await;
    let body = body.map_err(|error| format!("{error:?}"))?;
    match &*body {
        b"hello" => Ok(()),
        other => Err(format!("{other:?}")),
    }
}
