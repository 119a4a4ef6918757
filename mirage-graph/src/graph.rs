//! The graph: nodes, and what each is built on.

use crate::{
    argument::Argument,
    hardware_address::HardwareAddress,
    target::{Driver, LogLevel, Target},
};
use alloc::{string::String, vec::Vec};
use core::net::Ipv4Addr;

/// A unikernel's device graph.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Graph {
    /// The unikernel's name.
    pub name: String,
    /// The targets that it is for.
    pub targets: Vec<Target>,
    /// The memory that its machine must have, in bytes.
    pub memory: Option<At<u64>>,
    /// What is logged.
    pub log: LogLevel,
    /// The nodes. Each stands after those that it is built on.
    pub nodes: Vec<Node>,
    /// What `main` receives, parameter by parameter.
    pub main: Vec<Use>,
    /// What it may be told each time it is booted.
    pub arguments: Vec<Argument>,
    /// Where in the source what is: [`Place`] is an index into it.
    pub locations: Vec<Location>,
}

/// A node, by its position in [`Graph::nodes`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct NodeId(pub usize);

/// A use of a node: by a node that is built on it, or by a parameter of `main`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Use {
    /// The node that is used.
    pub node: NodeId,
    /// Where it is said.
    pub place: Place,
}

/// A place in the source, by its position in [`Graph::locations`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place(pub usize);

/// A value and where it was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct At<T> {
    /// The value.
    pub value: T,
    /// Where it was written.
    pub place: Place,
}

/// A line and a column of a file, both from 1.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Location {
    /// The file, as the compiler names it.
    pub file: String,
    /// The line.
    pub line: u32,
    /// The column, in characters.
    pub column: u32,
}

/// A device.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Node {
    /// Its name, which no other node has.
    pub name: String,
    /// What it is.
    pub kind: Kind,
    /// The nodes that it is built on, in the order that its configuration takes them.
    pub on: Vec<Use>,
    /// Where it was declared.
    pub place: Place,
}

/// What a device is, and its configuration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kind {
    /// The machine's console.
    Console,
    /// The machine's clock.
    Clock,
    /// The random generator, seeded from the machine's entropy.
    Random,
    /// A network interface.
    Interface(Interface),
    /// A TCP port that is listened on.
    Tcp(At<u16>),
    /// A UDP port.
    Udp(At<u16>),
    /// A device of the user's own; its configuration as it was written.
    Own(String),
}

impl Kind {
    /// The kind's name, in manifests and messages.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Console => "console",
            Self::Clock => "clock",
            Self::Random => "random",
            Self::Interface(_) => "net",
            Self::Tcp(_) => "tcp",
            Self::Udp(_) => "udp",
            Self::Own(_) => "own",
        }
    }
}

/// A network interface.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Interface {
    /// What drives it.
    pub driver: At<Driver>,
    /// Its address.
    pub address: At<Ipv4Addr>,
    /// How many leading bits of the address name the network, 0 to 32.
    pub prefix_length: u8,
    /// The router for every address outside the network.
    pub gateway: Option<At<Ipv4Addr>>,
    /// Its Ethernet address; the device's own if absent.
    pub mac: Option<HardwareAddress>,
    /// The largest IP packet, in bytes; the device's own if absent.
    pub mtu: Option<u16>,
}

impl Graph {
    /// The node.
    pub fn node(&self, id: NodeId) -> &Node {
        &self.nodes[id.0]
    }

    /// The nodes with their ids.
    pub fn iter(&self) -> impl Iterator<Item = (NodeId, &Node)> {
        self.nodes
            .iter()
            .enumerate()
            .map(|(index, node)| (NodeId(index), node))
    }

    /// How many users a node has: nodes that are built on it, and parameters of `main`.
    pub fn users(&self, id: NodeId) -> usize {
        let nodes = self.nodes.iter().flat_map(|node| &node.on);
        nodes
            .chain(&self.main)
            .filter(|used| used.node == id)
            .count()
    }

    /// The network interfaces.
    pub fn interfaces(&self) -> impl Iterator<Item = (NodeId, &Interface)> {
        self.iter().filter_map(|(id, node)| match &node.kind {
            Kind::Interface(interface) => Some((id, interface)),
            _ => None,
        })
    }
}
