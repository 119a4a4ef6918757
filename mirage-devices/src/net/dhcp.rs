//! A DHCP client (RFC 2131): an interface that asks for its address.
//!
//! The client uses UDP port 68 of the stack like any other user, so that an image without DHCP contains
//! none of its code. The stack probes the address (RFC 5227). If another host uses it, the client gives it
//! up, declines it and asks for another one.

mod lease;
mod message;
mod release;
mod renewal;

pub use lease::Lease;
pub use release::Release;

use super::{
    config::StackConfig, ip::Ipv4Only, limits::UdpLimits, neighbour::Claiming,
    renumber::Renumbering, signal::Signal, stack::Stack, udp::UdpSocket,
};
use crate::{
    device::StartError,
    messages::log,
    random::Random,
    time::{Instant, Monotonic},
};
use alloc::{rc::Rc, string::String};
use core::{
    cell::RefCell,
    net::{Ipv4Addr, SocketAddr},
    pin::pin,
    time::Duration,
};
use embassy_futures::select::{Either, select};
use lease::{Terms, Times};
use message::{Answer, MAX_LEN, MessageType, Request};
use rand_core::Rng;

const SERVER_PORT: u16 = 67;
const CLIENT_PORT: u16 = 68;

/// A few servers answer at once, and one question is asked at a time.
const LIMITS: UdpLimits = UdpLimits {
    datagrams: 8,
    receive: 8 * MAX_LEN,
    transmit: 2 * MAX_LEN,
};

/// The memory that a client takes, in bytes.
pub const fn memory() -> usize {
    LIMITS.memory()
}

/// How long the first question for a server waits for an answer, and the longest: each waits twice
/// as long as the one before (RFC 2131, section 4.1).
const FIRST_PAUSE: Duration = Duration::from_secs(4);
const MAX_PAUSE: Duration = Duration::from_secs(64);
/// How many times a server is asked for the lease that it has offered.
const REQUESTS: u32 = 3;
/// How long the client waits after it has declined an address, at the least (RFC 2131, section 3.1,
/// step 5).
const DECLINE_PAUSE: Duration = Duration::from_secs(10);
/// After so many declined addresses, it waits longer (RFC 5227, section 2.1.1).
const MAX_CONFLICTS: u32 = 10;
const RATE_LIMIT_INTERVAL: Duration = Duration::from_secs(60);
/// Longer names are not sent: none of a host is longer (RFC 1035, section 2.3.4).
const MAX_NAME_LEN: usize = 63;

/// Whose address a client asks for.
pub trait LeasePolicy {
    /// Returns why a lease is refused, as text; `None` to accept it.
    fn refusal(&self, lease: &Lease) -> Option<String>;

    /// A lease is taken, or, without one, the last is lost.
    fn changed(&self, lease: Option<&Lease>);

    /// The router to use with a lease, which need not be the one that it names.
    fn router(&self, lease: &Lease) -> Option<Ipv4Addr> {
        lease.router
    }

    /// How a leased address comes into use.
    fn claiming(&self) -> Claiming {
        Claiming::Optimistic
    }
}

/// What a client has been leased; clones are the same. It is empty while there is no lease.
#[derive(Debug, Clone, Default)]
pub struct CurrentLease(Rc<RefCell<Option<Lease>>>);

impl CurrentLease {
    /// The lease.
    pub fn get(&self) -> Option<Lease> {
        self.0.borrow().clone()
    }
}

/// A DHCP client of one stack.
pub struct DhcpClient<C, T> {
    stack: Stack,
    ipv4: Ipv4Only,
    /// The MTU of the link, which a lease can only reduce.
    link_mtu: u16,
    socket: Rc<UdpSocket>,
    /// Raised when the lease is released: the client ends.
    released: Rc<Signal>,
    /// The interface's, for the log.
    node: &'static str,
    /// The host's.
    name: &'static str,
    policy: T,
    lease: CurrentLease,
    clock: C,
    random: Random,
    times: Option<Times>,
    /// How many addresses were declined.
    declined: u32,
}

/// How a question for a server has ended.
enum Outcome {
    Leased,
    /// No offer could be used, or the server has refused the request for its offer.
    Refused,
    Silence,
}

