//! A host on an in-memory link.

use super::link::{End, Link};
use crate::{
    graph::Chain,
    net::{
        Network, Remote, Service, TcpListener, UdpRemote, UdpSocket, attached::Attached,
        interface::InterfaceConfig,
    },
    platform::net::Stack,
    time::Clock,
    unix::net::CONNECTION_MEMORY,
};
use alloc::rc::Rc;
use core::{cell::Cell, net::SocketAddr};
use mirage_devices::net::{Budget, TcpLimits, UdpLimits, tcp::Algorithm};
use mirage_graph::{
    address::InterfaceAddress, conflict_detection::ConflictDetection, ecn::Ecn,
    name_servers::NameServers,
};

/// A host on a link, with a network stack of its own: one interface of a unikernel, or a peer.
#[derive(Debug)]
pub struct Host {
    network: Network,
    name_servers: Rc<Cell<NameServers>>,
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
            has_ipv4: true,
            address: Some(address),
            gateway: None,
            mac: None,
            mtu: None,
            congestion: Algorithm::CUBIC,
            ecn: Ecn::Accept,
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
        let name_servers = Rc::new(Cell::new(NameServers::NONE));
        let attached = Stack::InMemory(stack.clone(), name_servers.clone());
        let network = Network::started(interface, attached, self.random());
        let family = network.add_ipv4();
        let family = family.unwrap_or_else(|cause| panic!("{address}: {cause}"));
        if let Some(work) = family.and_then(|family| stack.run(family)) {
            crate::spawn(work);
        }
        Host {
            network,
            name_servers,
        }
    }
}

impl Host {
    /// Returns the network that `main` and devices receive.
    pub fn network(&self) -> Network {
        self.network.clone()
    }

    /// Sets the name servers of the host, as the key `dns` declares them: `10.0.0.1`, or
    /// `10.0.0.1, 10.0.0.2`. At first it has none.
    ///
    /// ```
    /// use mirage_rt::net::LookupError;
    ///
    /// mirage_rt::test::run(async |world| {
    ///     let (host, server) = (world.host("10.0.0.2"), world.host("10.0.0.1"));
    ///     let lookup = async || host.network().lookup_host("example.com", 80).await;
    ///     assert_eq!(lookup().await, Err(LookupError::NoServer));
    ///     host.set_name_servers("10.0.0.1");
    ///     let service = server.service(53);
    ///     assert_eq!(lookup().await, Err(LookupError::TimedOut));
    ///     let mut query = [0; 512];
    ///     service.udp.recv_from(&mut query).await.unwrap();
    ///     assert_eq!(&query[12..25], b"\x07example\x03com\0");
    /// });
    /// ```
    ///
    /// # Panics
    /// Panics if `servers` is not a list of addresses.
    #[track_caller]
    pub fn set_name_servers(&self, servers: &str) {
        let servers = NameServers::parse(servers).unwrap_or_else(|error| panic!("{error}"));
        self.name_servers.set(servers);
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

    /// Returns what `main` receives for a link to a TCP port such as `10.0.1.3:7000`.
    ///
    /// # Panics
    /// Panics if `address` is not an address and a port.
    #[track_caller]
    pub fn remote(&self, address: &str) -> Remote {
        Remote::new(self.network(), parse(address))
    }

    /// Returns what `main` receives for a link to a UDP port such as `192.0.2.7:53`.
    ///
    /// # Panics
    /// Panics if `address` is not an address and a port.
    #[track_caller]
    pub fn udp_remote(&self, address: &str) -> UdpRemote {
        UdpRemote::new(self.network(), parse(address))
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

#[track_caller]
fn parse(address: &str) -> SocketAddr {
    let parsed = address.parse();
    parsed.unwrap_or_else(|_| panic!("`{address}` is not an address and a port"))
}
