//! Ports as nodes: their configurations, and the devices that these make.

use super::{Network, Service, TcpListener, UdpSocket};
use crate::device::{Device, StartError};

/// The configuration of a TCP port that is listened on.
#[derive(Debug)]
pub struct TcpPort {
    /// The port, 1 to 65535.
    pub port: u16,
}

impl TcpPort {
    /// The listener on this port of some networks, not yet started.
    pub fn wire<const COUNT: usize>(&self, networks: [Network; COUNT]) -> Listening<COUNT> {
        Listening {
            port: self.port,
            networks,
            listener: None,
        }
    }
}

/// A TCP port of some networks.
#[derive(Debug)]
pub struct Listening<const COUNT: usize> {
    port: u16,
    networks: [Network; COUNT],
    listener: Option<TcpListener>,
}

#[diagnostic::do_not_recommend]
impl<const COUNT: usize> Device for Listening<COUNT> {
    type Output = TcpListener;

    async fn start(&mut self) -> Result<(), StartError> {
        self.listener = Some(TcpListener::new(self.port, &self.networks)?);
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
    /// The socket on this port of some networks, not yet started.
    pub fn wire<const COUNT: usize>(&self, networks: [Network; COUNT]) -> Bound<COUNT> {
        Bound {
            port: self.port,
            networks,
            socket: None,
        }
    }
}

/// A UDP port of some networks.
#[derive(Debug)]
pub struct Bound<const COUNT: usize> {
    port: u16,
    networks: [Network; COUNT],
    socket: Option<UdpSocket>,
}

#[diagnostic::do_not_recommend]
impl<const COUNT: usize> Device for Bound<COUNT> {
    type Output = UdpSocket;

    async fn start(&mut self) -> Result<(), StartError> {
        self.socket = Some(UdpSocket::new(self.port, &self.networks)?);
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
}

impl ServicePort {
    /// The service on this port of some networks, not yet started.
    pub fn wire<const COUNT: usize>(&self, networks: [Network; COUNT]) -> Serving<COUNT> {
        Serving {
            port: self.port,
            networks,
            service: None,
        }
    }
}

/// A port of some networks, for TCP and UDP.
#[derive(Debug)]
pub struct Serving<const COUNT: usize> {
    port: u16,
    networks: [Network; COUNT],
    service: Option<Service>,
}

#[diagnostic::do_not_recommend]
impl<const COUNT: usize> Device for Serving<COUNT> {
    type Output = Service;

    async fn start(&mut self) -> Result<(), StartError> {
        self.service = Some(Service {
            udp: UdpSocket::new(self.port, &self.networks)?,
            tcp: TcpListener::new(self.port, &self.networks)?,
        });
        Ok(())
    }

    fn provide(self) -> Service {
        self.service
            .expect("a node is started before it is provided")
    }
}
