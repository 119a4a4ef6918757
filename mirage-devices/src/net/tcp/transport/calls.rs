//! The operations of sockets.

use super::Transport;
use crate::{
    net::{
        ephemeral,
        error::{BindError, Error},
        ip::Address,
        spare::has_spare,
        tcp::{
            connection::{Connection, Context, KeepAlive, State},
            flow::Flow,
            isn,
            listener::{ConnectionConfig, Listener},
            pool::Page,
        },
    },
    time::Instant,
};
use alloc::boxed::Box;
use core::{net::SocketAddr, task::Waker, time::Duration};

/// The handle of a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct ConnectionId(pub(super) u32);

impl Transport {
    /// Listens on a port.
    ///
    /// # Errors
    /// Returns [`BindError::InvalidPort`] for port 0 and [`BindError::AddrInUse`] if the port is bound.
    pub fn listen(
        &mut self,
        port: u16,
        config: ConnectionConfig,
        max_connections: Option<u32>,
    ) -> Result<(), BindError> {
        if port == 0 {
            return Err(BindError::InvalidPort);
        }
        let listener = Listener::new(port, config, max_connections);
        if self.listeners.insert(listener) {
            Ok(())
        } else {
            Err(BindError::AddrInUse)
        }
    }

    /// Stops listening on a port. Connections that were not accepted are reset.
    pub fn stop_listening(&mut self, port: u16, now: Instant) {
        let Some(listener) = self.listeners.remove(port) else {
            return;
        };
        for index in listener.accept_queue {
            let id = ConnectionId(index);
            self.abort(id);
            self.release(id, now);
        }
        self.forget_half_open_of(|flow| flow.local_port == port);
    }

    /// Returns the next established connection of a port. If there is none, `waker` is woken when there
    /// is.
    pub fn accept(&mut self, port: u16, waker: &Waker) -> Option<ConnectionId> {
        let listener = self.listeners.get_mut(port)?;
        let accepted = listener.accept_queue.pop_front().map(ConnectionId);
        if accepted.is_none() {
            listener.register(waker);
        }
        accepted
    }

    /// Opens a connection to `remote` from the address `local`. It is usable once its state is no longer
    /// [`State::SynSent`] or [`State::SynReceived`].
    ///
    /// # Errors
    /// Returns [`Error::AddrInUse`] if no port is free, and [`Error::OutOfMemory`] if memory is
    /// exhausted.
    pub fn connect(
        &mut self,
        now: Instant,
        local: Address,
        remote: SocketAddr,
        config: &ConnectionConfig,
    ) -> Result<ConnectionId, Error> {
        let mut flow = self.flow(local, 0, remote)?;
        let hash = self.choose_port(&mut flow).ok_or(Error::AddrInUse)?;
        self.open(now, flow, hash, config)
    }

    /// Opens a connection as [`connect`](Self::connect), from a port that the caller chooses.
    ///
    /// # Errors
    /// Returns [`Error::AddrInUse`] if there is such a connection, and [`Error::OutOfMemory`] if memory
    /// is exhausted.
    pub fn connect_from(
        &mut self,
        now: Instant,
        local: Address,
        port: u16,
        remote: SocketAddr,
        config: &ConnectionConfig,
    ) -> Result<ConnectionId, Error> {
        let flow = self.flow(local, port, remote)?;
        let hash = self.secrets.flows.hash(&flow);
        if self.find(hash, &flow).is_some() {
            return Err(Error::AddrInUse);
        }
        self.open(now, flow, hash, config)
    }

    fn flow(&mut self, local: Address, port: u16, remote: SocketAddr) -> Result<Flow, Error> {
        Ok(Flow {
            remote: remote.ip().into(),
            remote_port: remote.port(),
            local_port: port,
            local: self.local(local).ok_or(Error::OutOfMemory)?,
        })
    }

    fn open(
        &mut self,
        now: Instant,
        flow: Flow,
        hash: u32,
        config: &ConnectionConfig,
    ) -> Result<ConnectionId, Error> {
        if !has_spare(self.connections.len(), 0) {
            self.counters.out_of_memory += 1;
            return Err(Error::OutOfMemory);
        }
        let offsets = isn::Offsets::new(&self.secrets, &flow);
        let iss = offsets.initial_sequence_number(now);
        let mut context = Context {
            now,
            local: self.local_address(flow.local),
            pool: &mut self.pool,
            counters: &mut self.counters,
        };
        let connection = Connection::connect(flow, iss, config, offsets.timestamps, &mut context);
        let index = self
            .add(hash, Box::new(connection), None)
            .ok_or(Error::OutOfMemory)?;
        self.mark_dirty(index);
        self.settle(index, now);
        Ok(ConnectionId(index))
    }

