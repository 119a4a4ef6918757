//! The other end of a link in an application's plan.

use super::{Error, Network, TcpStream, UdpSocket};
use crate::device::Share;
use core::net::SocketAddr;

/// The TCP port that a link of the plan leads to. Clones are the same.
///
/// The link is all that `main` has of the network: it opens connections to this port, and to nothing else.
///
/// ```
/// use mirage_rt::{io::{Read, Write}, net::{Error, Remote}};
///
/// async fn ask(api: &Remote) -> Result<usize, Error> {
///     let mut stream = api.connect().await?;
///     stream.write_all(b"price\n").await?;
///     stream.read(&mut [0; 64]).await
/// }
/// ```
#[derive(Debug, Clone)]
pub struct Remote {
    network: Network,
    address: SocketAddr,
}

impl Remote {
    pub(crate) fn new(network: Network, address: SocketAddr) -> Self {
        Self { network, address }
    }

    /// Opens a connection to the port.
    ///
    /// # Errors
    /// Returns the errors of [`Network::connect`].
    pub async fn connect(&self) -> Result<TcpStream, Error> {
        self.network.connect(self.address).await
    }
}

#[diagnostic::do_not_recommend]
impl Share for Remote {}

/// The UDP port that a link of the plan leads to. Clones are the same.
///
/// ```
/// use mirage_rt::net::{Error, UdpRemote};
///
/// async fn log(syslog: &UdpRemote, line: &str) -> Result<(), Error> {
///     syslog.connect()?.send(line.as_bytes()).await?;
///     Ok(())
/// }
/// ```
#[derive(Debug, Clone)]
pub struct UdpRemote {
    network: Network,
    address: SocketAddr,
}

impl UdpRemote {
    pub(crate) fn new(network: Network, address: SocketAddr) -> Self {
        Self { network, address }
    }

    /// Opens a UDP port with a random number, which sends to the port of the link and receives from it only.
    ///
    /// # Errors
    /// Returns the errors of [`Network::open_udp`] and [`UdpSocket::connect`].
    pub fn connect(&self) -> Result<UdpSocket, Error> {
        let socket = self.network.open_udp()?;
        socket.connect(self.address)?;
        Ok(socket)
    }
}

#[diagnostic::do_not_recommend]
impl Share for UdpRemote {}
