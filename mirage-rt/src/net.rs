//! The network, as a unikernel sees it: listeners, connections, datagram sockets.

pub(crate) mod attached;

use crate::{
    device::{Device, Share, StartError},
    driver::Driver,
    random::Random,
    time::Clock,
};
use core::net::Ipv4Addr;

pub use crate::platform::net::{Network, TcpListener, TcpStream, UdpSocket};
pub use mirage_devices::net::{Error, UdpError};

/// The configuration of a network interface.
#[derive(Debug)]
pub struct Interface<D> {
    /// The node's name.
    pub node: &'static str,
    /// The driver.
    pub driver: D,
    /// Its IPv4 address.
    pub address: Ipv4Addr,
    /// How many leading bits of the address name the network, 0 to 32.
    pub prefix_length: u8,
    /// The router for every address outside the network.
    pub gateway: Option<Ipv4Addr>,
    /// Its Ethernet address; the device's own if absent.
    pub mac: Option<[u8; 6]>,
    /// The largest IP packet, in bytes; the device's own if absent.
    pub mtu: Option<u16>,
}

/// What a network needs to know of its interface, whatever the driver.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Settings {
    pub(crate) node: &'static str,
    pub(crate) address: Ipv4Addr,
    pub(crate) prefix_length: u8,
    pub(crate) gateway: Option<Ipv4Addr>,
    pub(crate) mac: Option<[u8; 6]>,
    pub(crate) mtu: Option<u16>,
}

impl<D: Driver> Interface<D> {
    /// The network that this configuration describes, not yet started.
    pub fn wire(&self, clock: Clock, random: Random) -> Network {
        let settings = Settings {
            node: self.node,
            address: self.address,
            prefix_length: self.prefix_length,
            gateway: self.gateway,
            mac: self.mac,
            mtu: self.mtu,
        };
        Network::new(settings, clock, random)
    }
}

impl Share for Network {}

/// The configuration of a TCP port that is listened on.
#[derive(Debug)]
pub struct TcpPort {
    /// The port, 1 to 65535.
    pub port: u16,
}

impl TcpPort {
    /// The listener on this port of `network`, not yet started.
    pub fn wire(&self, network: Network) -> Listening {
        Listening {
            port: self.port,
            network,
            listener: None,
        }
    }
}

/// A TCP port of a network.
#[derive(Debug)]
pub struct Listening {
    port: u16,
    network: Network,
    listener: Option<TcpListener>,
}

impl Device for Listening {
    type Output = TcpListener;

    async fn start(&mut self) -> Result<(), StartError> {
        self.listener = Some(self.network.listen(self.port)?);
        Ok(())
    }

    fn provide(self) -> TcpListener {
        self.listener
            .expect("a node is started before it is provided")
    }
}

/// The configuration of a UDP port.
#[derive(Debug)]
pub struct UdpPort {
    /// The port, 1 to 65535.
    pub port: u16,
}

impl UdpPort {
    /// The socket on this port of `network`, not yet started.
    pub fn wire(&self, network: Network) -> Bound {
        Bound {
            port: self.port,
            network,
            socket: None,
        }
    }
}

/// A UDP port of a network.
#[derive(Debug)]
pub struct Bound {
    port: u16,
    network: Network,
    socket: Option<UdpSocket>,
}

impl Device for Bound {
    type Output = UdpSocket;

    async fn start(&mut self) -> Result<(), StartError> {
        self.socket = Some(self.network.bind_udp(self.port)?);
        Ok(())
    }

    fn provide(self) -> UdpSocket {
        self.socket
            .expect("a node is started before it is provided")
    }
}
