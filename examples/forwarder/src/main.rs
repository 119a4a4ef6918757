//! A DNS forwarder with two interfaces and a cache. It answers clients on both interfaces, from the
//! cache or by asking the server that `--upstream` names.
#![no_std]
#![cfg_attr(not(test), no_main)]

extern crate alloc;

mod answer;
mod cache;
mod edns;
mod forwarder;
mod framing;
mod message;
mod query;
mod question;
mod serve;
#[cfg(test)]
mod tests;
mod turns;
mod upstream;

use alloc::rc::Rc;
use cache::{Cache, CacheConfig};
use core::net::Ipv4Addr;
use forwarder::Forwarder;
use mirage_rt::{
    Args,
    net::{Error, Network, Service},
    random::Random,
    time::Clock,
    unikernel,
};
use upstream::Upstream;

/// The boot arguments.
#[derive(Args)]
struct Arguments {
    /// The name server to forward queries to
    upstream: Ipv4Addr,
    /// The port of the name server
    #[arg(default = "53")]
    upstream_port: u16,
}

#[unikernel(
    net(
        wan(driver = "auto", ip = boot("10.0.0.2/24"), gateway = boot("10.0.0.1")),
        lan(driver = "auto", ip = boot("10.1.0.1/24")),
    ),
    port(dns = 53),
    args = Arguments,
    cache = CacheConfig { size: 256 * 1024 }.on(clock),
    heap = "4MiB",
)]
async fn main(
    dns: Service,
    wan: Network,
    cache: Cache<Clock>,
    args: Arguments,
    random: Random,
) -> Result<(), Error> {
    let upstream = Upstream {
        network: wan,
        address: (args.upstream, args.upstream_port).into(),
        random,
    };
    let forwarder = Rc::new(Forwarder::new(cache, upstream));
    mirage_rt::spawn(serve::datagrams(dns.udp, forwarder.clone()));
    serve::streams(dns.tcp, forwarder).await
}
