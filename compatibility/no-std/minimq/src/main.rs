//! A client with `minimq`, of a broker whose address it is given.
#![no_std]
#![no_main]

extern crate alloc;

use alloc::{format, string::String};
use core::net::SocketAddr;
use minimq::{ConfigBuilder, Publication, QoS, Session};
use mirage_rt::{Args, net::Network};

#[derive(Args)]
struct Arguments {
    /// The broker
    server: SocketAddr,
}

#[mirage_rt::unikernel(net = "auto", ip = "10.0.0.2", args = Arguments)]
async fn main(net: Network, args: Arguments) -> Result<(), String> {
    let stream = net.connect(args.server).await;
    let stream = stream.map_err(|error| format!("{error}"))?;
    let mut storage = [0; 2048];
    let config = ConfigBuilder::from_buffer(&mut storage, 1024);
    let config = config.and_then(|config| config.client_id("image"));
    let mut session = Session::new(config.map_err(|error| format!("{error}"))?);
    let connection = session.connect(stream).await;
    let mut connection = connection.map_err(|error| format!("{error:?}"))?;
    let publication = Publication::bytes("greeting", b"hello").qos(QoS::AtLeastOnce);
    let published = connection.publish(publication).await;
    let published = published.map_err(|error| format!("{error:?}"))?;
    while published
        .as_ref()
        .is_some_and(|operation| connection.is_pending(operation))
    {
        let polled = connection.poll().await;
        polled.map_err(|error| format!("{error:?}"))?;
    }
    let ended = connection.disconnect().await;
    ended.map_err(|error| format!("{error:?}"))
}
