//! Ports as nodes: their configurations, and the devices that these make.

use crate::{
    device::{Device, StartError},
    net::{Network, Service, TcpListener, UdpSocket},
};
use mirage_devices::net::{TcpLimits, UdpLimits};

/// The configuration of a TCP port that is listened on.
#[derive(Debug)]
pub struct TcpPort {
    /// The port, 1 to 65535.
    pub port: u16,
    /// The most connections that each interface has at a time; as many as memory holds, if absent.
    pub connections: Option<u16>,
    /// The receive buffer of a connection, in bytes.
    pub receive: usize,
    /// The transmit buffer of a connection, in bytes.
    pub transmit: usize,
}

impl TcpPort {
    /// This port, without limits of its own.
    pub const fn at(port: u16) -> Self {
        Self {
            port,
            connections: TcpLimits::DEFAULT.connections,
            receive: TcpLimits::DEFAULT.receive,
            transmit: TcpLimits::DEFAULT.transmit,
        }
    }

    const fn limits(&self) -> TcpLimits {
        TcpLimits {
            connections: self.connections,
            receive: self.receive,
            transmit: self.transmit,
        }
    }

    /// The memory that it needs on so many networks, in bytes.
    pub const fn memory(&self, networks: usize) -> u64 {
        (self.limits().memory() * networks) as u64
    }

    /// The listener on this port of some networks, not yet started.
    pub fn wire<const COUNT: usize>(&self, networks: [Network; COUNT]) -> TcpPortDevice<COUNT> {
        TcpPortDevice {
            port: self.port,
            limits: self.limits(),
            networks,
            listener: None,
        }
    }
}

/// A TCP port of some networks.
#[derive(Debug)]
pub struct TcpPortDevice<const COUNT: usize> {
    port: u16,
    limits: TcpLimits,
    networks: [Network; COUNT],
    listener: Option<TcpListener>,
}

#[diagnostic::do_not_recommend]
impl<const COUNT: usize> Device for TcpPortDevice<COUNT> {
    type Output = TcpListener;

    async fn start(&mut self) -> Result<(), StartError> {
        self.listener = Some(Network::listen(&self.networks, self.port, self.limits)?);
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
    /// The most datagrams that wait to be received, and to be sent, on each interface.
    pub datagrams: u16,
    /// The bytes of those that wait to be received.
    pub receive: usize,
    /// The bytes of those that wait to be sent.
    pub transmit: usize,
}

impl UdpPort {
    /// This port, without limits of its own.
    pub const fn at(port: u16) -> Self {
        Self {
            port,
            datagrams: UdpLimits::DEFAULT.datagrams,
            receive: UdpLimits::DEFAULT.receive,
            transmit: UdpLimits::DEFAULT.transmit,
        }
    }

    const fn limits(&self) -> UdpLimits {
        UdpLimits {
            datagrams: self.datagrams,
            receive: self.receive,
            transmit: self.transmit,
        }
    }

    /// The memory that it needs on so many networks, in bytes.
    pub const fn memory(&self, networks: usize) -> u64 {
        (self.limits().memory() * networks) as u64
    }

    /// The socket on this port of some networks, not yet started.
    pub fn wire<const COUNT: usize>(&self, networks: [Network; COUNT]) -> UdpPortDevice<COUNT> {
        UdpPortDevice {
            port: self.port,
            limits: self.limits(),
            networks,
            socket: None,
        }
    }
}

/// A UDP port of some networks.
#[derive(Debug)]
pub struct UdpPortDevice<const COUNT: usize> {
    port: u16,
    limits: UdpLimits,
    networks: [Network; COUNT],
    socket: Option<UdpSocket>,
}

#[diagnostic::do_not_recommend]
impl<const COUNT: usize> Device for UdpPortDevice<COUNT> {
    type Output = UdpSocket;

    async fn start(&mut self) -> Result<(), StartError> {
        self.socket = Some(Network::bind_udp(&self.networks, self.port, self.limits)?);
        Ok(())
    }

    fn provide(self) -> UdpSocket {
        self.socket
            .expect("a node is started before it is provided")
    }
}

/// The configuration of a service that has one number as a TCP and as a UDP port, as DNS has
/// (RFC 7766).
#[derive(Debug)]
pub struct ServicePort {
    /// The port, 1 to 65535.
    pub port: u16,
    /// The most connections that each interface has at a time; as many as memory holds, if absent.
    pub connections: Option<u16>,
    /// The most datagrams that wait to be received, and to be sent, on each interface.
    pub datagrams: u16,
}

impl ServicePort {
    /// This port, without limits of its own.
    pub const fn at(port: u16) -> Self {
        Self {
            port,
            connections: TcpLimits::DEFAULT.connections,
            datagrams: UdpLimits::DEFAULT.datagrams,
        }
    }

    const fn limits(&self) -> (TcpLimits, UdpLimits) {
        let tcp = TcpLimits {
            connections: self.connections,
            ..TcpLimits::DEFAULT
        };
        let udp = UdpLimits {
            datagrams: self.datagrams,
            ..UdpLimits::DEFAULT
        };
        (tcp, udp)
    }

    /// The memory that it needs on so many networks, in bytes.
    pub const fn memory(&self, networks: usize) -> u64 {
        let (tcp, udp) = self.limits();
        ((tcp.memory() + udp.memory()) * networks) as u64
    }

    /// The service on this port of some networks, not yet started.
    pub fn wire<const COUNT: usize>(&self, networks: [Network; COUNT]) -> ServicePortDevice<COUNT> {
        ServicePortDevice {
            port: self.port,
            limits: self.limits(),
            networks,
            service: None,
        }
    }
}

/// A port of some networks, for TCP and UDP.
#[derive(Debug)]
pub struct ServicePortDevice<const COUNT: usize> {
    port: u16,
    limits: (TcpLimits, UdpLimits),
    networks: [Network; COUNT],
    service: Option<Service>,
}

#[diagnostic::do_not_recommend]
impl<const COUNT: usize> Device for ServicePortDevice<COUNT> {
    type Output = Service;

    async fn start(&mut self) -> Result<(), StartError> {
        let (tcp, udp) = self.limits;
        self.service = Some(Service {
            udp: Network::bind_udp(&self.networks, self.port, udp)?,
            tcp: Network::listen(&self.networks, self.port, tcp)?,
        });
        Ok(())
    }

    fn provide(self) -> Service {
        self.service
            .expect("a node is started before it is provided")
    }
}
