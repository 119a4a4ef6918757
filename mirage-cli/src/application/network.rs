//! The networks of an application, and the links in each.

use super::{Application, Member, server};
use mirage_graph::{
    address::InterfaceAddress,
    graph::{ConfigValue, Node, NodeId, NodeKind},
    mac_address::MacAddress,
};
use mirage_switch::{Client, Link, Server};
use std::{collections::BTreeSet, net::Ipv4Addr};

/// A network.
pub struct Network<'a> {
    /// Its name.
    pub name: &'a str,
    /// The interfaces of unikernels in it.
    pub interfaces: Vec<Interface<'a>>,
    /// The links in it. Their unikernels are positions in `interfaces`.
    pub links: Vec<Link>,
}

/// The interface of a unikernel in a network.
pub struct Interface<'a> {
    /// The position of the unikernel in the application.
    pub position: usize,
    /// The unikernel.
    pub member: &'a Member,
    /// The position of the interface among those of the unikernel.
    pub index: usize,
    node: NodeId,
    /// Its address.
    pub address: InterfaceAddress,
    /// The router to everything else.
    pub gateway: Option<Ipv4Addr>,
    /// Its MAC address.
    pub mac: MacAddress,
}

impl<'a> Network<'a> {
    /// All networks of an application.
    pub fn all(application: &'a Application) -> Vec<Self> {
        let mut seen = BTreeSet::new();
        let names = application.members.iter().flat_map(|member| {
            let graph = member.graph();
            let interfaces = graph.interfaces();
            interfaces.map(|(node, _)| graph.node(node).name.as_str())
        });
        let names = names.filter(|name| seen.insert(*name));
        names
            .map(|name| {
                let interfaces = interfaces(application, name);
                let links = links(&interfaces);
                Self {
                    name,
                    interfaces,
                    links,
                }
            })
            .collect()
    }

    /// Whether a link joins the outside and an interface, by its position.
    pub fn has_outside(&self, position: usize) -> bool {
        self.links
            .iter()
            .any(|link| match (link.client, link.server) {
                (Client::Unikernel(from), Server::Address(_)) => from == position,
                (Client::Outside, Server::Unikernel(to)) => to == position,
                _ => false,
            })
    }
}

/// The interfaces in a network.
fn interfaces<'a>(application: &'a Application, network: &str) -> Vec<Interface<'a>> {
    let members = application.members.iter().enumerate();
    let interfaces = members.filter_map(|(position, member)| {
        let graph = member.graph();
        let mut interfaces = graph.interfaces().enumerate();
        let (index, (node, interface)) =
            interfaces.find(|(_, (node, _))| graph.node(*node).name == network)?;
        let macs = graph.mac_addresses();
        Some(Interface {
            position,
            member,
            index,
            node,
            address: interface.address.value.configured().get()?,
            gateway: interface.gateway.and_then(|gateway| gateway.value.get()),
            mac: macs.get(index).and_then(ConfigValue::get)?,
        })
    });
    interfaces.collect()
}

/// The links in a network.
fn links(interfaces: &[Interface<'_>]) -> Vec<Link> {
    let mut links = Vec::new();
    for (position, interface) in interfaces.iter().enumerate() {
        let member = interface.member;
        let is_here = |node: &Node| node.on.iter().any(|used| used.node == interface.node);
        for (_, remote) in member.remotes().filter(|(node, _)| is_here(node)) {
            let to = server(remote);
            let mut others = interfaces.iter();
            let server = others.position(|other| Some(other.member.name()) == to);
            links.push(Link {
                client: Client::Unikernel(position),
                server: server.map_or(Server::Address(*remote.address.ip()), Server::Unikernel),
                protocol: remote.protocol,
                port: remote.address.port(),
            });
        }
        for node in member.graph().nodes.iter().filter(|node| is_here(node)) {
            let NodeKind::Port(protocol, number, _) = &node.kind else {
                continue;
            };
            let is_open = member.is_outer(interface.index) && member.is_open(&node.name);
            if let Some(port) = number.value.get().filter(|_| is_open) {
                links.push(Link {
                    client: Client::Outside,
                    server: Server::Unikernel(position),
                    protocol: *protocol,
                    port,
                });
            }
        }
    }
    links
}
