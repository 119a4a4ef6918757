//! The traits of `embedded-nal-async`.
//!
//! They are implemented without a feature: the crate is small, and defines nothing that the linker sees.

use super::{Error, LookupError, Network, TcpStream, UdpSocket};
use core::net::{IpAddr, SocketAddr};
use embedded_nal_async::{AddrType, ConnectedUdp, Dns, TcpConnect, UdpStack, UnconnectedUdp};

impl TcpConnect for Network {
    type Error = Error;
    type Connection<'a> = TcpStream;

    async fn connect(&self, remote: SocketAddr) -> Result<TcpStream, Error> {
        Network::connect(self, remote).await
    }
}

/// Binds port 0 of the unspecified address, which is a random port as of [`Network::open_udp`].
/// Returns [`Error::Unsupported`] for others: the unikernel declares its ports.
impl UdpStack for Network {
    type Error = Error;
    type Connected = UdpSocket;
    type UniquelyBound = UdpSocket;
    type MultiplyBound = UdpSocket;

    async fn connect_from(
        &self,
        local: SocketAddr,
        remote: SocketAddr,
    ) -> Result<(SocketAddr, UdpSocket), Error> {
        let socket = self.bind_multiple(local).await?;
        socket.connect(remote)?;
        Ok((socket.local_addr(), socket))
    }

    async fn bind_single(&self, local: SocketAddr) -> Result<(SocketAddr, UdpSocket), Error> {
        let socket = self.bind_multiple(local).await?;
        Ok((socket.local_addr(), socket))
    }

    async fn bind_multiple(&self, local: SocketAddr) -> Result<UdpSocket, Error> {
        self.open_udp_at(local)
    }
}

/// Looks up names as [`Network::lookup_host`]. The names of addresses are not looked up, which is
/// [`Error::Unsupported`].
impl Dns for Network {
    type Error = LookupError;

    async fn get_host_by_name(
        &self,
        host: &str,
        addr_type: AddrType,
    ) -> Result<IpAddr, LookupError> {
        let (ipv4, ipv6) = (addr_type != AddrType::IPv6, addr_type != AddrType::IPv4);
        self.first_address(host, ipv4, ipv6).await
    }

    async fn get_host_by_address(
        &self,
        _addr: IpAddr,
        _result: &mut [u8],
    ) -> Result<usize, LookupError> {
        Err(LookupError::Unreachable(Error::Unsupported))
    }
}

impl ConnectedUdp for UdpSocket {
    type Error = Error;

    async fn send(&mut self, data: &[u8]) -> Result<(), Error> {
        UdpSocket::send(self, data).await.map(|_| ())
    }

    async fn receive_into(&mut self, buffer: &mut [u8]) -> Result<usize, Error> {
        self.recv(buffer).await
    }
}

/// Datagrams are sent from the port's own address, whatever `local` is.
impl UnconnectedUdp for UdpSocket {
    type Error = Error;

    async fn send(
        &mut self,
        _local: SocketAddr,
        remote: SocketAddr,
        data: &[u8],
    ) -> Result<(), Error> {
        self.send_to(data, remote).await.map(|_| ())
    }

    async fn receive_into(
        &mut self,
        buffer: &mut [u8],
    ) -> Result<(usize, SocketAddr, SocketAddr), Error> {
        let (length, remote) = self.recv_from(buffer).await?;
        Ok((length, self.local_addr(), remote))
    }
}

impl Network {
    /// Looks up a host, and returns its first address of these families.
    pub(super) async fn first_address(
        &self,
        host: &str,
        ipv4: bool,
        ipv6: bool,
    ) -> Result<IpAddr, LookupError> {
        let addresses = self.lookup_host(host, 0).await?;
        let mut addresses = addresses.into_iter().map(|address| address.ip());
        let first = addresses.find(|address| match address {
            IpAddr::V4(_) => ipv4,
            IpAddr::V6(_) => ipv6,
        });
        first.ok_or(LookupError::NoAddress)
    }

    /// Opens a UDP port by the local address that a crate demands.
    pub(super) fn open_udp_at(&self, local: SocketAddr) -> Result<UdpSocket, Error> {
        if local.port() != 0 || !local.ip().is_unspecified() {
            return Err(Error::Unsupported);
        }
        self.open_udp()
    }
}
