//! On `spt` and `hvt`, a tender runs the image. Ours has a user network beside it, in this process.

use super::Boot;
use crate::{
    arguments::Net,
    attachment::Attached,
    failure::{Context, Failure, Result},
    guest::Guest,
    memory,
    ports::{Port, published},
    solo5::{self, Link, Tender},
    tender::devices,
    user_network::{Addresses, Cable, UserNetwork},
};
use std::{
    os::fd::OwnedFd,
    process::ExitCode,
    thread::{self, JoinHandle},
};

/// Does so.
pub fn run(boot: &Boot<'_>) -> Result {
    let tender = Tender::of(boot.arguments.target, boot.arguments.tender)?;
    let mut cables = Vec::new();
    let mut links = Vec::new();
    for (index, Attached { net, .. }) in boot.interfaces.iter().enumerate() {
        links.push(match (net, tender) {
            (Net::Tap(tap), _) => Link::Tap(tap.clone()),
            (Net::User, Tender::Own) => {
                let cable = Cable::new().context("the user network")?;
                let link = Link::Descriptor(cable.number());
                cables.push((index, cable));
                link
            }
            (Net::User, Tender::Solo5(program)) => {
                return Err(
                    Failure::usage(format_args!("`{program}` has no user network"))
                        .help("`--net tap=IFACE` attaches a TAP device"),
                );
            }
        });
    }
    let memory = memory::of(boot.graph, boot.arguments.memory)?;
    let options = solo5::Options {
        tender,
        devices: &devices(&boot.image.path, boot.arguments.target, memory)?,
        disks: boot.disks,
        links: &links,
        memory,
        arguments: boot.words,
    };
    let line = solo5::command_line(&boot.image.path, boot.graph, &options)?;
    if boot.announced(&line) {
        return Ok(ExitCode::SUCCESS);
    }
    boot.attach()?;
    let (guests_ends, networks) = networks(boot, cables)?;
    let guest = Guest::start(&line)?;
    // Only the tender has them now, so that its end is seen.
    drop(guests_ends);
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

/// The unikernel's ends of `cables`, and at each other end a network for the interface that it is
/// of.
fn networks(
    boot: &Boot<'_>,
    cables: Vec<(usize, Cable)>,
) -> Result<(Vec<OwnedFd>, Vec<UserNetwork>)> {
    let ports = Port::all(boot.graph);
    let networks = cables.into_iter().map(|(index, Cable { network, guest })| {
        let of_this = |port: &&Port| port.interface == index;
        let ports: Vec<_> = ports.iter().filter(of_this).collect();
        let published = published(&ports, &boot.arguments.ports)?;
        let addresses = Addresses::of(index, boot.interfaces);
        Ok((guest, UserNetwork::new(network, &addresses, &published)?))
    });
    networks.collect()
}
