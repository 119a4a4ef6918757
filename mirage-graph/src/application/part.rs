//! What a unikernel is part of, which follows from the links of the plan.

use super::{
    Application,
    addresses::Addresses,
    links::{Resolved, To, text},
};
use crate::{address::InterfaceAddress, graph::SpanId, port::Protocol};
use alloc::{collections::BTreeSet, string::String, vec::Vec};
use core::net::{Ipv4Addr, SocketAddrV4};

/// The part of one unikernel in its application.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Part {
    /// Its interfaces, in the order in which it declares them.
    pub interfaces: Vec<PartInterface>,
    /// Its ports.
    pub openings: Vec<Opening>,
    /// The links that begin at it.
    pub links: Vec<PartLink>,
}

/// An interface, which is named after its network.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PartInterface {
    /// The network.
    pub network: String,
    /// Its address.
    pub address: InterfaceAddress,
    /// The router to everything else.
    pub gateway: Option<Ipv4Addr>,
}

/// A port, and who may open connections to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Opening {
    /// The name of the port.
    pub port: String,
    /// The networks from which links come, by their position in [`Part::interfaces`].
    pub interfaces: Vec<usize>,
    /// Who may connect.
    pub clients: Vec<Client>,
}

/// Who may open connections to a port.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Client {
    /// A unikernel, by its address in the network that both have.
    Unikernel(String, Ipv4Addr),
    /// Everyone who is not a unikernel of the plan.
    Outside,
}

/// A link that begins at the unikernel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PartLink {
    /// The name of the parameter.
    pub name: String,
    /// What it leads to, as it is written: `api.rpc`, or an address.
    pub to: String,
    /// The protocol.
    pub protocol: Protocol,
    /// The address that connections are opened to.
    pub address: SocketAddrV4,
    /// The interface, by its position in [`Part::interfaces`].
    pub interface: usize,
    /// Where it is written.
    pub span: SpanId,
}

/// The part of each unikernel. Of a plan with errors, what is known.
pub(super) fn parts(
    application: &Application,
    addresses: &Addresses,
    links: &[Resolved],
) -> Vec<Part> {
    let members = application.unikernels.iter().enumerate();
    members
        .map(|(position, member)| {
            let interfaces = member.interfaces.iter().enumerate();
            let interfaces = interfaces.filter_map(|(index, interface)| {
                let network = addresses.network(position, index)?;
                let gateway = application.networks[network].gateway;
                Some(PartInterface {
                    network: interface.network.value.clone(),
                    address: addresses.get(position, index)?,
                    gateway: gateway.map(|gateway| gateway.value),
                })
            });
            let openings = member.ports.iter().enumerate();
            let openings = openings.map(|(port, declared)| {
                let links = links.iter().filter(|link| link.leads_to(position, port));
                opening(
                    application,
                    addresses,
                    position,
                    &declared.name.value,
                    links,
                )
            });
            let from_here = links.iter().filter(|link| link.from == Some(position));
            Part {
                interfaces: interfaces.collect(),
                openings: openings.collect(),
                links: from_here
                    .filter_map(|link| part_link(application, addresses, position, link))
                    .collect(),
            }
        })
        .collect()
}

fn part_link(
    application: &Application,
    addresses: &Addresses,
    from: usize,
    link: &Resolved,
) -> Option<PartLink> {
    let interface = link.interface?;
    let (protocol, address) = match link.to {
        To::Outside(protocol, address) => (protocol, address),
        To::Port(to, port) => {
            let network = addresses.network(from, interface)?;
            let other = addresses.get(to, addresses.interface(to, network)?)?;
            let port = &application.unikernels[to].ports[port];
            let address = SocketAddrV4::new(other.address, port.number?.value);
            (port.protocol, address)
        }
    };
    Some(PartLink {
        name: link.name.clone(),
        to: text(application, &link.to),
        protocol,
        address,
        interface,
        span: link.span,
    })
}

/// Who may connect to a port, and on which networks it listens.
fn opening<'a>(
    application: &Application,
    addresses: &Addresses,
    unikernel: usize,
    port: &str,
    links: impl Iterator<Item = &'a Resolved>,
) -> Opening {
    let mut interfaces = BTreeSet::new();
    let mut clients = Vec::new();
    for link in links {
        let Some(from) = link.from else {
            interfaces.extend(outer(application, addresses, unikernel));
            clients.push(Client::Outside);
            continue;
        };
        let network = link
            .interface
            .and_then(|interface| addresses.network(from, interface));
        let Some(network) = network else {
            continue;
        };
        interfaces.extend(addresses.interface(unikernel, network));
        let address = link
            .interface
            .and_then(|interface| addresses.get(from, interface));
        if let Some(address) = address {
            let name = application.unikernels[from].name.value.clone();
            clients.push(Client::Unikernel(name, address.address));
        }
    }
    Opening {
        port: port.into(),
        interfaces: interfaces.into_iter().collect(),
        clients,
    }
}

/// The interfaces of a unikernel that the outside reaches: those in networks with a gateway, or else all of them.
fn outer(application: &Application, addresses: &Addresses, unikernel: usize) -> Vec<usize> {
    let all = 0..application.unikernels[unikernel].interfaces.len();
    let has_gateway = |interface: &usize| {
        let network = addresses.network(unikernel, *interface);
        network.is_some_and(|network| application.networks[network].gateway.is_some())
    };
    let outer: Vec<_> = all.clone().filter(has_gateway).collect();
    match outer.is_empty() {
        true => all.collect(),
        false => outer,
    }
}