impl<C: Monotonic, T: LeasePolicy> DhcpClient<C, T> {
    /// The client of a stack that has no address, on the interface `node` of the host `name`. What
    /// is leased, now and later, is in `lease`.
    ///
    /// # Errors
    /// The stack has no IPv4, UDP port 68 is bound already, or memory is exhausted.
    pub fn new(
        stack: Stack,
        (node, name): (&'static str, &'static str),
        (policy, lease): (T, CurrentLease),
        clock: C,
        random: Random,
    ) -> Result<Self, StartError> {
        let ipv4 = stack.ipv4().ok_or(StartError::new("DHCP needs IPv4"))?;
        let socket = stack
            .bind_udp_within(CLIENT_PORT, LIMITS)
            .map_err(|error| StartError::with_source("UDP port 68", error))?;
        let allowed = socket.set_broadcast(true);
        allowed.map_err(|error| StartError::with_source("UDP port 68", error))?;
        let is_name = (1..=MAX_NAME_LEN).contains(&name.len()) && name.is_ascii();
        Ok(Self {
            socket: Rc::new(socket),
            released: Rc::default(),
            link_mtu: stack.mtu(),
            stack,
            ipv4,
            node,
            name: if is_name { name } else { "" },
            policy,
            lease,
            clock,
            random,
            times: None,
            declined: 0,
        })
    }

    /// Asks until the stack has an address, without a limit, while the stack runs.
    pub async fn acquire(&mut self) {
        let node = self.node;
        log!(Info, "{node} asks for its address (DHCP)");
        let began = self.clock.now();
        let mut pause = FIRST_PAUSE;
        loop {
            match self.ask(began, pause).await {
                Outcome::Leased => return,
                Outcome::Refused => {}
                Outcome::Silence => {
                    let waited = (self.clock.now() - began).as_secs();
                    log!(
                        Warn,
                        "{node}: no DHCP server has answered for {waited} s; asking on"
                    );
                }
            }
            pause = (pause * 2).min(MAX_PAUSE);
        }
    }

    /// One question for a server, and what follows from it.
    async fn ask(&mut self, began: Instant, pause: Duration) -> Outcome {
        let transaction = self.random.next_u32();
        let since = self.clock.now() - began;
        let request = Request {
            seconds: u16::try_from(since.as_secs()).unwrap_or(u16::MAX),
            ..self.message(MessageType::Discover, transaction)
        };
        self.send(&request, Ipv4Addr::BROADCAST).await;
        let deadline = self.clock.now() + self.about(pause);
        let mut outcome = Outcome::Silence;
        while let Some(answer) = self.receive(transaction, deadline).await {
            if answer.kind != MessageType::Offer {
                continue;
            }
            if let Some(terms) = self.acceptable(&answer, self.clock.now()) {
                if self.request(request, &terms.lease).await {
                    return Outcome::Leased;
                }
                // The delay keeps a server that offers and refuses in turn from causing a busy loop.
                self.clock.sleep_until(deadline).await;
                return Outcome::Refused;
            }
            outcome = Outcome::Refused;
        }
        outcome
    }

    /// Takes an offer up; whether the server keeps it.
    async fn request(&mut self, discover: Request<'_>, offer: &Lease) -> bool {
        let request = Request {
            kind: MessageType::Request,
            requested: Some(offer.address),
            server: Some(offer.server),
            ..discover
        };
        let node = self.node;
        for attempt in 0..REQUESTS {
            let asked = self.clock.now();
            self.send(&request, Ipv4Addr::BROADCAST).await;
            let deadline = asked + self.about(FIRST_PAUSE * 2_u32.pow(attempt));
            while let Some(answer) = self.receive(request.transaction, deadline).await {
                if answer.server != Some(offer.server) {
                    continue;
                }
                match answer.kind {
                    MessageType::Ack => {
                        if let Some(terms) = self.acceptable(&answer, asked) {
                            return self.take(terms).await;
                        }
                        self.decline(answer.address, offer.server).await;
                        return false;
                    }
                    MessageType::Nak => {
                        log!(
                            Warn,
                            "{node}: the DHCP server takes back what it has offered, {offer}"
                        );
                        return false;
                    }
                    _ => {}
                }
            }
        }
        log!(
            Warn,
            "{node}: the DHCP server does not confirm what it has offered, {offer}"
        );
        false
    }

