//! What the neighbour cache needs to know of an address family: how a neighbour is asked for its MAC
//! address.

use super::arp::{Arp, MacAddress};
use crate::net::link::Transmit;
use core::{fmt::Debug, net::Ipv4Addr};

/// A question for the MAC address of a neighbour.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Solicitation<A> {
    /// The address of this host, and its MAC address.
    pub source: (A, MacAddress),
    /// The address of the neighbour.
    pub target: A,
    /// The MAC address that the neighbour had, if it alone is asked.
    pub to: Option<MacAddress>,
    /// Whether the question tells the MAC address of this host. One from an address that another host may
    /// have does not (RFC 4429, section 3.3). ARP always tells it.
    pub tells_mac: bool,
}

/// An address of a family whose neighbours can be asked for their MAC addresses.
pub trait NeighbourAddress: Copy + Ord + Debug {
    /// Sends a question; returns whether the link had room.
    fn solicit(question: &Solicitation<Self>, transmitter: &mut impl Transmit) -> bool;
}

impl NeighbourAddress for Ipv4Addr {
    fn solicit(question: &Solicitation<Self>, transmitter: &mut impl Transmit) -> bool {
        let (source, mac) = question.source;
        let request = Arp::request(mac, source, question.target);
        match question.to {
            Some(to) => request.transmit(to, transmitter),
            None => request.broadcast(transmitter),
        }
    }
}