    /// Chooses a random port for a flow (RFC 6056, section 3.3.1). Returns the flow's hash.
    fn choose_port(&self, flow: &mut Flow) -> Option<u32> {
        let with_port = |local_port| {
            let flow = Flow {
                local_port,
                ..*flow
            };
            (flow, self.secrets.flows.hash(&flow))
        };
        let port = ephemeral::choose(self.random.clone(), |port| {
            let (flow, hash) = with_port(port);
            self.listeners.get(port).is_none() && self.find(hash, &flow).is_none()
        })?;
        let (chosen, hash) = with_port(port);
        *flow = chosen;
        Some(hash)
    }

    fn get(&self, id: ConnectionId) -> Option<&Connection> {
        self.connections.get(id.0).map(|it| &**it)
    }

    pub(super) fn get_mut(&mut self, id: ConnectionId) -> Option<&mut Connection> {
        self.connections.get_mut(id.0).map(|it| &mut **it)
    }

    /// Returns the state of a connection.
    pub fn state(&self, id: ConnectionId) -> State {
        self.get(id).map_or(State::Closed, Connection::state)
    }

    /// Returns why a connection is closed, if it was not closed by both sides.
    pub fn error(&self, id: ConnectionId) -> Option<Error> {
        self.get(id)?.error()
    }

    /// Returns the local and the remote address.
    pub fn addresses(&self, id: ConnectionId) -> Option<(SocketAddr, SocketAddr)> {
        let flow = self.get(id)?.flow;
        let local = self.local_address(flow.local).to_ip();
        Some((
            SocketAddr::new(local, flow.local_port),
            SocketAddr::new(flow.remote.to_ip(), flow.remote_port),
        ))
    }

    /// Reads into `bytes`. Returns the bytes read, 0 at the end of the stream, or `None` if there is
    /// nothing to read yet; `waker` is woken when there is.
    ///
    /// # Errors
    /// Returns why the connection was lost, after everything that was received.
    pub fn read(
        &mut self,
        now: Instant,
        id: ConnectionId,
        bytes: &mut [u8],
        waker: &Waker,
    ) -> Result<Option<usize>, Error> {
        self.read_or_register(now, id, bytes, Some(waker))
    }

    /// Reads into `bytes` as [`read`](Self::read), but wakes nobody.
    ///
    /// # Errors
    /// Returns why the connection was lost, after everything that was received.
    pub fn try_read(
        &mut self,
        now: Instant,
        id: ConnectionId,
        bytes: &mut [u8],
    ) -> Result<Option<usize>, Error> {
        self.read_or_register(now, id, bytes, None)
    }

    /// Copies what can be read into `bytes`, without removing it. `None` if nothing can be read yet.
    ///
    /// # Errors
    /// Returns the errors of [`try_read`](Self::try_read).
    pub fn peek(&mut self, id: ConnectionId, bytes: &mut [u8]) -> Result<Option<usize>, Error> {
        let Some(connection) = self.connections.get_mut(id.0) else {
            return Ok(Some(0));
        };
        match connection.receiver.peek(bytes) {
            0 if !bytes.is_empty() => end_of_input(connection),
            count => Ok(Some(count)),
        }
    }

    /// Reads into `bytes` as [`read`](Self::read), and wakes `waker`, if there is one, when there is something
    /// to read.
    #[inline(always)]
    fn read_or_register(
        &mut self,
        now: Instant,
        id: ConnectionId,
        bytes: &mut [u8],
        waker: Option<&Waker>,
    ) -> Result<Option<usize>, Error> {
        let Some(connection) = self.connections.get_mut(id.0) else {
            return Ok(Some(0));
        };
        let count = connection.receiver.peek(bytes);
        if count == 0 {
            if bytes.is_empty() {
                return Ok(Some(0));
            }
            let end = end_of_input(connection)?;
            if end.is_none()
                && let Some(waker) = waker
            {
                connection.register_reader(waker);
            }
            return Ok(end);
        }
        if connection.consume(count, now, &mut self.pool) {
            self.mark_dirty(id.0);
        }
        Ok(Some(count))
    }

    /// Returns whether there is something to read, the end of the stream, or an error; else `waker` is
    /// woken when there is.
    pub fn poll_readable(&mut self, id: ConnectionId, waker: &Waker) -> bool {
        let Some(connection) = self.get_mut(id) else {
            return true;
        };
        if connection.receiver.unread() > 0 || end_of_input(connection) != Ok(None) {
            return true;
        }
        connection.register_reader(waker);
        false
    }

    /// Returns how many bytes of a connection can be read.
    pub fn unread(&self, id: ConnectionId) -> usize {
        let connection = self.get(id);
        connection.map_or(0, |connection| connection.receiver.unread() as usize)
    }

