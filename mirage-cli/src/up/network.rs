//! The networks of an application: a switch for each, and what is outside.

use super::{
    application::{Application, Member, server},
    output::Output,
    published::Published,
    start::not_free,
};
use crate::failure::{Context, Result};
use mirage_graph::{
    address::InterfaceAddress,
    application::OUTSIDE,
    graph::{ConfigValue, NodeId, NodeKind},
};
use mirage_switch::{Client, Link, Member as SwitchMember, Refusal, Server, Switch};
use mirage_user_network::{Addresses, SocketPair, UserNetwork};
use rustix::io::{FdFlags, fcntl_setfd};
use std::{
    collections::BTreeSet,
    io,
    net::Ipv4Addr,
    os::fd::{AsRawFd, OwnedFd},
    sync::Arc,
    thread,
};

/// Is told what a switch refuses.
type Report = Box<dyn FnMut(&str, &Refusal) + Send>;

/// The networks of an application.
pub struct Networks {
    switches: Vec<(String, Switch<Report>)>,
    /// What is outside, with the unikernel that it is there for.
    outsides: Vec<(String, UserNetwork)>,
    /// The ends of the unikernels, by unikernel and interface.
    links: Vec<Links>,
}

/// The ends of the links of a unikernel, in the order of its interfaces.
#[derive(Default)]
pub struct Links(Vec<OwnedFd>);

impl Links {
    /// Lets programs that are started from now on inherit them. Returns their numbers.
    pub fn reveal(&self) -> io::Result<Vec<i32>> {
        let each = self.0.iter().map(|link| {
            fcntl_setfd(link, FdFlags::empty())?;
            Ok(link.as_raw_fd())
        });
        each.collect()
    }
}

/// A unikernel in a network.
struct NetworkMember<'a> {
    /// Its position in the application.
    position: usize,
    member: &'a Member,
    /// The interface.
    node: NodeId,
    address: InterfaceAddress,
    gateway: Option<Ipv4Addr>,
    mac: [u8; 6],
}

impl Networks {
    /// Creates the networks, and binds the host's ports.
    pub fn new(
        application: &Application,
        published: &[Published],
        output: &Arc<Output>,
    ) -> Result<Self> {
        let mut networks = Self {
            switches: Vec::new(),
            outsides: Vec::new(),
            links: Vec::new(),
        };
        networks
            .links
            .resize_with(application.members.len(), Links::default);
        // In the order of each unikernel's interfaces, which is the order of its links.
        let names: Vec<_> = application.members.iter().map(interfaces).collect();
        let mut all = BTreeSet::new();
        let in_order = names
            .iter()
            .flatten()
            .filter(|name| all.insert(name.as_str()));
        let mut ends: Vec<Vec<Option<OwnedFd>>> = names
            .iter()
            .map(|names| names.iter().map(|_| None).collect())
            .collect();
        for network in in_order {
            let network_members = network_members(application, network);
            let links = links(&network_members);
            let mut switched = Vec::new();
            for (index, one) in network_members.iter().enumerate() {
                let pair = hidden_pair()?;
                let own = &names[one.position];
                let interface = own.iter().position(|name| name == network);
                if let Some(interface) = interface {
                    ends[one.position][interface] = Some(pair.guest);
                }
                let outside = match links.iter().any(|link| is_outer(link, index)) {
                    true => Some(networks.outside(one, &network_members, published)?),
                    false => None,
                };
                switched.push(SwitchMember {
                    name: one.member.name().into(),
                    mac: one.mac,
                    address: one.address.address,
                    link: pair.network,
                    outside,
                });
            }
            let (output, name) = (output.clone(), network.clone());
            let report: Report = Box::new(move |unikernel, refusal| {
                output.note(format_args!(
                    "the switch of `{name}` does not carry what `{unikernel}` sends: {refusal}"
                ));
            });
            let switch = Switch::new(switched, links, report).context("the switch")?;
            networks.switches.push((network.clone(), switch));
        }
        for (links, ends) in networks.links.iter_mut().zip(ends) {
            links.0.extend(ends.into_iter().flatten());
        }
        Ok(networks)
    }

