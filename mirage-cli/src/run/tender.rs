//! Runs the targets `spt` and `hvt`: a tender runs the image. With our own tender, this process also runs
//! the user network.

use super::boot::Boot;
use crate::{
    arguments::NetBackend,
    attached::AttachedInterface,
    failure::{Context, Failure, Result, note},
    guest::Guest,
    memory,
    ports::publish,
    solo5::{self, Tender},
};
use mirage_tender::HostInterface;
use mirage_user_network::{SocketPair, UserNetwork};
use std::{
    os::fd::AsRawFd,
    process::ExitCode,
    thread::{self, JoinHandle},
};

/// Runs the image and returns the unikernel's status.
pub fn run(boot: &Boot<'_>) -> Result {
    let tender = Tender::for_target(boot.options.target, boot.options.tender)?;
    let mut pairs = Vec::new();
    let mut interfaces = Vec::new();
    for (index, AttachedInterface { backend, .. }) in boot.interfaces.iter().enumerate() {
        interfaces.push(match (backend, tender) {
            (NetBackend::Tap(tap), _) => HostInterface::Tap(tap.clone()),
            (NetBackend::Descriptor(number), _) => HostInterface::Descriptor(*number),
            (NetBackend::User, Tender::BuiltIn) if boot.options.dry_run => {
                let tap = format!("tap{index}");
                note(format_args!(
                    "the user network is a part of `cargo mirage run`; this line attaches the TAP device {tap}"
                ));
                HostInterface::Tap(tap)
            }
            (NetBackend::User, Tender::BuiltIn) => {
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
    let options = solo5::Options {
        tender,
        disks: boot.disks,
        interfaces: &interfaces,
        memory: memory::choose(boot.graph, boot.options.memory)?,
        args: boot.args,
    };
    let line = solo5::command_line(&boot.image.path, boot.graph, &options)?;
    if boot.print_command(&line) {
        return Ok(ExitCode::SUCCESS);
    }
    boot.check_backends()?;
    let (mut guest_sockets, mut networks) = (Vec::new(), Vec::new());
    for (index, pair) in pairs {
        let published = publish(boot.graph, index, &boot.options.ports)?;
        let addresses = AttachedInterface::addresses(index, boot.interfaces);
        let network = UserNetwork::new(pair.network, &addresses, &published)?;
        networks.push(
            match AttachedInterface::ipv6_addresses(index, boot.interfaces) {
                Some(addresses) => network.with_ipv6(&addresses, &boot.publish_ipv6(index)?)?,
                None => network,
            },
        );
        guest_sockets.push(pair.guest);
    }
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
    let end = boot.run_to_end(guest)?;
    if boot.options.verbose && !networks.is_empty() {
        let dropped: u64 = networks.into_iter().flat_map(JoinHandle::join).sum();
        eprintln!("the user network dropped {dropped} datagrams");
    }
    solo5::exit_status(boot.graph, &end)
}
