//! The neighbour cache.

use super::{
    address::{NeighbourAddress, Solicitation},
    arp::MacAddress,
    entries::{Doubt, Entries, Entry},
    next_hop::NextHop,
    pending::Pending,
};
use crate::{
    net::{
        drops::{DropReason, Drops},
        jitter,
        link::{Transmit, push_frame},
    },
    random::Random,
    time::Instant,
};
use alloc::vec::Vec;
use core::{net::Ipv4Addr, time::Duration};

/// Between two requests to a neighbour: RETRANS_TIMER of RFC 4861, section 10, and the limit of RFC
/// 1122, section 2.3.2.1.
const RETRANSMIT: Duration = Duration::from_secs(1);

/// How many requests a neighbour does not answer before it is given up: MAX_MULTICAST_SOLICIT and
/// MAX_UNICAST_SOLICIT.
const MAX_REQUESTS: u8 = 3;

/// How long a neighbour that has answered is reachable, on average: REACHABLE_TIME.
const REACHABLE: Duration = Duration::from_secs(30);

/// How long the transport has to confirm a neighbour before it is probed: DELAY_FIRST_PROBE_TIME.
const DELAY: Duration = Duration::from_secs(5);

/// What a neighbour says about its MAC address.
#[derive(Debug, Clone, Copy)]
pub(super) struct Announcement<A> {
    pub(super) address: A,
    pub(super) mac: MacAddress,
    /// Whether this host has asked.
    pub(super) solicited: bool,
    /// Whether it replaces the MAC address that is known. ARP always does.
    pub(super) overrides: bool,
}

/// The neighbours of an interface, of one address family.
#[derive(Debug)]
pub struct NeighbourCache<A = Ipv4Addr> {
    pub(super) mac: MacAddress,
    /// Whether questions tell the MAC address of this host.
    tells_mac: bool,
    pub(super) entries: Entries<A>,
    pending: Pending<A>,
    /// Not after the first timer that is armed.
    deadline: Option<Instant>,
    random: Random,
}

impl<A: NeighbourAddress> NeighbourCache<A> {
    /// Creates the cache of an interface with the address `mac`.
    pub fn new(mac: MacAddress, random: Random) -> Self {
        Self {
            mac,
            tells_mac: true,
            entries: Entries::default(),
            pending: Pending::default(),
            deadline: None,
            random,
        }
    }

    /// Returns the MAC address of a neighbour that is reachable and at the place where it was found
    /// last time.
    #[inline]
    pub fn reachable(&mut self, now: Instant, hint: u16, address: A) -> Option<MacAddress> {
        let entry = self.entries.hinted(hint, address)?;
        entry.is_reachable(now).then_some(entry.mac)
    }

    /// Returns until when nothing changes by time alone for packets to a neighbour that was found at `hint`:
    /// neither its MAC address nor what [`lookup`](Self::lookup) would do. Returns `None` if nothing is known.
    pub fn settled_until(&self, now: Instant, hint: u16, address: A) -> Option<Instant> {
        let entry = self.entries.at(hint, address)?;
        if entry.is_reachable(now) {
            return Some(entry.reachable_until);
        }
        entry.deadline()
    }

    /// Returns the MAC address of a neighbour, to send a packet to it, and where it was found. If it
    /// has not been confirmed for long, it will be probed.
    pub fn lookup(&mut self, now: Instant, address: A) -> Option<(MacAddress, u16)> {
        let index = self.entries.find(address)?;
        let entry = self.entries.hinted(index, address)?;
        if !entry.is_reachable(now) && entry.doubt == Doubt::Stale {
            entry.doubt = Doubt::Delay;
            entry.timer = now + DELAY;
            let timer = entry.timer;
            let mac = entry.mac;
            self.arm(timer);
            return Some((mac, index));
        }
        Some((entry.mac, index))
    }

    /// Queues an Ethernet frame until `hop`, which [`lookup`](Self::lookup) did not find, has
    /// answered. Its destination is filled in then.
    pub fn enqueue(
        &mut self,
        now: Instant,
        hop: NextHop<A>,
        frame: Vec<u8>,
        transmitter: &mut impl Transmit,
        drops: &mut Drops,
    ) {
        if !self.pending.contains(hop.address) {
            let timer = now + RETRANSMIT;
            if self.pending.add(hop, timer, drops).is_err() {
                return drops.count(DropReason::OutOfMemory);
            }
            self.arm(timer);
            let question = Solicitation {
                source: (hop.source, self.mac),
                target: hop.address,
                to: None,
                tells_mac: self.tells_mac,
            };
            if !A::solicit(&question, transmitter) {
                drops.count(DropReason::LinkFull);
            }
        }
        self.pending.push(hop.address, frame, drops);
    }

    /// Returns whether packets wait for the MAC address of a neighbour.
    pub fn is_resolving(&self, address: A) -> bool {
        self.pending.contains(address)
    }

    /// Notes that a transport protocol made progress with a peer behind this neighbour.
    #[inline]
    pub fn confirm(&mut self, now: Instant, hint: u16, address: A) {
        // Not more often than needed: a clock and a random number for every segment cost too much.
        match self.entries.hinted(hint, address) {
            Some(entry) if now + REACHABLE / 4 < entry.reachable_until => {}
            Some(_) => self.confirm_slowly(now, address),
            None => {}
        }
    }

    #[cold]
    fn confirm_slowly(&mut self, now: Instant, address: A) {
        let until = self.reachable_until(now);
        if let Some(entry) = self.entries.get(address) {
            entry.reachable_until = until;
            entry.doubt = Doubt::Stale;
        }
    }

