//! TCP listeners, on one network or on several.

use super::{Error, TcpStream, several::Several};
use crate::{device::StartError, platform::net as platform};
use core::{
    future::poll_fn,
    net::{Ipv4Addr, SocketAddr},
    task::{Context, Poll},
};

/// A TCP port that accepts connections.
///
/// It accepts any number of connections, unless the port is declared with a limit. Each interface has a
/// backlog of 256 connections; if it is full, clients retry. Dropping the listener closes the port and
/// resets the connections in the backlog.
///
/// ```
/// use mirage_rt::{
///     io::Write,
///     net::{Error, TcpListener},
/// };
///
/// async fn greet(listener: TcpListener) -> Result<(), Error> {
///     loop {
///         let (mut stream, peer) = listener.accept().await?;
///         mirage_rt::spawn(async move {
///             let greeting = format!("hello, {}\n", peer.ip());
///             // The client may have disconnected already.
///             let _ = stream.write_all(greeting.as_bytes()).await;
///         });
///     }
/// }
/// # mirage_rt::test::run(async |world| {
/// #     use mirage_rt::io::Read;
/// #     let (server, client) = (world.host("10.0.0.2"), world.host("10.0.0.1"));
/// #     mirage_rt::spawn(async move { greet(server.listen(80)).await.unwrap() });
/// #     let mut stream = client.network().connect(([10, 0, 0, 2], 80).into()).await.unwrap();
/// #     let mut greeting = [0; 16];
/// #     stream.read_exact(&mut greeting).await.unwrap();
/// #     assert_eq!(&greeting, b"hello, 10.0.0.1\n");
/// # });
/// ```
#[derive(Debug)]
pub struct TcpListener(Listeners);

#[derive(Debug)]
enum Listeners {
    One(platform::TcpListener),
    Several(Several<platform::TcpListener>),
}

impl TcpListener {
    /// Opens the port on one network or on several, on each of them by `open`.
    pub(super) fn open<N>(
        networks: &[N],
        open: impl Fn(&N) -> Result<platform::TcpListener, StartError>,
    ) -> Result<Self, StartError> {
        Ok(Self(match networks {
            [network] => Listeners::One(open(network)?),
            networks => {
                let listeners = networks.iter().map(open);
                Listeners::Several(Several::new(listeners.collect::<Result<_, _>>()?))
            }
        }))
    }

    /// Returns the listener of a port on one network.
    #[cfg(all(mirage_target, feature = "std"))]
    pub(super) fn of_one_network(listener: platform::TcpListener) -> Self {
        Self(Listeners::One(listener))
    }

    /// Waits for the next connection, and returns it with the address of its peer.
    ///
    /// # Errors
    /// Returns [`Error::NetworkDown`] if the link of every interface of the port is lost. Clients cannot
    /// cause an error.
    pub async fn accept(&self) -> Result<(TcpStream, SocketAddr), Error> {
        let stream = poll_fn(|context| self.poll_accept(context)).await?;
        let peer = stream.peer_addr();
        Ok((TcpStream::new(stream), peer))
    }

    /// Takes the next connection, if there is one.
    #[cfg(all(mirage_target, feature = "std"))]
    pub(crate) fn try_accept(&self) -> Result<TcpStream, Error> {
        let mut context = Context::from_waker(core::task::Waker::noop());
        match self.poll_accept(&mut context) {
            Poll::Ready(stream) => stream.map(TcpStream::new),
            Poll::Pending => Err(Error::WouldBlock),
        }
    }

    /// Returns whether a connection waits, and wakes `waker` as [`platform::TcpListener::watch`] does.
    #[cfg(all(mirage_target, feature = "std"))]
    pub(crate) fn watch(&self, waker: &core::task::Waker) -> bool {
        match &self.0 {
            Listeners::One(listener) => listener.watch(waker).readable,
            Listeners::Several(several) => {
                let listeners = several.sockets().iter();
                listeners.fold(false, |any, listener| any | listener.watch(waker).readable)
            }
        }
    }

    fn poll_accept(&self, context: &mut Context<'_>) -> Poll<Result<platform::TcpStream, Error>> {
        match &self.0 {
            Listeners::One(listener) => listener.poll_accept(context),
            Listeners::Several(several) => several
                .poll_any(|listener| listener.poll_accept(context))
                .map_ok(|(_, stream)| stream),
        }
    }

    /// Returns the local address and port. The address is 0.0.0.0 for several interfaces, and while the
    /// interface has none. With the host's sockets on `unix` it is the host's.
    pub fn local_addr(&self) -> SocketAddr {
        match &self.0 {
            Listeners::One(listener) => listener.local_addr(),
            Listeners::Several(_) => (Ipv4Addr::UNSPECIFIED, self.port()).into(),
        }
    }

    /// Returns the port, as the unikernel declares it.
    pub fn port(&self) -> u16 {
        match &self.0 {
            Listeners::One(listener) => listener.port(),
            Listeners::Several(several) => several
                .sockets()
                .first()
                .map_or(0, platform::TcpListener::port),
        }
    }
}
