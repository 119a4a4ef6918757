//! Uses every public item of the runtime, outside a test. Each file uses those of the module with its
//! name, and this one the rest: `source-tests/tests/api.rs` checks that none is missing.
#![no_std]
#![cfg_attr(not(test), no_main)]

extern crate alloc;

mod arguments;
mod block;
mod device;
mod edge;
mod embedded;
mod net;
mod plan;
mod random;
mod sync;
mod task;
mod time;

use alloc::{format, string::String};
use core::{fmt::Write, net::SocketAddr};
use mirage_rt::{
    Args, Plan, SHUTDOWN_LIMIT, Termination,
    block::{BlockError, Disk},
    console::Console,
    device::STOP_LIMIT,
    io, join, log,
    net::{BindError, Error, Network, Service, TcpListener, UdpSocket},
    print, println,
    random::Random,
    select, shutdown, spawn,
    time::{Clock, Duration, sleep},
    try_join, try_spawn, unikernel, yield_now,
};

#[derive(Args)]
struct Arguments {
    /// A server that sends back what it receives
    echo: SocketAddr,
}

#[unikernel(
    name = "api",
    net = "auto",
    ip = "10.0.0.2",
    tcp(stream = 7000),
    udp(datagram = 7000),
    port(service = 7001),
    block(disk()),
    args = Arguments,
    counter = device::CounterConfig { first: 1 }.on(clock),
)]
async fn main(
    net: Network,
    stream: TcpListener,
    datagram: UdpSocket,
    service: Service,
    disk: Disk,
    args: Arguments,
    counter: device::Counter<Clock>,
    console: Console,
    clock: Clock,
    random: Random,
) -> Result<(), String> {
    crate_root(console).await;
    random::exercise(random);
    time::exercise(clock).await;
    task::exercise().await;
    sync::exercise().await;
    device::exercise(counter).await;
    let stored = stored(disk).await;
    stored.map_err(|error| format!("{error}"))?;
    let connected = net::connect(&net, args.echo).await;
    connected.map_err(net::advice)?;
    let connected = edge::connect(&net, args.echo).await;
    connected.map_err(net::advice)?;
    let connected = embedded::connect(&net, args.echo).await;
    connected.map_err(net::advice)?;
    let copied = copied(&net, args.echo).await;
    copied.map_err(net::advice)?;
    println!("connected");
    let served = net::serve(stream, datagram, service).await;
    served.map_err(net::advice)?;
    println!("every item was used");
    Ok(())
}

fn planned(plan: &Plan) {
    assert_eq!(
        (plan.name, plan.unikernels.len(), plan.links.len()),
        ("exercise", 2, 2)
    );
    assert_eq!(plan.networks, ["back"]);
    assert!(plan.connects("client", "server"));
    // Nobody starts it here.
    let _ = plan::ask;
}

async fn stored(mut disk: Disk) -> Result<(), BlockError> {
    block::exercise(&disk).await?;
    embedded::store(&mut disk).await
}

/// Connects two echo servers with each other.
async fn copied(net: &Network, echo: SocketAddr) -> Result<(), Error> {
    let (mut one, mut other) = (net.connect(echo).await?, net.connect(echo).await?);
    // Then this server has nothing to send back and ends, and so does the other one.
    one.shutdown();
    let copied = io::copy_bidirectional(&mut one, &mut other).await?;
    assert_eq!(copied, (0, 0));
    Ok(())
}

async fn crate_root(mut console: Console) {
    assert_eq!(mirage_rt::name(), "api");
    console.write_all(b"console\n");
    let _ = write!(console, "one ");
    print!("line");
    println!();
    arguments::exercise::<Arguments>();
    planned(&plan::PLAN);
    log::debug!("{}", net::remedy(BindError::AddrInUse));

    assert!(SHUTDOWN_LIMIT + STOP_LIMIT > Duration::ZERO);
    let first = select! {
        () = shutdown() => "shutdown",
        () = sleep(Duration::from_millis(1)) => "sleep",
    };
    assert_eq!(first, "sleep");
    let (one, two) = join!(async { 1 }, async { 2 });
    assert_eq!((one, two), (1, 2));
    let both = try_join!(async { Ok::<_, Error>(1) }, async { Ok(2) });
    assert_eq!(both, Ok((1, 2)));

    let spawned = spawn(yield_now());
    assert!(try_spawn(async {}).is_ok());
    assert_eq!(spawned.await, Ok(()));

    assert_eq!(().into_result(), Ok(()));
    let kind = io::Error::kind(&mirage_rt::time::TimedOut);
    assert_eq!(kind, io::ErrorKind::TimedOut);
}
