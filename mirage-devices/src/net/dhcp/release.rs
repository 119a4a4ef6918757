//! The end of a lease at the end of the unikernel (RFC 2131, section 4.4.6).

use super::{
    CurrentLease, DhcpClient, LeasePolicy, SERVER_PORT,
    message::{MessageType, Request},
};
use crate::{
    messages::log,
    net::{
        ip::{Families, Ipv4Only},
        signal::Signal,
        stack::Stack,
        udp::UdpSocket,
    },
    random::Random,
    time::Monotonic,
};
use alloc::rc::Rc;
use core::{
    net::{Ipv4Addr, SocketAddr},
    time::Duration,
};
use rand_core::Rng;

/// How long the message may take to leave the stack, if the MAC address of the next hop has to be resolved.
const LIMIT: Duration = Duration::from_millis(100);
const STEP: Duration = Duration::from_millis(1);
/// How long a machine waits for the host to take the message from the device, which is lost with the machine.
const GRACE: Duration = Duration::from_millis(5);

/// Releases the lease of a [`DhcpClient`].
pub struct Release<C> {
    stack: Stack,
    ipv4: Ipv4Only,
    socket: Rc<UdpSocket>,
    node: &'static str,
    lease: CurrentLease,
    clock: C,
    random: Random,
    released: Rc<Signal>,
}

impl<C: Monotonic + Clone, T: LeasePolicy> DhcpClient<C, T> {
    /// Returns what releases the lease at the end. The client must be [kept](Self::keep) meanwhile.
    pub fn release(&self) -> Release<C> {
        Release {
            stack: self.stack.clone(),
            ipv4: self.ipv4.clone(),
            socket: self.socket.clone(),
            node: self.node,
            lease: self.lease.clone(),
            clock: self.clock.clone(),
            random: self.random.clone(),
            released: self.released.clone(),
        }
    }
}

impl<C: Monotonic> Release<C> {
    /// Releases the lease, if there is one, and ends the client. The server does not confirm it, so a lost
    /// message is not repeated. It waits until the message is sent, at most for a tenth of a second.
    pub async fn run(mut self) {
        self.released.raise();
        let Some(lease) = self.lease.0.take() else {
            return;
        };
        let request = Request {
            kind: MessageType::Release,
            transaction: self.random.next_u32(),
            seconds: 0,
            mac_address: self.stack.shared.mac_address,
            client_ip: Some(lease.address),
            requested: None,
            server: Some(lease.server),
            name: "",
        };
        let server = SocketAddr::from((lease.server, SERVER_PORT));
        if let Err(cause) = self.socket.try_send_to(&request.write(), server) {
            log!(Debug, "{}: {server}: {cause}", self.node);
            return;
        }
        log!(Info, "{} releases {lease}", self.node);
        let deadline = self.clock.now() + LIMIT;
        while self.is_waiting(lease.server) && self.clock.now() < deadline {
            self.clock.sleep_until(self.clock.now() + STEP).await;
        }
        self.clock.sleep_until(self.clock.now() + GRACE).await;
    }

    /// Returns whether the stack has not sent everything yet.
    fn is_waiting(&self, server: Ipv4Addr) -> bool {
        let state = self.stack.shared.state.borrow();
        state.datagrams.has_outgoing() || self.ipv4.layers().is_resolving(server)
    }
}

impl<C> core::fmt::Debug for Release<C> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Release")
            .field("node", &self.node)
            .field("lease", &self.lease)
            .finish_non_exhaustive()
    }
}
