//! A crate with strict lints: the expansion causes no warnings.
#![no_std]
#![cfg_attr(not(test), no_main)]
#![forbid(unsafe_code, unused)]
#![deny(
    warnings,
    missing_docs,
    unreachable_pub,
    unused_qualifications,
    single_use_lifetimes,
    let_underscore_drop,
    clippy::all,
    clippy::pedantic
)]

use mirage_rt::{
    Args,
    console::Console,
    net::{Network, Service, TcpListener, UdpSocket},
    random::Random,
    time::Clock,
    unikernel,
};
use ui_tests::cache::{Cache, CacheConfig};

const HTTP: u16 = 8000;

/// The boot arguments.
#[derive(Args, Debug)]
struct Opts {
    /// How often
    #[arg(default = "3")]
    count: u16,
}

#[unikernel(
    net(
        wan(driver = "auto", ip = boot("10.0.0.2"), gateway = "10.0.0.1", tcp(admin = 81)),
        lan(ip = "10.1.0.2", mtu = 1400),
    ),
    tcp(http = HTTP + 80),
    udp(names = match target { unix => 5353, _ => 53 }),
    port(dns = 54),
    cache = CacheConfig { capacity: 8 }.on(clock),
    args = Opts,
    log = boot,
    memory = "16MiB",
)]
async fn main(
    http: TcpListener,
    admin: TcpListener,
    names: UdpSocket,
    dns: Service,
    wan: Network,
    clock: Clock,
    random: Random,
    mut console: Console,
    cache: Cache<Clock>,
    args: Opts,
) -> Result<(), core::fmt::Error> {
    console.write_all(b"ready\n");
    drop((
        http, admin, names, dns, wan, clock, random, cache, args.count,
    ));
    Ok(())
}
