//! Decides where a frame of a unikernel goes.

use crate::{
    frame::{Content, Frame, Transport},
    links::{End, Links},
    refusal::Refusal,
};
use mirage_graph::port::Protocol;
use std::net::Ipv4Addr;

/// What is decided about a frame.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    Carry(Destination),
    /// Nobody needs it.
    Ignore,
    Refuse(Refusal),
}

/// Where a frame goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Destination {
    /// To a unikernel.
    Unikernel(usize),
    /// To what is outside for its sender.
    Outside,
}

/// A unikernel.
#[derive(Debug)]
pub(crate) struct Unikernel {
    pub(crate) name: String,
    pub(crate) mac: [u8; 6],
    pub(crate) address: Ipv4Addr,
    /// Whether anything is outside for it.
    pub(crate) has_outside: bool,
}

/// The rules of a switch.
#[derive(Debug)]
pub(crate) struct Rules {
    unikernels: Vec<Unikernel>,
    links: Links,
}

impl Rules {
    pub(crate) fn new(unikernels: Vec<Unikernel>, links: Links) -> Self {
        Self { unikernels, links }
    }

    /// The name of a unikernel.
    pub(crate) fn name(&self, unikernel: usize) -> &str {
        &self.unikernels[unikernel].name
    }

    /// Decides about a frame that a unikernel has sent.
    pub(crate) fn verdict(&self, from: usize, bytes: &[u8]) -> Verdict {
        let decided = match Frame::parse(bytes) {
            None => Err(Refusal::Malformed),
            Some(frame) => self.destination(from, &frame),
        };
        match decided {
            Ok(Some(destination)) => Verdict::Carry(destination),
            Ok(None) => Verdict::Ignore,
            Err(refusal) => Verdict::Refuse(refusal),
        }
    }

    /// Whether a unikernel receives a frame that comes from outside.
    pub(crate) fn admits(&self, to: usize, bytes: &[u8]) -> bool {
        let Some(frame) = Frame::parse(bytes) else {
            return false;
        };
        let own = &self.unikernels[to];
        match frame.content {
            Content::Arp { sender, target, .. } => {
                target == own.address && matches!(self.end(sender), End::Address(_))
            }
            Content::Ipv4 {
                source,
                destination,
                transport,
            } => {
                let from = self.end(source);
                let is_outside = matches!(from, End::Address(_));
                is_outside
                    && destination == own.address
                    && self.check(from, End::Unikernel(to), &transport).is_ok()
            }
            Content::Other => false,
        }
    }

    fn destination(&self, from: usize, frame: &Frame) -> Result<Option<Destination>, Refusal> {
        let own = &self.unikernels[from];
        if frame.source != own.mac {
            return Err(Refusal::SourceMac(frame.source));
        }
        match &frame.content {
            Content::Arp {
                sender_mac,
                sender,
                target,
            } => {
                if *sender_mac != own.mac {
                    return Err(Refusal::SourceMac(*sender_mac));
                }
                // A probe for an address has no sender (RFC 5227, section 2.1.1).
                if *sender != own.address && !sender.is_unspecified() {
                    return Err(Refusal::SourceAddress(*sender));
                }
                // The plan sees to it that nobody else has it.
                if *target == own.address {
                    return Ok(None);
                }
                self.linked(from, self.end(*target)).map(Some)
            }
            Content::Ipv4 {
                source,
                destination,
                transport,
            } => {
                if *source != own.address {
                    return Err(Refusal::SourceAddress(*source));
                }
                if destination.is_multicast() || destination.is_broadcast() {
                    return Ok(None);
                }
                self.packet(from, self.end(*destination), transport)
                    .map(Some)
            }
            Content::Other => Ok(None),
        }
    }

    /// Where a packet goes.
    fn packet(&self, from: usize, to: End, transport: &Transport) -> Result<Destination, Refusal> {
        self.check(End::Unikernel(from), to, transport)?;
        self.port(from, to)
    }

    /// Checks that a link carries a packet.
    fn check(&self, from: End, to: End, transport: &Transport) -> Result<(), Refusal> {
        let (protocol, source, destination, opens) = match *transport {
            Transport::Tcp {
                source,
                destination,
                opens,
            } => (Protocol::Tcp, source, destination, opens),
            Transport::Udp {
                source,
                destination,
            } => (Protocol::Udp, source, destination, false),
            Transport::Icmp if self.links.are_linked(from, to) => return Ok(()),
            Transport::Icmp => return Err(self.no_link(to, None)),
            Transport::Fragment => return Err(Refusal::Fragment),
            Transport::Other(number) => return Err(Refusal::Protocol(number)),
            Transport::Malformed => return Err(Refusal::Malformed),
        };
        let forwards = self.links.allows(from, to, protocol, destination);
        let backwards = !opens && self.links.allows(to, from, protocol, source);
        match forwards || backwards {
            true => Ok(()),
            false => Err(self.no_link(to, Some((protocol, destination)))),
        }
    }

    /// Where something goes that needs a link in either direction.
    fn linked(&self, from: usize, to: End) -> Result<Destination, Refusal> {
        match self.links.are_linked(End::Unikernel(from), to) {
            true => self.port(from, to),
            false => Err(self.no_link(to, None)),
        }
    }

    fn port(&self, from: usize, to: End) -> Result<Destination, Refusal> {
        match to {
            End::Unikernel(to) => Ok(Destination::Unikernel(to)),
            End::Address(_) if self.unikernels[from].has_outside => Ok(Destination::Outside),
            End::Address(_) => Err(self.no_link(to, None)),
        }
    }

    fn no_link(&self, to: End, port: Option<(Protocol, u16)>) -> Refusal {
        let to = match to {
            End::Unikernel(to) => format!("`{}`", self.unikernels[to].name),
            End::Address(address) => address.to_string(),
        };
        Refusal::NoLink(to, port)
    }

    /// Who has an address.
    fn end(&self, address: Ipv4Addr) -> End {
        let mut unikernels = self.unikernels.iter();
        let found = unikernels.position(|unikernel| unikernel.address == address);
        found.map_or(End::Address(address), End::Unikernel)
    }
}
