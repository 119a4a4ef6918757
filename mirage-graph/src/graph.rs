//! The graph: nodes and their dependencies.

mod value;

use crate::{
    address::InterfaceAddress,
    argument::Argument,
    conflict_detection::ConflictDetection,
    congestion::Congestion,
    ecn::Ecn,
    files::Root,
    ipv6::AddressOrSlaac,
    mac_address::MacAddress,
    membership::Membership,
    name_servers::NameServers,
    need::Need,
    port::Protocol,
    target::{Driven, Driver, LogLevel, Target},
};
use alloc::{string::String, vec::Vec};
use core::net::{Ipv4Addr, Ipv6Addr, SocketAddrV4};
use value::configuration;
pub use value::{ConfigValue, Optional, Property, PropertyMut, SpanId, Spanned};

/// A unikernel's device graph.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Graph {
    /// The unikernel's name.
    pub name: String,
    /// The targets that it supports.
    pub targets: Vec<Target>,
    /// The memory of its machine, in bytes.
    pub memory: Optional<u64>,
    /// The stack of the image, in bytes; [`DEFAULT_STACK`](crate::size::DEFAULT_STACK) if absent.
    pub stack: Optional<u64>,
    /// Whether the program has std: it binds ports and opens files by itself.
    pub std: bool,
    /// The threads of a program with std.
    pub threads: Threads,
    /// The environment of a program with std: a text `NAME=VALUE` for each variable.
    pub env: Vec<String>,
    /// The directory of the package that a program with std has as `/`.
    pub root: Option<Spanned<Root>>,
    /// The limit of `/tmp`, in bytes; [`DEFAULT_TMP`](crate::files::DEFAULT_TMP) if absent.
    pub tmp: Optional<u64>,
    /// The minimum heap that devices leave for the program, in bytes.
    pub heap: Optional<u64>,
    /// The least severe log messages that are printed.
    pub log: LogLevel,
    /// The application that it is part of, if it is planned.
    pub membership: Option<Membership>,
    /// The nodes. Each follows its dependencies.
    pub nodes: Vec<Node>,
    /// The nodes that `main` receives, by parameter.
    pub main: Vec<Use>,
    /// The boot arguments.
    pub arguments: Vec<Argument>,
    /// The minimum memory of its parts, which only constant evaluation knows.
    pub needs: Vec<Need<String>>,
    /// The location of each span: a [`SpanId`] is an index into it.
    pub locations: Vec<Location>,
}

/// A node, by its position in [`Graph::nodes`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct NodeId(pub usize);

/// A use of a node, by a dependent node or a parameter of `main`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Use {
    /// The used node.
    pub node: NodeId,
    /// The tokens that name it.
    pub span: SpanId,
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

/// A node. `K` is its kind, which differs by target until one is selected.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Node<K = NodeKind> {
    /// Its unique name.
    pub name: String,
    /// The kind of its device, with the configuration.
    pub kind: K,
    /// Its dependencies, in the order in which `wire` takes them.
    pub on: Vec<Use>,
    /// Its declaration.
    pub span: SpanId,
}

/// A kind of device, with its configuration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NodeKind {
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
    /// A port: a TCP listener, a UDP socket, or both with one number.
    Port(Protocol, Spanned<ConfigValue<u16>>, Limits),
    /// A custom device; the source text of its configuration.
    Custom(String),
    /// The boot arguments; the source text of their type.
    Arguments(String),
    /// A link to a port of another unikernel, or to the outside.
    Remote(Remote),
}

impl NodeKind {
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
            Self::Remote(_) => "remote",
        }
    }
}

configuration! {
    /// The limits of a port, on each of its interfaces, and the congestion control of its connections. An
    /// absent one is the runtime's default.
    #[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
    pub struct Limits {
        properties:
        /// The maximum number of simultaneous TCP connections.
        connections: u16,
        /// The maximum number of queued datagrams, in each direction.
        datagrams: u16,
        /// The receive buffer, of each connection or for all datagrams, in bytes.
        receive: u64,
        /// The transmit buffer, in bytes.
        transmit: u64,
        /// The congestion control of its connections; that of the interface if absent.
        congestion: Congestion,
    }
}

configuration! {
    /// The threads of a program with std beside its main thread.
    #[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
    pub struct Threads {
        properties:
        /// The stack of each thread, in bytes.
        stack: u64,
        /// The maximum number of simultaneous threads.
        max: u16,
    }
}

configuration! {
    /// The configuration of a network interface.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub struct Interface {
        /// The driver.
        pub driver: Spanned<Driver>,
        /// The source of its IPv4 address.
        pub address: Spanned<Addressing>,
        properties:
        /// The default router.
        gateway: Ipv4Addr,
        /// The MAC address; the device's own if absent.
        mac: MacAddress,
        /// The largest IP packet, in bytes; the device's own if absent.
        mtu: u16,
        /// The congestion control of its connections; CUBIC if absent.
        congestion: Congestion,
        /// Which of its connections use ECN; those whose peer asks for it if absent.
        ecn: Ecn,
        /// When its address is probed; while it is used already if absent.
        conflict_detection: ConflictDetection,
        /// The name servers; those of the DHCP lease if absent.
        dns: NameServers,
        /// The source of its IPv6 address; the interface has IPv4 only if absent.
        ip6: AddressOrSlaac,
        /// The default router of IPv6.
        gateway6: Ipv6Addr,
    }
}

