//! The graph: nodes, and what each is built on.

use crate::{
    address::InterfaceAddress,
    argument::Argument,
    mac_address::MacAddress,
    need::Need,
    port::Protocol,
    target::{Driven, Driver, LogLevel, Target},
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
    pub memory: Option<Spanned<ConfigValue<u64>>>,
    /// The stack of the image, in bytes; the usual one if absent.
    pub stack: Option<Spanned<ConfigValue<u64>>>,
    /// What is left for the program, at least, in bytes.
    pub heap: Option<Spanned<ConfigValue<u64>>>,
    /// What is logged.
    pub log: LogLevel,
    /// The nodes. Each stands after those that it is built on.
    pub nodes: Vec<Node>,
    /// What `main` receives, parameter by parameter.
    pub main: Vec<Use>,
    /// What it may be told each time it is booted.
    pub arguments: Vec<Argument>,
    /// The memory that it needs at least. Constant evaluation knows it.
    pub needs: Vec<Need<String>>,
    /// The location of each span: a [`SpanId`] is an index into it.
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
    /// The tokens that name it.
    pub span: SpanId,
}

/// A span of the source, by its position in [`Graph::locations`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SpanId(pub usize);

/// A value and where it was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Spanned<T> {
    /// The value.
    pub value: T,
    /// Where it was written.
    pub span: SpanId,
}

/// The value of a key of the configuration, as far as the macro knows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ConfigValue<T> {
    /// A literal.
    Known(T),
    /// A constant expression, by its position among those of the unikernel. Only constant evaluation
    /// knows its value.
    Constant(usize),
    /// Given at boot, with a default or required.
    Boot(Option<T>),
    /// Not readable, which has been reported. It conflicts with nothing.
    Unread,
}

impl<T: Copy> ConfigValue<T> {
    /// The value, as far as it is known before boot and before constants are.
    pub const fn known(&self) -> Option<T> {
        match self {
            Self::Known(value) | Self::Boot(Some(value)) => Some(*value),
            Self::Constant(_) | Self::Boot(None) | Self::Unread => None,
        }
    }
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
    pub span: SpanId,
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
    /// A disk.
    Disk(Disk),
    /// A port: a TCP listener, a UDP socket, or both under one number.
    Port(Protocol, Spanned<ConfigValue<u16>>, Limits),
    /// A custom device, with its configuration as it was written.
    Custom(String),
    /// The boot arguments; their type as it was written.
    Arguments(String),
}

impl Kind {
    /// The kind's name, in manifests and messages.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Console => "console",
            Self::Clock => "clock",
            Self::Random => "random",
            Self::Interface(_) => "net",
            Self::Disk(_) => "block",
            Self::Port(protocol, ..) => protocol.name(),
            Self::Custom(_) => "custom",
            Self::Arguments(_) => "arguments",
        }
    }
}

/// What a port may take on each of its interfaces. What is absent is as usual.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Limits {
    /// TCP connections at a time.
    pub connections: Option<Spanned<ConfigValue<u16>>>,
    /// Datagrams that wait, in each direction.
    pub datagrams: Option<Spanned<ConfigValue<u16>>>,
    /// The receive buffer, of each connection or of all datagrams, in bytes.
    pub receive: Option<Spanned<ConfigValue<u64>>>,
    /// The transmit buffer, in bytes.
    pub transmit: Option<Spanned<ConfigValue<u64>>>,
}

/// A network interface.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Interface {
    /// What drives it.
    pub driver: Spanned<Driver>,
    /// Its address.
    pub address: Spanned<Addressing>,
    /// The router for every address outside the unikernel's networks.
    pub gateway: Option<Spanned<ConfigValue<Ipv4Addr>>>,
    /// Its MAC address; the device's own if absent.
    pub mac: Option<Spanned<ConfigValue<MacAddress>>>,
    /// The largest IP packet, in bytes; the device's own if absent.
    pub mtu: Option<Spanned<ConfigValue<u16>>>,
}

/// A disk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Disk {
    /// What drives it.
    pub driver: Spanned<Driver>,
    /// The least size, in bytes; any if absent.
    pub size: Option<Spanned<ConfigValue<u64>>>,
}

/// Where an interface has its address from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Addressing {
    /// It is configured.
    Static(ConfigValue<InterfaceAddress>),
    /// A DHCP server says it (RFC 2131).
    Dhcp,
}

impl Addressing {
    /// The configured address.
    pub const fn configured(self) -> ConfigValue<InterfaceAddress> {
        match self {
            Self::Static(address) => address,
            Self::Dhcp => ConfigValue::Unread,
        }
    }
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

    /// How many users each node has: nodes that are built on it, and parameters of `main`.
    pub fn users(&self) -> Vec<usize> {
        let mut users = alloc::vec![0; self.nodes.len()];
        let nodes = self.nodes.iter().flat_map(|node| &node.on);
        for used in nodes.chain(&self.main) {
            users[used.node.0] += 1;
        }
        users
    }

    /// The network interfaces.
    pub fn interfaces(&self) -> impl Iterator<Item = (NodeId, &Interface)> {
        self.iter().filter_map(|(id, node)| match &node.kind {
            Kind::Interface(interface) => Some((id, interface)),
            _ => None,
        })
    }

    /// The disks.
    pub fn disks(&self) -> impl Iterator<Item = (NodeId, &Disk)> {
        self.iter().filter_map(|(id, node)| match &node.kind {
            Kind::Disk(disk) => Some((id, disk)),
            _ => None,
        })
    }

    /// The nodes that the host attaches: interfaces and disks.
    pub fn attached(&self) -> impl Iterator<Item = &Node> {
        let nodes = self.nodes.iter();
        nodes.filter(|node| matches!(node.kind, Kind::Interface(_) | Kind::Disk(_)))
    }

    /// What drives the interfaces and disks.
    pub fn drivers(&self) -> impl Iterator<Item = (Spanned<Driver>, Driven)> {
        self.nodes.iter().filter_map(|node| match &node.kind {
            Kind::Interface(interface) => Some((interface.driver, Driven::Interface)),
            Kind::Disk(disk) => Some((disk.driver, Driven::Disk)),
            _ => None,
        })
    }

    /// The MAC addresses by which the devices of a machine are known to be whose: of each
    /// interface its own, or else one made of its name. None for an only interface that has none:
    /// it takes the first device. A constant is not known before its evaluation.
    pub fn mac_addresses(&self) -> Vec<ConfigValue<MacAddress>> {
        let interfaces: Vec<_> = self.interfaces().collect();
        if let [(_, only)] = interfaces.as_slice()
            && only.mac.is_none()
        {
            return Vec::new();
        }
        let addresses = interfaces.into_iter().map(|(id, interface)| {
            let default = || MacAddress::for_node(&self.name, &self.node(id).name);
            let own = interface.mac.map(|mac| mac.value);
            own.unwrap_or_else(|| ConfigValue::Known(default()))
        });
        addresses.collect()
    }

    /// The name by which a Solo5 tender attaches an interface or a disk: a lone one is `service` or
    /// `storage`, as MirageOS calls them, and of several each has its node's name.
    pub fn solo5_name(&self, id: NodeId) -> &str {
        let node = self.node(id);
        let (lone, second) = match node.kind {
            Kind::Disk(_) => (LONE_DISK, self.disks().nth(1).is_some()),
            _ => (LONE_INTERFACE, self.interfaces().nth(1).is_some()),
        };
        if second { &node.name } else { lone }
    }
}

/// What a Solo5 tender calls an interface and a disk that are the only ones.
const LONE_INTERFACE: &str = "service";
const LONE_DISK: &str = "storage";
