//! Received ARP packets, and what they say about neighbours.

use super::{
    arp::{Arp, Operation},
    cache::{Announcement, NeighbourCache},
};
use crate::{
    net::{
        drops::{DropReason, Drops},
        link::Transmit,
    },
    time::Instant,
};

impl NeighbourCache {
    /// Processes an ARP packet whose sender is another host and no address of this one. `local`
    /// returns whether its target is an address of this host that is in use, and `on_link` whether its
    /// sender is in a network of this interface. Returns whether a neighbour has another MAC address now.
    pub fn input(
        &mut self,
        now: Instant,
        arp: &Arp,
        local: bool,
        on_link: bool,
        transmitter: &mut impl Transmit,
        drops: &mut Drops,
    ) -> bool {
        let announcement = Announcement {
            address: arp.sender,
            mac: arp.sender_mac,
            solicited: arp.operation == Operation::Reply && local && arp.target_mac == self.mac,
            overrides: true,
        };
        let updated = self.update(now, &announcement, transmitter, drops);
        let is_request = local && arp.operation == Operation::Request;
        if updated.is_none() && is_request && on_link {
            // It will be sent an answer (RFC 826, "merge").
            self.learn(now, (arp.sender, arp.sender_mac), arp.target, now);
        }
        if is_request && !arp.reply(self.mac).transmit(arp.sender_mac, transmitter) {
            drops.count(DropReason::LinkFull);
        }
        updated == Some(true)
    }
}