    /// Creates what is outside for a unikernel. Returns the end of the switch.
    fn outside(
        &mut self,
        one: &NetworkMember<'_>,
        network_members: &[NetworkMember<'_>],
        published: &[Published],
    ) -> Result<OwnedFd> {
        let pair = hidden_pair()?;
        let gateway = one.gateway.or_else(|| free(one.address, network_members));
        let addresses = Addresses::for_static(one.address, gateway);
        let graph = one.member.graph();
        let here = graph.interfaces().position(|(node, _)| node == one.node);
        let ports = published
            .iter()
            .filter(|port| port.member == one.position && Some(port.port.interface) == here);
        let ports: Vec<_> = ports.map(|port| port.published).collect();
        let network = UserNetwork::new(pair.network, &addresses, &ports).map_err(not_free)?;
        let name = one.member.name().into();
        self.outsides.push((name, network));
        Ok(pair.guest)
    }

    /// Takes the ends of a unikernel.
    pub fn take_links(&mut self, position: usize) -> Links {
        std::mem::take(&mut self.links[position])
    }

    /// Runs the networks in threads of their own. They end with the unikernels.
    pub fn run(&mut self, output: &Arc<Output>) {
        for (name, switch) in self.switches.drain(..) {
            let output = output.clone();
            thread::spawn(move || {
                if let Err(cause) = switch.run() {
                    output.note(format_args!("the switch of `{name}` has failed: {cause}"));
                }
            });
        }
        for (name, network) in self.outsides.drain(..) {
            let output = output.clone();
            thread::spawn(move || {
                if let Err(cause) = network.run() {
                    output.note(format_args!(
                        "the network outside of `{name}` has failed: {cause}"
                    ));
                }
            });
        }
    }
}

/// A pair of sockets that no program inherits yet.
fn hidden_pair() -> Result<SocketPair> {
    let pair = SocketPair::new().context("a link")?;
    fcntl_setfd(&pair.guest, FdFlags::CLOEXEC).context("a link")?;
    Ok(pair)
}

/// The names of a unikernel's interfaces, which are those of its networks.
fn interfaces(member: &Member) -> Vec<String> {
    let graph = member.graph();
    let interfaces = graph.interfaces();
    interfaces
        .map(|(node, _)| graph.node(node).name.clone())
        .collect()
}

/// The unikernels of a network.
fn network_members<'a>(application: &'a Application, network: &str) -> Vec<NetworkMember<'a>> {
    let members = application.members.iter().enumerate();
    let network_members = members.filter_map(|(position, member)| {
        let graph = member.graph();
        let macs = graph.mac_addresses();
        let mut interfaces = graph.interfaces().enumerate();
        let (index, (node, interface)) =
            interfaces.find(|(_, (node, _))| graph.node(*node).name == network)?;
        let gateway = interface.gateway.and_then(|gateway| gateway.value.get());
        Some(NetworkMember {
            position,
            member,
            node,
            address: interface.address.value.configured().get()?,
            gateway,
            mac: macs.get(index).and_then(ConfigValue::get)?.0,
        })
    });
    network_members.collect()
}

/// The links in a network.
fn links(network_members: &[NetworkMember<'_>]) -> Vec<Link> {
    let mut links = Vec::new();
    for (index, one) in network_members.iter().enumerate() {
        let graph = one.member.graph();
        let is_here =
            |node: &mirage_graph::graph::Node| node.on.iter().any(|used| used.node == one.node);
        for (_, remote) in one.member.remotes().filter(|(node, _)| is_here(node)) {
            let to = server(remote);
            let mut others = network_members.iter();
            let member = others.position(|other| Some(other.member.name()) == to);
            links.push(Link {
                client: Client::Unikernel(index),
                server: member.map_or(Server::Address(*remote.address.ip()), Server::Unikernel),
                protocol: remote.protocol,
                port: remote.address.port(),
            });
        }
        for (node, kind) in graph.nodes.iter().map(|node| (node, &node.kind)) {
            let NodeKind::Port(protocol, number, _) = kind else {
                continue;
            };
            let mut accepts = one.member.membership.accepts.iter();
            let accept = accepts.find(|accept| accept.port == node.name);
            let is_open =
                accept.is_some_and(|it| it.clients.iter().any(|client| client == OUTSIDE));
            if let Some(port) = number.value.get().filter(|_| is_open && is_here(node)) {
                links.push(Link {
                    client: Client::Outside,
                    server: Server::Unikernel(index),
                    protocol: *protocol,
                    port,
                });
            }
        }
    }
    links
}

/// Whether a link joins a unikernel and the outside.
fn is_outer(link: &Link, unikernel: usize) -> bool {
    match (link.client, link.server) {
        (Client::Unikernel(from), Server::Address(_)) => from == unikernel,
        (Client::Outside, Server::Unikernel(to)) => to == unikernel,
        _ => false,
    }
}

/// An address that no unikernel of the network has.
fn free(own: InterfaceAddress, network_members: &[NetworkMember<'_>]) -> Option<Ipv4Addr> {
    let network = own.network().address.to_bits();
    let hosts = (network + 1..).map(Ipv4Addr::from_bits);
    let mut inside = hosts.take_while(|address| own.contains(*address));
    inside.find(|address| {
        network_members
            .iter()
            .all(|one| one.address.address != *address)
    })
}
