//! The traits of `edge-nal`, by which a device demands a network without naming this one.
//!
//! | trait | implemented by |
//! |---|---|
//! | `TcpConnect`, `UdpBind`, `Dns` | [`Network`] |
//! | `TcpAccept` | [`TcpListener`] |
//! | `TcpSplit`, `TcpShutdown`, `Readable` | [`TcpStream`] |
//! | `UdpReceive`, `UdpSend`, `UdpSplit`, `UdpSplitMulticast`, `MulticastV4`, `MulticastV6`, `Readable` | [`UdpSocket`] |
//!
//! Ports are declared, so `TcpBind` is not implemented, and `UdpBind` binds port 0 only.
//! `TcpShutdown::close` does not wait until the peer acknowledges, and
//! `UdpReceive::receive` returns the length that fitted into the buffer.

use super::{
    Error, LookupError, Network, OwnedReadHalf, ReadHalf, TcpListener, TcpStream, UdpSocket,
    WriteHalf,
};
use core::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use edge_nal::{
    AddrType, Close, Dns, MulticastV4, MulticastV6, Readable, TcpAccept, TcpConnect, TcpShutdown,
    TcpSplit, UdpBind, UdpReceive, UdpSend, UdpSplit, UdpSplitMulticast,
};
use embedded_io_async::{ErrorType, Read};

impl TcpConnect for Network {
    type Error = Error;
    type Socket<'a> = TcpStream;

    async fn connect(&self, remote: SocketAddr) -> Result<TcpStream, Error> {
        Network::connect(self, remote).await
    }
}

/// Binds port 0 of the unspecified address, which is a random port as of [`Network::open_udp`].
/// Returns [`Error::Unsupported`] for others: the unikernel declares its ports.
impl UdpBind for Network {
    type Error = Error;
    type Socket<'a> = UdpSocket;

    async fn bind(&self, local: SocketAddr) -> Result<UdpSocket, Error> {
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

impl TcpAccept for TcpListener {
    type Error = Error;
    type Socket<'a> = TcpStream;

    async fn accept(&self) -> Result<(SocketAddr, TcpStream), Error> {
        let (stream, peer) = TcpListener::accept(self).await?;
        Ok((peer, stream))
    }
}

impl TcpSplit for TcpStream {
    type Read<'a> = ReadHalf<'a>;
    type Write<'a> = WriteHalf<'a>;

    fn split(&mut self) -> (ReadHalf<'_>, WriteHalf<'_>) {
        TcpStream::split(self)
    }
}

impl TcpShutdown for TcpStream {
    async fn close(&mut self, what: Close) -> Result<(), Error> {
        if matches!(what, Close::Write | Close::Both) {
            self.shutdown();
        }
        if matches!(what, Close::Read | Close::Both) {
            let mut rest = [0; 256];
            while self.read(&mut rest).await? > 0 {}
        }
        Ok(())
    }

    async fn abort(&mut self) -> Result<(), Error> {
        TcpStream::abort(self);
        Ok(())
    }
}

macro_rules! readable {
    ($($socket:ty, $method:path;)*) => {$(
        impl Readable for $socket {
            async fn readable(&mut self) -> Result<(), Error> {
                $method(self).await
            }
        }
    )*};
}

readable! {
    TcpStream, TcpStream::readable;
    ReadHalf<'_>, ReadHalf::readable;
    OwnedReadHalf, OwnedReadHalf::readable;
    UdpSocket, UdpSocket::readable;
    &UdpSocket, UdpSocket::readable;
}

macro_rules! udp {
    ($($socket:ty),*) => {$(
        impl ErrorType for $socket {
            type Error = Error;
        }

        impl UdpReceive for $socket {
            async fn receive(&mut self, buffer: &mut [u8]) -> Result<(usize, SocketAddr), Error> {
                self.recv_from(buffer).await
            }
        }

        impl UdpSend for $socket {
            async fn send(&mut self, remote: SocketAddr, data: &[u8]) -> Result<(), Error> {
                self.send_to(data, remote).await.map(|_| ())
            }
        }

        impl MulticastV4 for $socket {
            async fn join_v4(&mut self, group: Ipv4Addr, interface: Ipv4Addr) -> Result<(), Error> {
                self.join_multicast_v4(group, interface)
            }

            async fn leave_v4(&mut self, group: Ipv4Addr, interface: Ipv4Addr) -> Result<(), Error> {
                self.leave_multicast_v4(group, interface)
            }
        }

        impl MulticastV6 for $socket {
            async fn join_v6(&mut self, group: Ipv6Addr, interface: u32) -> Result<(), Error> {
                self.join_multicast_v6(&group, interface)
            }

            async fn leave_v6(&mut self, group: Ipv6Addr, interface: u32) -> Result<(), Error> {
                self.leave_multicast_v6(&group, interface)
            }
        }
    )*};
}

udp!(UdpSocket, &UdpSocket);

impl UdpSplit for UdpSocket {
    type Receive<'a> = &'a UdpSocket;
    type Send<'a> = &'a UdpSocket;

    fn split(&mut self) -> (&UdpSocket, &UdpSocket) {
        (self, self)
    }
}

impl UdpSplitMulticast for UdpSocket {
    type MulticastV4<'a> = &'a UdpSocket;
    type MulticastV6<'a> = &'a UdpSocket;

    fn split_multicast(&mut self) -> (&UdpSocket, &UdpSocket, &UdpSocket, &UdpSocket) {
        (self, self, self, self)
    }
}
