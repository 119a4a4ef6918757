//! Runs the targets `spt` and `hvt`: a tender runs the image. With our own tender, this process also runs
//! the user network.

use super::Boot;
use crate::{
    arguments::NetBackend,
    attachment::AttachedInterface,
    failure::{Context, Failure, Result},
    guest::Guest,
    memory,
    ports::{Port, published},
    solo5::{self, Tender},
};
use mirage_tender::HostInterface;
use mirage_user_network::{SocketPair, UserNetwork};
use std::{
    os::fd::{AsRawFd, OwnedFd},
    process::ExitCode,
    thread::{self, JoinHandle},
};

/// Runs the image and returns the unikernel's status.
pub fn run(boot: &Boot<'_>) -> Result {
    let tender = Tender::of(boot.arguments.target, boot.arguments.tender)?;
    let mut pairs = Vec::new();
    let mut interfaces = Vec::new();
    for (index, AttachedInterface { backend, .. }) in boot.interfaces.iter().enumerate() {
        interfaces.push(match (backend, tender) {
            (NetBackend::Tap(tap), _) => HostInterface::Tap(tap.clone()),
            (NetBackend::User, Tender::Own) => {
                let pair = SocketPair::new().context("the user network")?;
                let interface = HostInterface::Descriptor(pair.guest.as_raw_fd());
                pairs.push((index, pair));
                interface
            }
            (NetBackend::User, Tender::Solo5(program)) => {
                return Err(
                    Failure::usage(format_args!("`{program}` has no user network"))
                        .help("attach a TAP device with `--net tap=IFACE`"),
                );
            }
        });
    }
    let memory = memory::of(boot.graph, boot.arguments.memory)?;
    let options = solo5::Options {
        tender,
        devices: &boot.image.tender_devices(memory)?,
        disks: boot.disks,
        interfaces: &interfaces,
        memory,
        arguments: boot.words,
    };
    let line = solo5::command_line(&boot.image.path, boot.graph, &options)?;
    if boot.announced(&line) {
        return Ok(ExitCode::SUCCESS);
    }
    boot.attach()?;
    let (guest_sockets, networks) = networks(boot, pairs)?;
    let guest = Guest::start(&line)?;
    // Only the tender has these sockets now, so a network ends when the tender does.
    drop(guest_sockets);
    let networks = networks.into_iter().map(|network| {
        thread::spawn(|| match network.run() {
            Ok(dropped) => dropped,
            Err(cause) => {
                Failure::new(format_args!("the user network: {cause}")).report();
                0
            }
        })
    });
    let networks: Vec<_> = networks.collect();
    let end = boot.listen(guest)?;
    if boot.arguments.verbose && !networks.is_empty() {
        let dropped: u64 = networks.into_iter().flat_map(JoinHandle::join).sum();
        eprintln!("the user network dropped {dropped} datagrams");
    }
    solo5::ended(&boot.graph.name, &end)
}

/// Returns the guest's sockets of `pairs` and, at each other socket, a network for its interface.
fn networks(
    boot: &Boot<'_>,
    pairs: Vec<(usize, SocketPair)>,
) -> Result<(Vec<OwnedFd>, Vec<UserNetwork>)> {
    let ports = Port::all(boot.graph);
    let networks = pairs.into_iter().map(|(index, pair)| {
        let of_this = |port: &&Port| port.interface == index;
        let ports: Vec<_> = ports.iter().filter(of_this).collect();
        let published = published(&ports, &boot.arguments.ports)?;
        let addresses = AttachedInterface::addresses(index, boot.interfaces);
        let network = UserNetwork::new(pair.network, &addresses, &published)?;
        Ok((pair.guest, network))
    });
    networks.collect()
}
