//! What neighbour discovery says about neighbours.

use super::{
    arp::MacAddress,
    cache::{Announcement, NeighbourCache},
    ndp,
};
use crate::{
    net::{
        drops::{DropReason, Drops},
        link::Transmit,
    },
    time::Instant,
};
use core::net::Ipv6Addr;

/// A solicitation for an address of this host.
#[derive(Debug, Clone, Copy)]
pub struct Question {
    /// Who asks; `::` to find out whether the address is in use.
    pub source: Ipv6Addr,
    /// The MAC address that sent it.
    pub sender: MacAddress,
    /// The MAC address that it says the source has.
    pub mac: Option<MacAddress>,
    /// The address of this host.
    pub target: Ipv6Addr,
    /// Whether `source` is on the link.
    pub is_on_link: bool,
    /// Whether the answer replaces what is known there.
    pub overrides: bool,
}

impl NeighbourCache<Ipv6Addr> {
    /// Processes an advertisement of another host's address (RFC 4861, section 7.2.5).
    pub fn on_advertisement(
        &mut self,
        now: Instant,
        (target, mac): (Ipv6Addr, Option<MacAddress>),
        (solicited, overrides): (bool, bool),
        transmitter: &mut impl Transmit,
        drops: &mut Drops,
    ) {
        // Without a MAC address it confirms the one that is known.
        let known = || self.entries.get(target).map(|entry| entry.mac);
        if let Some(mac) = mac.or_else(known) {
            let announcement = Announcement {
                address: target,
                mac,
                solicited,
                overrides,
            };
            self.update(now, &announcement, transmitter, drops);
        }
    }

    /// Processes a solicitation for an address of this host that is in use, and answers it (RFC 4861,
    /// sections 7.2.3 and 7.2.4).
    pub fn on_solicitation(
        &mut self,
        now: Instant,
        question: &Question,
        transmitter: &mut impl Transmit,
        drops: &mut Drops,
    ) {
        let &Question { source, target, .. } = question;
        if let Some(mac) = question.mac {
            let announcement = Announcement {
                address: source,
                mac,
                solicited: false,
                overrides: true,
            };
            let updated = self.update(now, &announcement, transmitter, drops);
            if updated.is_none() && question.is_on_link {
                // It will be sent an answer.
                self.learn(now, (source, mac), target, now);
            }
        }
        // One without a source asks whether the address is in use, and has none to be answered at.
        let asker = (source, question.mac.unwrap_or(question.sender));
        let asker = (!source.is_unspecified()).then_some(asker);
        if !ndp::advertise((target, self.mac), asker, question.overrides, transmitter) {
            drops.count(DropReason::LinkFull);
        }
    }
}