    /// Declines an address, and waits before another one is asked for.
    async fn decline(&mut self, address: Ipv4Addr, server: Ipv4Addr) {
        let transaction = self.random.next_u32();
        let decline = Request {
            requested: Some(address),
            server: Some(server),
            ..self.message(MessageType::Decline, transaction)
        };
        self.send(&decline, Ipv4Addr::BROADCAST).await;
        self.declined = self.declined.saturating_add(1);
        let pause = match self.declined {
            ..MAX_CONFLICTS => DECLINE_PAUSE,
            _ => RATE_LIMIT_INTERVAL,
        };
        self.clock.sleep_until(self.clock.now() + pause).await;
    }

    /// What an answer leases, if it can be taken.
    fn acceptable(&self, answer: &Answer, asked: Instant) -> Option<Terms> {
        let (node, address) = (self.node, answer.address);
        let terms = match Terms::from_answer(answer, self.link_mtu, asked) {
            Ok(terms) => terms,
            Err(why) => {
                log!(Warn, "{node} refuses {address} (DHCP): it {why}");
                return None;
            }
        };
        if let Some(why) = self.policy.refusal(&terms.lease) {
            let Lease { server, .. } = terms.lease;
            log!(
                Warn,
                "{node} refuses {address}, which {server} offers (DHCP): {why}"
            );
            return None;
        }
        Some(terms)
    }

    /// Has the stack use a lease. Declines it and returns `false` if its address was probed first and
    /// another host uses it.
    async fn take(&mut self, Terms { lease, times }: Terms) -> bool {
        self.times = times;
        self.policy.changed(Some(&lease));
        let config = StackConfig {
            address: lease.address,
            prefix_length: lease.prefix_length,
            gateway: self.policy.router(&lease),
        };
        let old = self.lease.get();
        let is_same = |old: &Lease| (&old.routes, old.mtu) == (&lease.routes, lease.mtu);
        if self.stack.config() != Some(config) || !old.as_ref().is_some_and(is_same) {
            // What is readable is never an address that the stack does not have.
            self.lease.0.take();
            let renumbering = Renumbering {
                config,
                routes: &lease.routes,
                claiming: self.policy.claiming(),
            };
            let mtu = lease.mtu.unwrap_or(self.link_mtu);
            let renumbered = self
                .stack
                .renumber(&self.ipv4, Some(renumbering), mtu, &self.clock);
            if !renumbered.await {
                self.policy.changed(None);
                self.decline(lease.address, lease.server).await;
                return false;
            }
            log!(Info, "{} is {}", self.node, lease.summary());
        }
        self.lease.0.replace(Some(lease));
        true
    }

    /// A message without what only some have.
    fn message(&self, kind: MessageType, transaction: u32) -> Request<'static> {
        Request {
            kind,
            transaction,
            seconds: 0,
            mac_address: self.stack.shared.mac_address,
            client_ip: None,
            requested: None,
            server: None,
            name: self.name,
        }
    }

    /// Sends a message. Lost messages are retransmitted by the caller.
    async fn send(&self, request: &Request<'_>, to: Ipv4Addr) {
        let to = SocketAddr::from((to, SERVER_PORT));
        if let Err(cause) = self.socket.send_to(&request.write(), to).await {
            log!(Debug, "{}: {to}: {cause}", self.node);
        }
    }

    /// The next answer to the questions of `transaction`; `None` if none has come by `deadline`.
    async fn receive(&self, transaction: u32, deadline: Instant) -> Option<Answer> {
        let mut message = [0; MAX_LEN];
        let mut limit = pin!(self.clock.sleep_until(deadline));
        loop {
            let received = self.socket.recv_from(&mut message);
            let (length, from) = match select(received, limit.as_mut()).await {
                Either::First(Ok(received)) => received,
                Either::First(Err(_)) => {
                    // The link is lost: no answer comes.
                    limit.await;
                    return None;
                }
                Either::Second(()) => return None,
            };
            if from.port() != SERVER_PORT {
                continue;
            }
            let mac_address = self.stack.shared.mac_address;
            let answer = Answer::read(&message[..length], mac_address);
            if let Some(answer) = answer.filter(|answer| answer.transaction == transaction) {
                return Some(answer);
            }
        }
    }

    /// A second more or less, so that those who boot together do not ask together.
    fn about(&mut self, pause: Duration) -> Duration {
        let milliseconds = u64::from(self.random.next_u32() % 2000);
        pause + Duration::from_millis(milliseconds) - Duration::from_secs(1)
    }
}

impl<C, T> core::fmt::Debug for DhcpClient<C, T> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("DhcpClient")
            .field("node", &self.node)
            .field("lease", &self.lease)
            .finish_non_exhaustive()
    }
}
