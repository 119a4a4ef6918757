//! What a network is asked for while the unikernel runs: connections and ports of its own choice.

use super::{Error, Network, TcpStream, UdpSocket};
use core::net::SocketAddr;

impl Network {
    /// Opens a TCP connection to a host of this network, or of any that its router reaches.
    ///
    /// A future that is dropped gives the attempt up; `mirage_rt::time::timeout` does so sooner
    /// than the stack's three minutes. With the host's sockets on `unix`, the addresses, routes and
    /// time limits are the host's.
    ///
    /// # Errors
    /// Returns [`Error::ConnectionRefused`] if the peer refuses, [`Error::TimedOut`] if it does not
    /// answer, [`Error::HostUnreachable`] if there is no route to it (there is none to any IPv6
    /// address), [`Error::OutOfMemory`] and [`Error::AddrInUse`] if memory or local ports are
    /// exhausted, and [`Error::NetworkDown`] if the link is lost.
    ///
    /// ```
    /// use mirage_rt::{
    ///     io::{Read, Write},
    ///     net::{Error, Network},
    ///     time::{Duration, timeout},
    /// };
    ///
    /// async fn ask(net: &Network) -> Result<usize, Error> {
    ///     let peer = ([10, 0, 0, 1], 7).into();
    ///     let mut stream = timeout(Duration::from_secs(5), net.connect(peer)).await??;
    ///     stream.write_all(b"hello").await?;
    ///     stream.read(&mut [0; 64]).await
    /// }
    /// ```
    pub async fn connect(&self, peer: SocketAddr) -> Result<TcpStream, Error> {
        self.open_connection(peer).await
    }

    /// Opens a UDP port of no fixed number, for asking questions, such as DNS queries.
    ///
    /// The number is a random one (RFC 6056), so that nobody who does not see the question can
    /// forge the answer; who did answer must be looked at all the same. Up to 16 datagrams, or 9 KiB
    /// of them, wait to be received: less than at a declared port, since there may be many of these.
    ///
    /// # Errors
    /// Returns [`Error::OutOfMemory`] or [`Error::AddrInUse`] if memory or ports are exhausted, and
    /// [`Error::NetworkDown`] if the link is lost.
    pub fn open_udp(&self) -> Result<UdpSocket, Error> {
        Ok(UdpSocket::of(self.open_udp_port()?))
    }
}
