//! A user-mode Ethernet switch between the unikernels of an application.
//!
//! A [`Switch`] is one network of a plan. It knows who is attached where, so it learns nothing, and it carries only what
//! the links of the plan allow: a unikernel that does not obey its own rules reaches nobody else. Frames are messages on
//! sockets, as tenders and QEMU exchange them. No privileges are needed.
//!
//! - The source addresses of a frame, by Ethernet, ARP and IPv4, are those of its sender.
//! - An ARP request is delivered only to the owner of the address that it asks for.
//! - A segment that opens a connection goes along a link. Other segments go along a link in either direction.
//! - A datagram goes to the port of a link, or comes from it.
//! - What comes from outside is from no unikernel, and goes along a link to or from the outside.
//! - Broadcasts, multicasts, fragments and protocols other than ARP, ICMP, TCP and UDP are not carried.
//!
//! What is refused is [reported](Refusal) once. A receiver without room loses frames, and nobody waits for it.
//!
//! ```
//! use mirage_graph::port::Protocol;
//! use mirage_switch::{Member, Client, Link, Server, Switch};
//! use rustix::net::{AddressFamily, SendFlags, SocketFlags, SocketType, send, socketpair};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let pair = || socketpair(AddressFamily::UNIX, SocketType::SEQPACKET, SocketFlags::CLOEXEC, None);
//! let ((web, of_web), (db, of_db)) = (pair()?, pair()?);
//! let attach = |name: &str, number, link| Member {
//!     name: name.into(),
//!     mac: [2, 0, 10, 0, 1, number],
//!     address: [10, 0, 1, number].into(),
//!     link,
//!     outside: None,
//! };
//! let members = vec![attach("web", 2, web), attach("db", 4, db)];
//! let links = vec![Link {
//!     client: Client::Unikernel(0),
//!     server: Server::Unikernel(1),
//!     protocol: Protocol::Tcp,
//!     port: 5432,
//! }];
//! let switch = Switch::new(members, links, |name, refusal| println!("{name}: {refusal}"))?;
//! let thread = std::thread::spawn(|| switch.run());
//! // Start the unikernels with `of_web` and `of_db`. The switch stops when both are gone.
//! drop((of_web, of_db));
//! thread.join().expect("no panic")?;
//! # Ok(())
//! # }
//! ```

mod frame;
mod links;
mod port;
mod refusal;
mod rules;
#[cfg(test)]
mod tests;

pub use self::{
    links::{Client, Link, Server},
    refusal::Refusal,
};

use self::{
    links::Links,
    port::{MAX_FRAME_LEN, Port, Received, Sent},
    refusal::Refusals,
    rules::{Destination, Rules, Unikernel, Verdict},
};
use rustix::{
    event::epoll::{self, CreateFlags, EventData, EventFlags},
    io::Errno,
};
use std::{fmt, io, net::Ipv4Addr, os::fd::OwnedFd};

/// Frames that are taken from one port before it is the next one's turn.
const TURN: usize = 64;

/// A unikernel at a port of the switch.
#[derive(Debug)]
pub struct Member {
    /// The unikernel's name.
    pub name: String,
    /// The MAC address of its interface.
    pub mac: [u8; 6],
    /// The address of its interface.
    pub address: Ipv4Addr,
    /// The switch's end of the link, a socket that keeps message boundaries.
    pub link: OwnedFd,
    /// What is outside of the application for this unikernel: the end of a link to a network, such as that of
    /// `mirage-user-network`. `None` if no link of the plan leads there.
    pub outside: Option<OwnedFd>,
}

/// What a switch has done.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counters {
    /// Frames that were carried.
    pub carried: u64,
    /// Frames that were refused.
    pub refused: u64,
    /// Frames that were lost because their receiver had no room.
    pub lost: u64,
}

/// A switch.
pub struct Switch<R> {
    /// The ports of the unikernels, then those of what is outside, in the same order.
    ports: Vec<Option<Port>>,
    rules: Rules,
    refusals: Refusals<R>,
    epoll: OwnedFd,
    counters: Counters,
}

