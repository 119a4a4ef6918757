//! Looks up the names that are given at boot, one after another, and logs what it finds.
#![no_std]
#![cfg_attr(not(test), no_main)]

extern crate alloc;

use alloc::{string::String, vec::Vec};
use mirage_rt::{
    Args, log,
    net::{Network, Resolver},
    time::Clock,
    unikernel,
};

/// What is looked up.
#[derive(Args)]
struct Arguments {
    /// A name, or an address
    host: Vec<String>,
    /// A file of hosts
    #[arg(default = "")]
    hosts: String,
}

#[unikernel(net = "auto", ip = boot("dhcp"), dns = boot("10.0.0.1"), args = Arguments)]
async fn main(net: Network, args: Arguments, clock: Clock) {
    let mut resolver = Resolver::new([net.clone()]);
    resolver.set_hosts(&args.hosts);
    log::info!("name servers: {:?}", net.name_servers());
    for host in &args.host {
        let start = clock.now();
        let found = resolver.lookup_host(host, 80).await;
        let seconds = (clock.now() - start).as_secs();
        match found {
            Ok(found) => log::info!("{host}: {} first {}", found.len(), found[0]),
            Err(error) => log::info!("{host}: {error} after {seconds} s"),
        }
    }
}