configuration! {
    /// The configuration of a disk.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub struct Disk {
        /// The driver.
        pub driver: Spanned<Driver>,
        properties:
        /// The minimum size, in bytes; any if absent.
        size: u64,
    }
}

/// What a link of an application leads to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Remote {
    /// The port, `api.rpc`, or an address outside the application.
    pub to: String,
    /// The protocol.
    pub protocol: Protocol,
    /// The address that connections are opened to.
    pub address: SocketAddrV4,
}

/// The source of an interface's IPv4 address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Addressing {
    /// The configuration.
    Static(ConfigValue<InterfaceAddress>),
    /// A DHCP server (RFC 2131).
    Dhcp,
    /// The boot argument, which is an address or `dhcp`; by default, a DHCP server.
    BootOrDhcp,
    /// None: the interface has IPv6 only.
    Absent,
}

impl Addressing {
    /// The configured address.
    pub const fn configured(self) -> ConfigValue<InterfaceAddress> {
        match self {
            Self::Static(address) => address,
            Self::Dhcp | Self::Absent => ConfigValue::Unread,
            Self::BootOrDhcp => ConfigValue::Boot(None),
        }
    }

    /// Whether the interface may ask a DHCP server, so that its image contains the client.
    pub const fn may_use_dhcp(self) -> bool {
        matches!(self, Self::Dhcp | Self::BootOrDhcp)
    }
}

impl Interface {
    /// Whether the interface has IPv4.
    pub fn has_ipv4(&self) -> bool {
        self.address.value != Addressing::Absent
    }

    /// Whether a boot can use only one of the interface's families: it has both, and an address of one is given at
    /// boot.
    pub fn has_choice_of_families(&self) -> bool {
        let is_given = |ip6: Spanned<ConfigValue<AddressOrSlaac>>| {
            ip6.value.is_at_boot() || self.address.value.configured().is_at_boot()
        };
        self.has_ipv4() && self.ip6.is_some_and(is_given)
    }

    /// Whether the interface may process the advertisements of routers, so that its image contains SLAAC.
    pub fn may_use_slaac(&self) -> bool {
        let source = self.ip6.and_then(|ip6| ip6.value.get());
        source == Some(AddressOrSlaac::Slaac)
    }

    /// An interface without optional properties.
    pub const fn new(driver: Spanned<Driver>, address: Spanned<Addressing>) -> Self {
        Self {
            driver,
            address,
            gateway: None,
            mac: None,
            mtu: None,
            congestion: None,
            ecn: None,
            conflict_detection: None,
            dns: None,
            ip6: None,
            gateway6: None,
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

    /// The number of users of each node: dependent nodes and parameters of `main`.
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
            NodeKind::Interface(interface) => Some((id, interface)),
            _ => None,
        })
    }

    /// The disks.
    pub fn disks(&self) -> impl Iterator<Item = (NodeId, &Disk)> {
        self.iter().filter_map(|(id, node)| match &node.kind {
            NodeKind::Disk(disk) => Some((id, disk)),
            _ => None,
        })
    }

    /// The nodes that the host attaches: interfaces and disks.
    pub fn attached(&self) -> impl Iterator<Item = &Node> {
        let nodes = self.nodes.iter();
        nodes.filter(|node| matches!(node.kind, NodeKind::Interface(_) | NodeKind::Disk(_)))
    }

    /// The drivers of the interfaces and disks.
    pub fn drivers(&self) -> impl Iterator<Item = (Spanned<Driver>, Driven)> {
        self.nodes.iter().filter_map(|node| match &node.kind {
            NodeKind::Interface(interface) => Some((interface.driver, Driven::Interface)),
            NodeKind::Disk(disk) => Some((disk.driver, Driven::Disk)),
            _ => None,
        })
    }

    /// The MAC addresses by which interfaces find their devices: the declared one of each, or one
    /// that is derived from its name. Empty for a single interface without a declared one, which takes
    /// the first device.
    pub fn mac_addresses(&self) -> Vec<ConfigValue<MacAddress>> {
        let interfaces: Vec<_> = self.interfaces().collect();
        if let [(_, only)] = interfaces.as_slice()
            && only.mac.is_none()
        {
            return Vec::new();
        }
        let addresses = interfaces.into_iter().map(|(id, interface)| {
            let default = || MacAddress::for_node(&self.name, &self.node(id).name);
            let declared = interface.mac.map(|mac| mac.value);
            declared.unwrap_or_else(|| ConfigValue::Known(default()))
        });
        addresses.collect()
    }

    /// The name by which a Solo5 tender attaches an interface or a disk: MirageOS's `service` or
    /// `storage` for a single one, the node's name if there are several.
    pub fn solo5_name(&self, id: NodeId) -> &str {
        let node = self.node(id);
        let (lone, second) = match node.kind {
            NodeKind::Disk(_) => (LONE_DISK, self.disks().nth(1).is_some()),
            _ => (LONE_INTERFACE, self.interfaces().nth(1).is_some()),
        };
        if second { &node.name } else { lone }
    }
}

/// The name of the property [`Interface::dns`].
pub const DNS: &str = "dns";

/// The names of the properties [`Interface::ip6`] and [`Interface::gateway6`].
pub const IP6: &str = "ip6";
/// See [`IP6`].
pub const GATEWAY6: &str = "gateway6";

/// The names of a single interface and a single disk for a Solo5 tender.
const LONE_INTERFACE: &str = "service";
const LONE_DISK: &str = "storage";