    /// Processes what a neighbour says about its MAC address. Returns whether it has another one now, or
    /// `None` if nothing is known about it and nobody asked.
    pub(super) fn update(
        &mut self,
        now: Instant,
        announcement: &Announcement<A>,
        transmitter: &mut impl Transmit,
        drops: &mut Drops,
    ) -> Option<bool> {
        let &Announcement {
            address,
            mac,
            solicited,
            overrides,
        } = announcement;
        let until = self.reachable_until(now);
        if let Some(entry) = self.entries.get(address) {
            let differs = entry.mac != mac;
            if differs && !overrides {
                // The old one is probed when it is used next (RFC 4861, section 7.2.5).
                if entry.is_reachable(now) {
                    entry.reachable_until = now;
                    entry.doubt = Doubt::Stale;
                }
                return Some(false);
            }
            entry.mac = mac;
            if solicited {
                entry.reachable_until = until;
                entry.doubt = Doubt::Stale;
            } else if differs {
                entry.reachable_until = now;
                entry.doubt = Doubt::Stale;
            }
            return Some(differs);
        }
        let incomplete = self.pending.remove(address)?;
        let until = if solicited { until } else { now };
        self.learn(now, (address, mac), incomplete.hop.source, until);
        for mut frame in incomplete.frames {
            frame[..6].copy_from_slice(&mac);
            if !push_frame(transmitter, &frame) {
                drops.count(DropReason::LinkFull);
            }
        }
        Some(false)
    }

    /// Sends the requests that are due, and gives up neighbours that do not answer. The frames that
    /// waited for them are passed to `unreachable`.
    pub fn expire(
        &mut self,
        now: Instant,
        transmitter: &mut impl Transmit,
        drops: &mut Drops,
        mut unreachable: impl FnMut(&[u8]),
    ) {
        if self.deadline.is_none_or(|deadline| now < deadline) {
            return;
        }
        let (mac, tells_mac) = (self.mac, self.tells_mac);
        let mut first: Option<Instant> = None;
        let mut arm = |timer: Instant| first = Some(first.map_or(timer, |first| first.min(timer)));
        self.entries.retain(|entry| {
            if entry.deadline().is_some_and(|timer| timer <= now) {
                entry.probes = if entry.doubt == Doubt::Delay {
                    0
                } else {
                    entry.probes
                };
                if entry.probes >= MAX_REQUESTS {
                    return false;
                }
                entry.doubt = Doubt::Probe;
                entry.probes += 1;
                entry.timer = now + RETRANSMIT;
                let question = Solicitation {
                    source: (entry.source, mac),
                    target: entry.address,
                    to: Some(entry.mac),
                    tells_mac,
                };
                if !A::solicit(&question, transmitter) {
                    drops.count(DropReason::LinkFull);
                }
            }
            entry.deadline().into_iter().for_each(&mut arm);
            true
        });
        let is_lost = |requests: u8, timer: Instant| requests >= MAX_REQUESTS && timer <= now;
        self.pending.retain(
            |each| !is_lost(each.requests, each.timer),
            |frame| {
                drops.count(DropReason::NeighbourUnreachable);
                unreachable(frame);
            },
        );
        for each in self.pending.iter_mut() {
            if each.timer <= now {
                each.requests += 1;
                each.timer = now + RETRANSMIT;
                let question = Solicitation {
                    source: (each.hop.source, mac),
                    target: each.hop.address,
                    to: None,
                    tells_mac,
                };
                if !A::solicit(&question, transmitter) {
                    drops.count(DropReason::LinkFull);
                }
            }
            arm(each.timer);
        }
        self.deadline = first;
    }

    /// Sets whether questions tell the MAC address of this host.
    pub fn set_tells_mac(&mut self, tells_mac: bool) {
        self.tells_mac = tells_mac;
    }

    /// Returns when [`expire`](Self::expire) is to be called next, or a time before that.
    pub fn next_deadline(&self) -> Option<Instant> {
        self.deadline
    }

    /// Forgets a neighbour, because its address becomes one of this host.
    pub fn remove(&mut self, address: A) {
        self.entries.retain(|entry| entry.address != address);
    }

    /// Forgets all neighbours. Packets that wait for an answer wait on.
    pub fn clear(&mut self) {
        self.entries.retain(|_| false);
    }

    /// Forgets the neighbours that were asked with `source`, an address that this host loses.
    pub fn remove_source(&mut self, source: A) {
        self.entries.retain(|entry| entry.source != source);
        self.pending
            .retain(|each| each.hop.source != source, |_| {});
    }

    /// Adds a neighbour that is not in the table.
    pub(super) fn learn(
        &mut self,
        now: Instant,
        (address, mac): (A, MacAddress),
        source: A,
        reachable_until: Instant,
    ) {
        let entry = Entry {
            address,
            source,
            mac,
            doubt: Doubt::Stale,
            probes: 0,
            reachable_until,
            timer: now,
        };
        self.entries.add(now, entry);
    }

    /// Until when a neighbour that is confirmed now is reachable: 0.5 to 1.5 times the average, so
    /// that neighbours are not probed all at once (RFC 4861, section 6.3.2).
    fn reachable_until(&mut self, now: Instant) -> Instant {
        now + jitter::between(&mut self.random, REACHABLE / 2, REACHABLE * 3 / 2)
    }

    fn arm(&mut self, timer: Instant) {
        self.deadline = Some(self.deadline.map_or(timer, |first| first.min(timer)));
    }
}
