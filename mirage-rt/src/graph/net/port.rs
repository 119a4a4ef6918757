//! Ports as nodes: their configurations, and the device that they make.

use crate::{
    device::{Device, StartError},
    net::{Network, Service, TcpListener, UdpSocket},
};
use mirage_devices::net::{TcpLimits, UdpLimits, tcp::Algorithm};

/// The configuration of a port.
pub trait OpenPort {
    /// What the users of the port receive.
    type Opened;

    /// Opens the port on all of `networks`.
    ///
    /// # Errors
    /// Returns an error if the port cannot be opened on one of them.
    fn open(&self, networks: &[Network]) -> Result<Self::Opened, StartError>;

    /// Returns the number.
    fn number(&self) -> u16;
}

/// A port of some networks.
#[derive(Debug)]
pub struct PortDevice<P: OpenPort, const COUNT: usize> {
    port: P,
    networks: [Network; COUNT],
    /// `None` until it is started.
    opened: Option<P::Opened>,
}

impl<P: OpenPort, const COUNT: usize> PortDevice<P, COUNT> {
    fn new(port: P, networks: [Network; COUNT]) -> Self {
        Self {
            port,
            networks,
            opened: None,
        }
    }

    /// Opens the port now, on some of its networks.
    #[cfg(all(mirage_target, feature = "std"))]
    pub(crate) fn open(&self, networks: &[Network]) -> Result<P::Opened, StartError> {
        self.port.open(networks)
    }

    /// Returns the networks of the port.
    #[cfg(feature = "std")]
    pub(crate) fn networks(&self) -> &[Network] {
        &self.networks
    }

    /// Returns the port's number.
    #[cfg(feature = "std")]
    pub(crate) fn number(&self) -> u16 {
        self.port.number()
    }
}

#[diagnostic::do_not_recommend]
impl<P: OpenPort, const COUNT: usize> Device for PortDevice<P, COUNT> {
    type Output = P::Opened;

    async fn start(&mut self) -> Result<(), StartError> {
        self.opened = Some(self.port.open(&self.networks)?);
        Ok(())
    }

    fn provide(self) -> P::Opened {
        self.opened
            .expect("a node is started before it is provided")
    }
}

/// The configuration of a TCP port that is listened on.
#[derive(Debug, Clone, Copy)]
pub struct TcpPort {
    /// The port, 1 to 65535.
    pub port: u16,
    /// The maximum number of connections on each interface; limited by memory only, if absent.
    pub connections: Option<u16>,
    /// The largest receive window of a connection, in bytes.
    pub receive: usize,
    /// The largest transmit buffer of a connection, in bytes.
    pub transmit: usize,
    /// The congestion control of its connections; that of the interface if absent.
    pub congestion: Option<Algorithm>,
}

impl TcpPort {
    /// Returns a port with the default limits.
    pub const fn at(port: u16) -> Self {
        Self {
            port,
            connections: TcpLimits::DEFAULT.connections,
            receive: TcpLimits::DEFAULT.receive,
            transmit: TcpLimits::DEFAULT.transmit,
            congestion: TcpLimits::DEFAULT.congestion,
        }
    }

    const fn limits(&self) -> TcpLimits {
        TcpLimits {
            connections: self.connections,
            receive: self.receive,
            transmit: self.transmit,
            congestion: self.congestion,
        }
    }

    /// Returns the memory that the port needs on this number of networks, in bytes.
    pub const fn memory(&self, networks: usize) -> u64 {
        (self.limits().memory() * networks) as u64
    }

    /// Returns the port of `networks`, not yet started.
    pub fn wire<const COUNT: usize>(&self, networks: [Network; COUNT]) -> PortDevice<Self, COUNT> {
        PortDevice::new(*self, networks)
    }
}

impl OpenPort for TcpPort {
    type Opened = TcpListener;

    fn open(&self, networks: &[Network]) -> Result<TcpListener, StartError> {
        Network::listen(networks, self.port, self.limits())
    }

    fn number(&self) -> u16 {
        self.port
    }
}

/// The configuration of a UDP port.
#[derive(Debug, Clone, Copy)]
pub struct UdpPort {
    /// The port, 1 to 65535.
    pub port: u16,
    /// The maximum number of datagrams on each interface that wait to be received, and that wait to be
    /// sent.
    pub datagrams: u16,
    /// The size of the receive buffer, in bytes.
    pub receive: usize,
    /// The size of the transmit buffer, in bytes.
    pub transmit: usize,
}

impl UdpPort {
    /// Returns a port with the default limits.
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

    /// Returns the memory that the port needs on this number of networks, in bytes.
    pub const fn memory(&self, networks: usize) -> u64 {
        (self.limits().memory() * networks) as u64
    }

    /// Returns the port of `networks`, not yet started.
    pub fn wire<const COUNT: usize>(&self, networks: [Network; COUNT]) -> PortDevice<Self, COUNT> {
        PortDevice::new(*self, networks)
    }
}

impl OpenPort for UdpPort {
    type Opened = UdpSocket;

    fn open(&self, networks: &[Network]) -> Result<UdpSocket, StartError> {
        Network::bind_udp(networks, self.port, self.limits())
    }

    fn number(&self) -> u16 {
        self.port
    }
}

/// The configuration of a service that has one number as a TCP and as a UDP port, as DNS has
/// (RFC 7766).
#[derive(Debug, Clone, Copy)]
pub struct ServicePort {
    /// The port, 1 to 65535.
    pub port: u16,
    /// The maximum number of connections on each interface; limited by memory only, if absent.
    pub connections: Option<u16>,
    /// The maximum number of datagrams on each interface that wait to be received, and that wait to be
    /// sent.
    pub datagrams: u16,
    /// The congestion control of its connections; that of the interface if absent.
    pub congestion: Option<Algorithm>,
}

impl ServicePort {
    /// Returns a port with the default limits.
    pub const fn at(port: u16) -> Self {
        Self {
            port,
            connections: TcpLimits::DEFAULT.connections,
            datagrams: UdpLimits::DEFAULT.datagrams,
            congestion: TcpLimits::DEFAULT.congestion,
        }
    }

    const fn limits(&self) -> (TcpLimits, UdpLimits) {
        let tcp = TcpLimits {
            connections: self.connections,
            congestion: self.congestion,
            ..TcpLimits::DEFAULT
        };
        let udp = UdpLimits {
            datagrams: self.datagrams,
            ..UdpLimits::DEFAULT
        };
        (tcp, udp)
    }

    /// Returns the memory that the port needs on this number of networks, in bytes.
    pub const fn memory(&self, networks: usize) -> u64 {
        let (tcp, udp) = self.limits();
        ((tcp.memory() + udp.memory()) * networks) as u64
    }

    /// Returns the port of `networks`, not yet started.
    pub fn wire<const COUNT: usize>(&self, networks: [Network; COUNT]) -> PortDevice<Self, COUNT> {
        PortDevice::new(*self, networks)
    }
}

impl OpenPort for ServicePort {
    type Opened = Service;

    fn open(&self, networks: &[Network]) -> Result<Service, StartError> {
        let (tcp, udp) = self.limits();
        Ok(Service {
            udp: Network::bind_udp(networks, self.port, udp)?,
            tcp: Network::listen(networks, self.port, tcp)?,
        })
    }

    fn number(&self) -> u16 {
        self.port
    }
}
