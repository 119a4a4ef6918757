//! Duplicate address detection (RFC 4862, section 5.4) of an IPv6 address of this host, also while it is
//! used already (RFC 4429).

use super::{
    arp::MacAddress,
    claim::{ClaimStatus, Claiming, Conflict},
    ndp,
};
use crate::{
    net::{jitter, link::Transmit},
    random::Random,
    time::Instant,
};
use core::{net::Ipv6Addr, time::Duration};

/// The maximum delay before the first solicitation: MAX_RTR_SOLICITATION_DELAY.
const MAX_DELAY: Duration = Duration::from_secs(1);

/// How many solicitations are sent: DupAddrDetectTransmits.
const TRANSMITS: u8 = 1;

/// The time that others have to answer each of them: RETRANS_TIMER.
const RETRANSMIT: Duration = Duration::from_secs(1);

/// How often a conflict is reported again.
const REPORT_INTERVAL: Duration = Duration::from_secs(10);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    /// How many solicitations have been sent.
    Detecting(u8),
    Unique,
    Lost,
}

/// An address of this host, and whether another host has it.
#[derive(Debug)]
pub struct Detection {
    address: Ipv6Addr,
    mac: MacAddress,
    state: State,
    is_usable: bool,
    deadline: Option<Instant>,
    reported: Option<Instant>,
}

impl Detection {
    /// Begins with an address of the host with the MAC address `mac`.
    pub fn new(
        now: Instant,
        address: Ipv6Addr,
        mac: MacAddress,
        claiming: Claiming,
        random: &mut Random,
    ) -> Self {
        let delay = match claiming {
            Claiming::Tentative => jitter::between(random, Duration::ZERO, MAX_DELAY),
            Claiming::Optimistic => Duration::ZERO,
        };
        Self {
            address,
            mac,
            state: State::Detecting(0),
            is_usable: claiming == Claiming::Optimistic,
            deadline: Some(now + delay),
            reported: None,
        }
    }

    /// Returns whether the address may be used.
    #[inline]
    pub fn is_usable(&self) -> bool {
        self.is_usable
    }

    /// Returns whether advertisements replace what others know about the address. Those of an address
    /// that another host may have do not (RFC 4429, section 3.3).
    pub fn overrides(&self) -> bool {
        self.state == State::Unique
    }

    /// Returns whether the address may be used.
    pub fn status(&self) -> ClaimStatus {
        match self.state {
            State::Lost => ClaimStatus::Lost,
            _ if self.is_usable => ClaimStatus::Usable,
            _ => ClaimStatus::Tentative,
        }
    }

    /// Notes that another host uses the address, or wants to.
    pub fn on_conflict(&mut self, now: Instant) -> Conflict {
        if matches!(self.state, State::Detecting(_)) {
            self.state = State::Lost;
            self.is_usable = false;
            self.deadline = None;
            return Conflict::Lost;
        }
        let recently = self
            .reported
            .is_some_and(|last| now - last < REPORT_INTERVAL);
        if self.state == State::Lost || recently {
            return Conflict::Repeated;
        }
        self.reported = Some(now);
        Conflict::Defended
    }

    /// Sends the solicitation that is due, or announces the address that nobody else has.
    pub fn expire(&mut self, now: Instant, transmitter: &mut impl Transmit) {
        if self.deadline.is_none_or(|deadline| now < deadline) {
            return;
        }
        match self.state {
            State::Detecting(sent) if sent < TRANSMITS => {
                ndp::detect(self.address, self.mac, transmitter);
                self.state = State::Detecting(sent + 1);
                self.deadline = Some(now + RETRANSMIT);
            }
            State::Detecting(_) => {
                self.state = State::Unique;
                self.is_usable = true;
                self.deadline = None;
                // For those who knew the address of another machine with it (RFC 4861, section 7.2.6).
                ndp::advertise((self.address, self.mac), None, true, transmitter);
            }
            State::Unique | State::Lost => self.deadline = None,
        }
    }

    /// Returns when [`expire`](Self::expire) is to be called next.
    pub fn next_deadline(&self) -> Option<Instant> {
        self.deadline
    }
}
