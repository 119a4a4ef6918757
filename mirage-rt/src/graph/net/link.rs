//! The links of a planned unikernel as nodes: their configurations, and the devices that they make.

use crate::{
    device::Device,
    net::{Network, Remote, UdpRemote},
};
use core::net::SocketAddrV4;

/// A link to a TCP port of another unikernel, or to one outside the application.
#[derive(Debug, Clone, Copy)]
pub struct TcpLink {
    address: SocketAddrV4,
}

/// A link to a UDP port.
#[derive(Debug, Clone, Copy)]
pub struct UdpLink {
    address: SocketAddrV4,
}

/// A link that provides an `R`. It needs no start.
#[derive(Debug)]
pub struct LinkDevice<R> {
    remote: R,
}

impl TcpLink {
    /// Returns a link to `address`.
    pub const fn to(address: SocketAddrV4) -> Self {
        Self { address }
    }

    /// Returns the link by `network`.
    pub fn wire(&self, network: Network) -> LinkDevice<Remote> {
        LinkDevice {
            remote: Remote::new(network, self.address.into()),
        }
    }
}

impl UdpLink {
    /// Returns a link to `address`.
    pub const fn to(address: SocketAddrV4) -> Self {
        Self { address }
    }

    /// Returns the link by `network`.
    pub fn wire(&self, network: Network) -> LinkDevice<UdpRemote> {
        LinkDevice {
            remote: UdpRemote::new(network, self.address.into()),
        }
    }
}

#[diagnostic::do_not_recommend]
impl<R> Device for LinkDevice<R> {
    type Output = R;

    fn provide(self) -> R {
        self.remote
    }
}
