//! A client with `rust-mqtt`, of a broker whose address it is given.
#![no_std]
#![no_main]

extern crate alloc;

use alloc::{format, string::String};
use core::net::SocketAddr;
use mirage_rt::{Args, net::Network};
use rust_mqtt::{
    Bytes,
    buffer::AllocBuffer,
    client::{
        Client,
        options::{ConnectOptions, DisconnectOptions, PublicationOptions, TopicReference},
    },
    types::{MqttString, TopicName},
};

#[derive(Args)]
struct Arguments {
    /// The broker
    server: SocketAddr,
}

#[mirage_rt::unikernel(net = "auto", ip = "10.0.0.2", args = Arguments)]
async fn main(net: Network, args: Arguments) -> Result<(), String> {
    let stream = net.connect(args.server).await;
    let stream = stream.map_err(|error| format!("{error}"))?;
    let mut buffer = AllocBuffer;
    let mut client = Client::<'_, '_, _, _, 1, 1, 1, 1, 16, 0, 1>::new(&mut buffer);
    let name = MqttString::try_from("image").expect("a name");
    let options = ConnectOptions::new().clean_start();
    let connected = client.connect(stream, &options, Some(name)).await;
    connected.map_err(|error| format!("{error:?}"))?;
    let topic = MqttString::try_from("greeting").expect("a topic");
    let topic = TopicReference::Name(TopicName::new(topic).expect("a topic"));
    let options = PublicationOptions::new(topic).at_least_once();
    let published = client.publish(&options, Bytes::from("hello".as_bytes()));
    published.await.map_err(|error| format!("{error:?}"))?;
    let event = client.poll().await;
    event.map_err(|error| format!("{error:?}"))?;
    let ended = client.disconnect(&DisconnectOptions::new()).await;
    ended.map(|_| ()).map_err(|error| format!("{error:?}"))
}