    /// Returns what can be read. `waker` is woken by the next arrival of data, whether there is unread data or
    /// not.
    pub fn watch(&mut self, id: ConnectionId, waker: &Waker) -> Watched {
        let Some(connection) = self.get_mut(id) else {
            return Watched {
                readable: true,
                read_closed: true,
                write_closed: true,
                error: None,
            };
        };
        let is_opening = connection.is_opening();
        let is_closed = connection.is_closed();
        let is_finished = !is_opening && connection.receiver.is_finished();
        let readable = connection.receiver.unread() > 0 || end_of_input(connection) != Ok(None);
        if !is_closed && !is_finished {
            connection.register_reader(waker);
        }
        Watched {
            readable,
            read_closed: is_closed || is_finished,
            write_closed: is_closed || connection.sender.is_closed(),
            error: connection.error(),
        }
    }

    /// Returns whether a connection waits to be accepted. `waker` is woken by the next one, whether one waits
    /// already or not.
    pub fn watch_listener(&mut self, port: u16, waker: &Waker) -> bool {
        let Some(listener) = self.listeners.get_mut(port) else {
            return true;
        };
        listener.register(waker);
        !listener.accept_queue.is_empty()
    }

    /// Swaps `page`, which is not needed any more, for the page with the data that is next to be read. Returns
    /// the number of bytes in front of that data. `None` if there is none, or it has to be copied; then `page`
    /// is empty.
    pub fn swap_page(&mut self, now: Instant, id: ConnectionId, page: &mut Page) -> Option<usize> {
        self.pool.take_back(core::mem::take(page));
        let connection = self.connections.get_mut(id.0)?;
        let (taken, start) = connection.take_page(now, &mut self.pool)?;
        self.pool.lend(&taken);
        *page = taken;
        if !connection.is_closed() && connection.owes_ack() {
            self.mark_dirty(id.0);
        }
        Some(start)
    }

    /// Aborts a connection: the peer receives a reset.
    pub fn abort(&mut self, id: ConnectionId) {
        if let Some(connection) = self.get_mut(id)
            && !connection.is_closed()
        {
            connection.abort();
            self.mark_dirty(id.0);
        }
    }

    /// Releases a connection. It is closed gracefully, unless there is unread data: then the peer
    /// receives a reset (RFC 9293, section 3.6.1).
    pub fn release(&mut self, id: ConnectionId, now: Instant) {
        let Some((connection, mut context)) = self.connection(id.0, now) else {
            return;
        };
        if connection.receiver.unread() > 0 || connection.is_opening() {
            connection.abort();
        }
        connection.set_orphan(&mut context);
        self.mark_dirty(id.0);
        self.settle(id.0, now);
    }

    /// Sets whether small segments wait for acknowledgments (Nagle's algorithm, off by default).
    pub fn set_nagle(&mut self, id: ConnectionId, nagle: bool) {
        if let Some(connection) = self.get_mut(id) {
            connection.sender.nagle = nagle;
            self.mark_dirty(id.0);
        }
    }

    /// Sets or clears keep-alive probes.
    pub fn set_keep_alive(
        &mut self,
        now: Instant,
        id: ConnectionId,
        keep_alive: Option<KeepAlive>,
    ) {
        if let Some(connection) = self.get_mut(id) {
            connection.set_keep_alive(keep_alive, now);
            self.settle(id.0, now);
        }
    }

    /// Sets how long data may stay unacknowledged before the connection is aborted (RFC 5482); the
    /// default is 15 minutes.
    pub fn set_user_timeout(&mut self, now: Instant, id: ConnectionId, timeout: Option<Duration>) {
        if let Some(connection) = self.get_mut(id) {
            connection.set_user_timeout(timeout);
            self.settle(id.0, now);
        }
    }

    /// The bytes until the end of urgent data, if there is some that was not read (RFC 9293, section
    /// 3.8.5).
    pub fn urgent(&self, id: ConnectionId) -> Option<u32> {
        self.get(id)?.receiver.urgent()
    }
}

/// What is known of a connection that is [watched](Transport::watch).
#[derive(Debug, Clone, Copy)]
pub struct Watched {
    /// Reading does not wait.
    pub readable: bool,
    /// The peer's FIN was received, or the connection has ended.
    pub read_closed: bool,
    /// This side has closed, or the connection has ended.
    pub write_closed: bool,
    /// Why the connection was lost.
    pub error: Option<Error>,
}

/// Returns what a read of a connection without unread data returns.
fn end_of_input(connection: &Connection) -> Result<Option<usize>, Error> {
    if !connection.is_opening() && connection.receiver.is_finished() {
        return Ok(Some(0));
    }
    if let Some(error) = connection.error() {
        return Err(error);
    }
    Ok(connection.is_closed().then_some(0))
}
