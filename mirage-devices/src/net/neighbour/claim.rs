//! The claim of an address of this host: probed, announced and defended (RFC 5227).

use super::arp::{Arp, MacAddress, Operation};
use crate::{
    net::{jitter, link::Transmit},
    random::Random,
    time::Instant,
};
use core::{net::Ipv4Addr, time::Duration};

/// The names and values are those of RFC 5227, section 1.1.
const PROBE_WAIT: Duration = Duration::from_secs(1);
const PROBE_NUM: u8 = 3;
const PROBE_MIN: Duration = Duration::from_secs(1);
const PROBE_MAX: Duration = Duration::from_secs(2);
const ANNOUNCE_WAIT: Duration = Duration::from_secs(2);
const ANNOUNCE_NUM: u8 = 2;
const ANNOUNCE_INTERVAL: Duration = Duration::from_secs(2);
const DEFEND_INTERVAL: Duration = Duration::from_secs(10);

/// What to do if another host uses an address of this host again and again (RFC 5227, section 2.4).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Defence {
    /// Announce it once, and give it up at the second time within 10 s: for leased addresses.
    Once,
    /// Announce it every 10 s: for addresses that have been configured.
    Always,
}

/// How an address comes into use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Claiming {
    /// It is probed first, which takes 4 to 7 seconds (RFC 5227, section 2.1).
    Tentative,
    /// It is used and announced at once, and probed meanwhile, as RFC 4429 does with IPv6 addresses. The
    /// probes are for hosts that answer them but no announcements, such as those with Linux.
    Optimistic,
}

/// Whether an address may be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ClaimStatus {
    /// Not yet: it is being probed.
    Tentative,
    /// It may be used.
    Usable,
    /// It must not be used: another host does.
    Lost,
}

/// Another host uses an address of this host.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Conflict {
    /// The address is kept, and was announced again.
    Defended,
    /// The address is kept. It was announced a short time ago.
    Repeated,
    /// The address must not be used any more.
    Lost,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    /// How many probes have been sent.
    Probing(u8),
    /// How many announcements have been sent.
    Announcing(u8),
    Lost,
}

/// The claim of an address.
#[derive(Debug)]
pub struct Claim {
    address: Ipv4Addr,
    mac: MacAddress,
    state: State,
    is_usable: bool,
    defence: Defence,
    deadline: Option<Instant>,
    defended: Option<Instant>,
    random: Random,
}

impl Claim {
    /// Claims an address of the host with the MAC address `mac`.
    pub fn new(
        now: Instant,
        address: Ipv4Addr,
        mac: MacAddress,
        (claiming, defence): (Claiming, Defence),
        mut random: Random,
    ) -> Self {
        let wait = match claiming {
            Claiming::Tentative => jitter::between(&mut random, Duration::ZERO, PROBE_WAIT),
            Claiming::Optimistic => Duration::ZERO,
        };
        Self {
            address,
            mac,
            state: State::Probing(0),
            is_usable: claiming == Claiming::Optimistic,
            defence,
            deadline: Some(now + wait),
            defended: None,
            random,
        }
    }

    /// Returns whether the address may be used.
    #[inline]
    pub fn is_usable(&self) -> bool {
        self.is_usable
    }

    /// Returns whether the address may be used, or will be.
    pub fn status(&self) -> ClaimStatus {
        match self.state {
            _ if self.is_usable => ClaimStatus::Usable,
            State::Lost => ClaimStatus::Lost,
            _ => ClaimStatus::Tentative,
        }
    }

    /// Returns when [`expire`](Self::expire) is to be called next.
    pub fn next_deadline(&self) -> Option<Instant> {
        self.deadline
    }

    /// Sends the probe or announcement that is due. If the link has no room, it is as if lost.
    pub fn expire(&mut self, now: Instant, transmitter: &mut impl Transmit) {
        if self.deadline.is_none_or(|deadline| now < deadline) {
            return;
        }
        match self.state {
            State::Probing(sent) if sent < PROBE_NUM => {
                self.broadcast(Ipv4Addr::UNSPECIFIED, transmitter);
                if self.is_usable && sent == 0 {
                    self.broadcast(self.address, transmitter);
                }
                self.state = State::Probing(sent + 1);
                let wait = if sent + 1 < PROBE_NUM {
                    jitter::between(&mut self.random, PROBE_MIN, PROBE_MAX)
                } else {
                    ANNOUNCE_WAIT
                };
                self.deadline = Some(now + wait);
            }
            State::Probing(_) => {
                let sent = u8::from(self.is_usable);
                self.is_usable = true;
                self.announce(now, sent, transmitter);
            }
            State::Announcing(sent) => self.announce(now, sent, transmitter),
            State::Lost => self.deadline = None,
        }
    }

    /// Examines an ARP packet from another host.
    pub fn input(
        &mut self,
        now: Instant,
        arp: &Arp,
        transmitter: &mut impl Transmit,
    ) -> Option<Conflict> {
        // A frame of this host that a hub or bridge has sent back is no conflict.
        if arp.sender_mac == self.mac || self.state == State::Lost {
            return None;
        }
        let is_used = arp.sender == self.address;
        let is_probed = arp.operation == Operation::Request
            && arp.sender.is_unspecified()
            && arp.target == self.address;
        // The probes of others are answered when the address may be used.
        if !is_used && (self.is_usable || !is_probed) {
            return None;
        }
        let last = self.defended;
        let recently = last.is_some_and(|last| now - last < DEFEND_INTERVAL);
        let is_new = matches!(self.state, State::Probing(_));
        if !self.is_usable || self.defence == Defence::Once && (is_new || recently) {
            self.state = State::Lost;
            self.is_usable = false;
            self.deadline = None;
            return Some(Conflict::Lost);
        }
        if recently {
            return Some(Conflict::Repeated);
        }
        self.defended = Some(now);
        self.broadcast(self.address, transmitter);
        Some(Conflict::Defended)
    }

    fn announce(&mut self, now: Instant, sent: u8, transmitter: &mut impl Transmit) {
        self.broadcast(self.address, transmitter);
        self.state = State::Announcing(sent + 1);
        self.deadline = (sent + 1 < ANNOUNCE_NUM).then_some(now + ANNOUNCE_INTERVAL);
    }

    /// Broadcasts a request for the address: from 0.0.0.0 a probe, from the address itself an
    /// announcement.
    fn broadcast(&self, sender: Ipv4Addr, transmitter: &mut impl Transmit) {
        Arp::request(self.mac, sender, self.address).broadcast(transmitter);
    }
}
