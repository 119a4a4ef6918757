//! How a lease is kept, and lost.

use super::{
    DhcpClient, LeasePolicy,
    lease::{Terms, Times},
    message::{MessageType, Request},
};
use crate::{messages::log, net::neighbour::ClaimStatus, time::Monotonic};
use core::{net::Ipv4Addr, time::Duration};
use embassy_futures::select::{Either, select};
use rand_core::Rng;

/// How soon a server that was asked for more time is asked again, at the earliest.
const RENEWAL_PAUSE: Duration = Duration::from_secs(60);

/// Why a lease is lost.
enum Lost {
    Expired,
    TakenBack,
    Conflict,
}

impl<C: Monotonic, T: LeasePolicy> DhcpClient<C, T> {
    /// Keeps what was [acquired](Self::acquire), and asks anew whenever it is lost. Ends only when the lease
    /// is [released](Self::release).
    pub async fn keep(mut self) {
        let released = self.released.clone();
        select(released.wait(), self.keep_leased()).await;
    }

    async fn keep_leased(&mut self) {
        loop {
            let lost = self.renew().await;
            let lease = self.lease.0.take();
            if let Some(lease) = &lease {
                let node = self.node;
                let why = match lost {
                    Lost::Expired => "its time is over",
                    Lost::TakenBack => "the DHCP server has taken it back",
                    Lost::Conflict => "another host uses it",
                };
                log!(Warn, "{node} has lost {lease}: {why}");
            }
            self.policy.changed(None);
            self.stack
                .renumber(&self.ipv4, None, self.link_mtu, &self.clock)
                .await;
            if let (Lost::Conflict, Some(lease)) = (lost, lease) {
                self.decline(lease.address, lease.server).await;
            }
            self.acquire().await;
        }
    }

    /// Asks for more time whenever it is due; why there is no more, or the address is lost.
    async fn renew(&mut self) -> Lost {
        loop {
            let lease = self.lease.get();
            let address = lease.map_or(Ipv4Addr::UNSPECIFIED, |lease| lease.address);
            let (stack, ipv4) = (self.stack.clone(), self.ipv4.clone());
            let conflict = stack.status_after(&ipv4, address, ClaimStatus::Usable);
            let extended = match select(self.extended(), conflict).await {
                Either::First(Ok(terms)) => self.take(terms).await,
                Either::First(Err(lost)) => return lost,
                Either::Second(_) => false,
            };
            if !extended {
                return Lost::Conflict;
            }
        }
    }

    /// Asks for more time when it is due.
    async fn extended(&mut self) -> Result<Terms, Lost> {
        let Some(times) = self.times else {
            return core::future::pending().await;
        };
        self.clock.sleep_until(times.renewal).await;
        self.extend(times).await
    }

    /// Asks for more time until there is some, or none.
    async fn extend(&mut self, times: Times) -> Result<Terms, Lost> {
        let Some(lease) = self.lease.get() else {
            return Err(Lost::Expired);
        };
        let transaction = self.random.next_u32();
        let began = self.clock.now();
        loop {
            let asked = self.clock.now();
            if asked >= times.expiry {
                return Err(Lost::Expired);
            }
            let (to, end) = if asked < times.rebinding {
                (lease.server, times.rebinding)
            } else {
                (Ipv4Addr::BROADCAST, times.expiry)
            };
            let request = Request {
                seconds: u16::try_from((asked - began).as_secs()).unwrap_or(u16::MAX),
                client_ip: Some(lease.address),
                ..self.message(MessageType::Request, transaction)
            };
            self.send(&request, to).await;
            let pause = ((end - asked) / 2).max(RENEWAL_PAUSE);
            let deadline = (asked + pause).min(end);
            while let Some(answer) = self.receive(transaction, deadline).await {
                match answer.kind {
                    MessageType::Ack => {
                        let answer = lease.completed(answer);
                        if let Some(terms) = self.acceptable(&answer, asked) {
                            return Ok(terms);
                        }
                    }
                    MessageType::Nak => return Err(Lost::TakenBack),
                    _ => {}
                }
            }
        }
    }
}