impl<R: FnMut(&str, &Refusal)> Switch<R> {
    /// Creates a switch. `report` is called with the name of a unikernel and what was refused to it, once for each
    /// refusal.
    ///
    /// # Errors
    /// The host has no descriptor left.
    pub fn new(members: Vec<Member>, links: Vec<Link>, report: R) -> io::Result<Self> {
        let epoll = epoll::create(CreateFlags::CLOEXEC)?;
        let (mut unikernels, mut inner, mut outer) = (Vec::new(), Vec::new(), Vec::new());
        for member in members {
            unikernels.push(Unikernel {
                name: member.name,
                mac: member.mac,
                address: member.address,
                has_outside: member.outside.is_some(),
            });
            inner.push(Some(Port::new(member.link)?));
            outer.push(member.outside.map(Port::new).transpose()?);
        }
        inner.append(&mut outer);
        for (index, port) in inner.iter().enumerate() {
            if let Some(port) = port {
                let data = EventData::new_u64(index as u64);
                epoll::add(&epoll, port, data, EventFlags::IN | EventFlags::RDHUP)?;
            }
        }
        Ok(Self {
            ports: inner,
            rules: Rules::new(unikernels, Links::new(links)),
            refusals: Refusals::new(report),
            epoll,
            counters: Counters::default(),
        })
    }

    /// Carries frames until all unikernels are gone. Returns what was done.
    ///
    /// # Errors
    /// The host refuses to wait for the links.
    pub fn run(mut self) -> io::Result<Counters> {
        let unikernels = self.ports.len() / 2;
        let mut events = Vec::with_capacity(self.ports.len().max(1));
        while self.ports[..unikernels].iter().any(Option::is_some) {
            events.clear();
            match epoll::wait(
                &self.epoll,
                rustix::buffer::spare_capacity(&mut events),
                None,
            ) {
                Ok(_) => {}
                Err(Errno::INTR) => continue,
                Err(error) => return Err(error.into()),
            }
            for event in &events {
                let index = event.data.u64() as usize;
                if self.turn(index).is_none() {
                    // Closing it takes it out of those that are waited for.
                    self.ports[index] = None;
                    if index < unikernels {
                        self.ports[unikernels + index] = None;
                    }
                }
            }
        }
        Ok(self.counters)
    }

    /// Carries frames that have come to a port, until it is the next one's turn. `None` if the other end is gone.
    fn turn(&mut self, index: usize) -> Option<()> {
        let unikernels = self.ports.len() / 2;
        let mut frame = [0; MAX_FRAME_LEN];
        for _ in 0..TURN {
            let received = match self.ports[index].as_ref()?.receive(&mut frame) {
                Received::Frame(length) => &frame[..length],
                Received::Nothing => break,
                Received::TooLong => {
                    self.counters.refused += 1;
                    continue;
                }
                Received::Closed => return None,
            };
            let destination = match index.checked_sub(unikernels) {
                Some(of) if self.rules.admits(of, received) => of,
                Some(_) => {
                    self.counters.refused += 1;
                    continue;
                }
                None => match self.rules.verdict(index, received) {
                    Verdict::Carry(Destination::Unikernel(to)) => to,
                    Verdict::Carry(Destination::Outside) => unikernels + index,
                    Verdict::Ignore => continue,
                    Verdict::Refuse(refusal) => {
                        self.counters.refused += 1;
                        self.refusals.report(index, self.rules.name(index), refusal);
                        continue;
                    }
                },
            };
            // One that is gone loses what is sent to it.
            let port = self.ports[destination].as_ref();
            match port.map_or(Sent::Lost, |port| port.send(received)) {
                Sent::Carried => self.counters.carried += 1,
                Sent::Lost => self.counters.lost += 1,
            }
        }
        Some(())
    }
}

impl<R> fmt::Debug for Switch<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Switch")
            .field("rules", &self.rules)
            .field("counters", &self.counters)
            .finish_non_exhaustive()
    }
}
