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

/// Another host uses an address of this host.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Conflict {
    /// The address is kept.
    Defended,
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
    defence: Defence,
    deadline: Option<Instant>,
    defended: Option<Instant>,
    random: Random,
}

impl Claim {
    /// Claims an address that is used once it has been probed, in 4 to 7 seconds.
    pub fn probe(
        now: Instant,
        address: Ipv4Addr,
        mac: MacAddress,
        defence: Defence,
        random: Random,
    ) -> Self {
        let mut claim = Self::announce(now, address, mac, defence, random);
        claim.state = State::Probing(0);
        claim.deadline = Some(now + jitter::between(&mut claim.random, Duration::ZERO, PROBE_WAIT));
        claim
    }

    /// Claims an address that is used at once, for example because a DHCP client has probed it.
    pub fn announce(
        now: Instant,
        address: Ipv4Addr,
        mac: MacAddress,
        defence: Defence,
        random: Random,
    ) -> Self {
        Self {
            address,
            mac,
            state: State::Announcing(0),
            defence,
            deadline: Some(now),
            defended: None,
            random,
        }
    }

    /// Returns whether the address may be used.
    #[inline]
    pub fn is_usable(&self) -> bool {
        matches!(self.state, State::Announcing(_))
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
                let probe = Arp::request(self.mac, Ipv4Addr::UNSPECIFIED, self.address);
                probe.broadcast(transmitter);
                self.state = State::Probing(sent + 1);
                let wait = if sent + 1 < PROBE_NUM {
                    jitter::between(&mut self.random, PROBE_MIN, PROBE_MAX)
                } else {
                    ANNOUNCE_WAIT
                };
                self.deadline = Some(now + wait);
            }
            State::Probing(_) => self.send_announcement(now, 1, transmitter),
            State::Announcing(sent) => self.send_announcement(now, sent + 1, transmitter),
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
        if arp.sender_mac == self.mac {
            return None;
        }
        let used = arp.sender == self.address;
        let probed = arp.operation == Operation::Request
            && arp.sender.is_unspecified()
            && arp.target == self.address;
        match self.state {
            State::Probing(_) if used || probed => Some(self.lose()),
            State::Announcing(_) if used => {
                let last = self.defended.replace(now);
                let recently = last.is_some_and(|last| now - last < DEFEND_INTERVAL);
                match self.defence {
                    Defence::Once if recently => return Some(self.lose()),
                    // Its next conflict is measured from the last announcement, not from this one.
                    Defence::Always if recently => self.defended = last,
                    _ => {
                        self.announcement().broadcast(transmitter);
                    }
                }
                Some(Conflict::Defended)
            }
            _ => None,
        }
    }

    fn send_announcement(&mut self, now: Instant, sent: u8, transmitter: &mut impl Transmit) {
        self.announcement().broadcast(transmitter);
        self.state = State::Announcing(sent);
        self.deadline = (sent < ANNOUNCE_NUM).then_some(now + ANNOUNCE_INTERVAL);
    }

    fn announcement(&self) -> Arp {
        Arp::request(self.mac, self.address, self.address)
    }

    fn lose(&mut self) -> Conflict {
        self.state = State::Lost;
        self.deadline = None;
        Conflict::Lost
    }
}
