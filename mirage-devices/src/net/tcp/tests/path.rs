//! A simulated path in one direction: delay, rate, queue, loss, reordering, duplication, MTU.

use crate::{
    net::ip::{Ecn, PacketHeader, ip_header_len},
    time::Instant,
};
use alloc::{collections::BTreeMap, vec::Vec};
use core::time::Duration;

/// What a path does to packets. Shares are in millionths.
#[derive(Debug, Clone, Copy)]
pub struct PathConfig {
    pub delay: Duration,
    pub jitter: Duration,
    /// Bytes per second; 0 is any number.
    pub rate: u64,
    /// Bytes that wait for the rate.
    pub queue: u64,
    pub loss: u32,
    pub reorder: u32,
    pub duplicate: u32,
    /// The share of ECN-capable packets that are marked.
    pub marks: u32,
    /// Whether the ECN field of all packets is cleared.
    pub clears_ecn: bool,
    /// Packets that are longer disappear.
    pub mtu: usize,
    /// Everything is lost from then on.
    pub dies_at: Option<Duration>,
}

impl Default for PathConfig {
    fn default() -> Self {
        Self {
            delay: Duration::from_micros(50),
            jitter: Duration::ZERO,
            rate: 100_000_000,
            queue: 1_000_000,
            loss: 0,
            reorder: 0,
            duplicate: 0,
            marks: 0,
            clears_ecn: false,
            mtu: 1500,
            dies_at: None,
        }
    }
}

/// A small generator of random numbers (xorshift64*).
#[derive(Debug, Clone)]
pub struct Noise(u64);

impl Noise {
    pub fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    pub fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d)
    }

    /// A number below `bound`.
    pub fn below(&mut self, bound: u64) -> u64 {
        (self.next() >> 11) % bound.max(1)
    }

    /// True for a share of a millionth each.
    pub fn hits(&mut self, share: u32) -> bool {
        self.below(1_000_000) < u64::from(share)
    }
}

/// A packet on its way.
#[derive(Debug, Clone)]
pub struct Sent {
    pub header: PacketHeader,
    pub payload: Vec<u8>,
}

impl Sent {
    /// The length of the packet.
    pub fn len(&self) -> usize {
        usize::from(ip_header_len(self.header.remote)) + self.payload.len()
    }
}

/// One direction.
#[derive(Debug)]
pub struct Path {
    pub config: PathConfig,
    noise: Noise,
    busy_until: Instant,
    /// By time of arrival, and number.
    arrivals: BTreeMap<(Instant, u64), Sent>,
    count: u64,
    pub dropped: u64,
}

impl Path {
    pub fn new(config: PathConfig, seed: u64) -> Self {
        Self {
            config,
            noise: Noise::new(seed),
            busy_until: Instant::BOOT,
            arrivals: BTreeMap::new(),
            count: 0,
            dropped: 0,
        }
    }

    /// How long a packet that is sent at `now` waits in the queue.
    pub fn queueing_delay(&self, now: Instant) -> Duration {
        self.busy_until.max(now) - now
    }

    pub fn send(&mut self, now: Instant, mut packet: Sent) {
        if self.config.clears_ecn {
            packet.header.ecn = Ecn::NotCapable;
        }
        let is_capable = packet.header.ecn != Ecn::NotCapable;
        if is_capable && self.noise.hits(self.config.marks) {
            packet.header.ecn = Ecn::CongestionExperienced;
        }
        let bytes = packet.len() as u64;
        let is_dead = self
            .config
            .dies_at
            .is_some_and(|at| now >= Instant::BOOT + at);
        let is_lost = self.noise.hits(self.config.loss);
        if is_dead || is_lost || bytes as usize > self.config.mtu {
            self.dropped += 1;
            return;
        }
        let mut at = now;
        if self.config.rate > 0 {
            let nanos = |bytes: u64| Duration::from_nanos(bytes * 1_000_000_000 / self.config.rate);
            let waiting = self.busy_until.max(now) - now;
            if waiting > nanos(self.config.queue) {
                self.dropped += 1;
                return;
            }
            self.busy_until = self.busy_until.max(now) + nanos(bytes);
            at = self.busy_until;
        }
        at = at + self.config.delay;
        let jitter = self.config.jitter.as_nanos() as u64;
        at = at + Duration::from_nanos(self.noise.below(jitter + 1));
        if self.noise.hits(self.config.reorder) {
            at = at + self.config.delay / 2 + Duration::from_micros(200);
        }
        if self.noise.hits(self.config.duplicate) {
            self.count += 1;
            let again = at + Duration::from_micros(10);
            self.arrivals.insert((again, self.count), packet.clone());
        }
        self.count += 1;
        self.arrivals.insert((at, self.count), packet);
    }

    pub fn next_arrival(&self) -> Option<Instant> {
        self.arrivals.keys().next().map(|(at, _)| *at)
    }

    pub fn receive(&mut self, now: Instant) -> Option<Sent> {
        let entry = self.arrivals.first_entry()?;
        (entry.key().0 <= now).then(|| entry.remove())
    }
}
