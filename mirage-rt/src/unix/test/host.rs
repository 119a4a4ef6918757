//! A host on an in-memory link.

use super::link::{End, Link};
use crate::{
    graph::Chain,
    net::{
        Network, Service, TcpListener, UdpSocket, attached::Attached, interface::InterfaceConfig,
    },
    platform::net::Stack,
    time::Clock,
    unix::net::CONNECTION_MEMORY,
};
use mirage_devices::net::{Budget, TcpLimits, UdpLimits, tcp::Algorithm};
use mirage_graph::{address::InterfaceAddress, conflict_detection::ConflictDetection};

/// A host on a link, with a network stack of its own: one interface of a unikernel, or a peer.
#[derive(Debug)]
pub struct Host {
    network: Network,
}

impl Link {
    /// Adds a host to this link, with an address such as `10.0.0.2/24`. The default prefix length is 24.
    ///
    /// # Panics
    /// Panics if no host can have `address`, or if the link has 255 hosts.
    #[track_caller]
    pub fn host(&self, address: &str) -> Host {
        let address = InterfaceAddress::parse(address).unwrap_or_else(|error| panic!("{error}"));
        let interface = InterfaceConfig {
            node: "net",
            address: Some(address),
            gateway: None,
            mac: None,
            mtu: None,
            congestion: Algorithm::CUBIC,
            conflict_detection: ConflictDetection::Optimistic,
            index: 0,
            solo5_name: "",
            mac_addresses: &[],
            ports: &[],
        };
        let stack = Attached::new(
            &interface,
            End::new(self),
            Budget::new(CONNECTION_MEMORY),
            Clock,
            self.random(),
        )
        .unwrap_or_else(|cause| panic!("{address}: {cause}"));
        if let Some(work) = stack.run() {
            crate::spawn(work);
        }
        Host {
            network: Network::started(interface, Stack::InMemory(stack), self.random()),
        }
    }
}

impl Host {
    /// Returns the network that `main` and devices receive.
    pub fn network(&self) -> Network {
        self.network.clone()
    }

    /// Listens on a TCP port, and returns what `main` receives for it.
    ///
    /// # Panics
    /// Panics if the port is in use or 0.
    #[track_caller]
    pub fn listen(&self, port: u16) -> TcpListener {
        let listener = Network::listen(&[self.network()], port, TcpLimits::DEFAULT);
        listener.unwrap_or_else(|error| panic!("{}", Chain(&error)))
    }

    /// Binds a UDP port, and returns what `main` receives for it.
    ///
    /// # Panics
    /// Panics if the port is in use or 0.
    #[track_caller]
    pub fn bind_udp(&self, port: u16) -> UdpSocket {
        let socket = Network::bind_udp(&[self.network()], port, UdpLimits::DEFAULT);
        socket.unwrap_or_else(|error| panic!("{}", Chain(&error)))
    }

    /// Opens a TCP and a UDP port, and returns what `main` receives for the service.
    ///
    /// # Panics
    /// Panics if one of the two ports is in use, or if it is 0.
    #[track_caller]
    pub fn service(&self, port: u16) -> Service {
        Service {
            udp: self.bind_udp(port),
            tcp: self.listen(port),
        }
    }
}
