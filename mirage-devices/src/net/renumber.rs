//! Another address for an interface, or none.

use super::{
    config::StackConfig,
    error::Error,
    ip::{Families, Ip, Ipv4, Ipv4Only, Route},
    neighbour::{ClaimStatus, Claiming, Defence},
    stack::Stack,
    state::State,
};
use crate::{
    messages::log,
    time::{Instant, Monotonic},
};
use alloc::collections::TryReserveError;
use core::{future::poll_fn, net::Ipv4Addr, task::Poll, time::Duration};

/// How long resets of connections may take to be sent before their address is removed. They are sent at
/// once unless a peer's MAC address has to be resolved.
const RESET_DELAY: Duration = Duration::from_millis(100);

/// An address that the interface is given, with its routes.
#[derive(Debug, Clone, Copy)]
pub(super) struct Renumbering<'a> {
    pub(super) config: StackConfig,
    /// Routes beside those to the network and to the gateway.
    pub(super) routes: &'a [Route],
    pub(super) claiming: Claiming,
}

impl Renumbering<'_> {
    fn apply(&self, ipv4: &mut Ipv4, ip: &mut Ip, now: Instant) -> Result<(), TryReserveError> {
        // A leased address is given up for one that the server leases next.
        self.config
            .add_to(ipv4, ip, now, (self.claiming, Defence::Once))?;
        let mut routes = self.routes.iter();
        routes.try_for_each(|route| ipv4.routes_mut(ip).add(*route))
    }
}

impl Stack {
    /// Gives the interface, whose family is `ipv4`, another address and other routes, or takes those that it has, and sets the largest IP
    /// packet. If it loses its address, connections end before: their peers get a reset, and `main` gets
    /// [`Error::AddrNotAvailable`].
    ///
    /// Returns `false`, without the address, if it was to be probed first and another host uses it.
    ///
    /// A prefix length above 32, and an address that is not of one host, is the caller's mistake.
    pub(super) async fn renumber(
        &self,
        ipv4: &Ipv4Only,
        renumbering: Option<Renumbering<'_>>,
        mtu: u16,
        clock: &impl Monotonic,
    ) -> bool {
        let shared = &self.shared;
        let config = renumbering.map(|new| new.config);
        let old = shared.config.take();
        let is_kept = |old: &StackConfig| config.is_some_and(|new| new.address == old.address);
        let given_up = old.filter(|old| !is_kept(old));
        if let Some(old) = given_up {
            // Nothing begins with the old address from here on.
            {
                let state = &mut *shared.state.borrow_mut();
                let address = old.address.into();
                state
                    .transport
                    .abort_local(clock.now(), address, Error::AddrNotAvailable);
            }
            shared.work.raise();
            clock.sleep_until(clock.now() + RESET_DELAY).await;
        }
        {
            let State { ip, transport, .. } = &mut *shared.state.borrow_mut();
            let ipv4 = &mut *ipv4.layers();
            if let Some(old) = given_up {
                ipv4.remove_address(ip, old.address);
            }
            ipv4.routes_mut(ip).clear();
            ip.set_mtu(mtu);
            transport.set_mtu(mtu);
            if let Some(new) = renumbering
                && new.apply(ipv4, ip, clock.now()).is_err()
            {
                log!(Error, "there is no memory for {}", new.config.address);
            }
        }
        shared.work.raise();
        if let Some(StackConfig { address, .. }) = config
            && self
                .status_after(ipv4, address, ClaimStatus::Tentative)
                .await
                == ClaimStatus::Lost
        {
            let ip = &mut shared.state.borrow_mut().ip;
            ipv4.layers().remove_address(ip, address);
            return false;
        }
        shared.config.set(config);
        true
    }

    /// Gives an interface without an address that of `config`, once it has been probed, which takes 4 to 7
    /// seconds (RFC 5227, section 2.1). Returns `false` if another host uses it: such a stack has to be
    /// dropped, as after an error.
    ///
    /// The stack must [run](Self::run) meanwhile.
    ///
    /// # Errors
    /// Returns [`Error::OutOfMemory`] if memory is exhausted, [`Error::NetworkDown`] if the link is lost, and
    /// [`Error::Unsupported`] if the interface has no IPv4.
    pub async fn probe(&self, config: StackConfig) -> Result<bool, Error> {
        let ipv4 = self.ipv4().ok_or(Error::Unsupported)?;
        let claiming = (Claiming::Tentative, Defence::Always);
        let now = (self.shared.clock)();
        config
            .add_to(
                &mut ipv4.layers(),
                &mut self.shared.state.borrow_mut().ip,
                now,
                claiming,
            )
            .map_err(|_| Error::OutOfMemory)?;
        self.shared.work.raise();
        let status = poll_fn(|context| {
            if self.shared.state.borrow().link_lost {
                return Poll::Ready(Err(Error::NetworkDown));
            }
            let status = ClaimStatus::Tentative;
            ipv4.layers()
                .poll_status(config.address, status, context)
                .map(Ok)
        });
        let is_usable = status.await? == ClaimStatus::Usable;
        self.shared.config.set(is_usable.then_some(config));
        Ok(is_usable)
    }

    /// Waits until the status of an address is no longer `status`; returns what it is then.
    pub(super) async fn status_after(
        &self,
        ipv4: &Ipv4Only,
        address: Ipv4Addr,
        status: ClaimStatus,
    ) -> ClaimStatus {
        poll_fn(|context| ipv4.layers().poll_status(address, status, context)).await
    }
}
