//! A listening TCP socket of the host.

use super::{
    HostInterface, TcpStream,
    slots::{Slot, Slots},
    stream::set_congestion,
};
use crate::{
    device::StartError,
    net::Error,
    time::{Duration, Sleep, sleep},
    unix::reactor::Watched,
};
use core::{
    cell::RefCell,
    net::SocketAddr,
    pin::Pin,
    task::{Context, Poll, ready},
};
use mirage_devices::net::tcp::Algorithm;
use mirage_graph::port::Protocol;
use std::{
    io::ErrorKind,
    net::{self, Ipv4Addr},
};

/// How long accepting pauses after an error of the host, such as too many open files.
const PAUSE: Duration = Duration::from_millis(100);

/// A listening TCP socket.
#[derive(Debug)]
pub(crate) struct TcpListener {
    socket: Watched<net::TcpListener>,
    port: u16,
    /// If the number of connections has a limit. Buffers are the host's.
    slots: Option<Slots>,
    /// The slot of the next connection.
    slot: RefCell<Option<Slot>>,
    pause: RefCell<Option<Sleep>>,
}

impl TcpListener {
    /// Listens on a port for up to `connections` connections, if they have a limit.
    pub(crate) fn bind(
        interface: HostInterface,
        port: u16,
        connections: Option<u16>,
        congestion: Algorithm,
    ) -> Result<Self, StartError> {
        let bind = || {
            let socket = net::TcpListener::bind(interface.reached_at(port))?;
            socket.set_nonblocking(true)?;
            // Accepted connections inherit it.
            set_congestion(&socket, congestion);
            Watched::new(socket)
        };
        let socket = bind().map_err(|error| interface.not_bound(port, error))?;
        interface.report(Protocol::Tcp, port);
        Ok(Self {
            socket,
            port,
            slots: connections.map(Slots::new),
            slot: RefCell::new(None),
            pause: RefCell::new(None),
        })
    }

    pub(crate) fn poll_accept(&self, context: &mut Context<'_>) -> Poll<Result<TcpStream, Error>> {
        loop {
            let mut pause = self.pause.borrow_mut();
            if let Some(sleep) = pause.as_mut() {
                ready!(Pin::new(sleep).poll(context));
            }
            *pause = None;
            let slot = match (self.slot.take(), &self.slots) {
                (None, Some(slots)) => Some(ready!(slots.poll_take(context))),
                (slot, _) => slot,
            };
            let accepted = self.socket.try_read(net::TcpListener::accept);
            let error = match accepted.and_then(|(socket, peer)| TcpStream::new(socket, peer)) {
                Ok(stream) => return Poll::Ready(Ok(stream.with_slot(slot))),
                Err(error) => error,
            };
            self.slot.replace(slot);
            match error.kind() {
                ErrorKind::WouldBlock => ready!(self.socket.poll_readable(context)),
                // The client gave up before it was accepted.
                ErrorKind::ConnectionAborted => {}
                _ => {
                    log::warn!("tcp port {}: cannot accept: {error}", self.port);
                    *pause = Some(sleep(PAUSE));
                }
            }
        }
    }

    pub(crate) fn local_addr(&self) -> SocketAddr {
        let unspecified = || (Ipv4Addr::UNSPECIFIED, self.port).into();
        self.socket
            .io()
            .local_addr()
            .unwrap_or_else(|_| unspecified())
    }

    pub(crate) fn port(&self) -> u16 {
        self.port
    }
}
