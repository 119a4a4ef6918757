//! Where the cycle of probing is.

use crate::{net::tcp::congestion::window::Ack, time::Instant};
use core::time::Duration;

/// The state of the cycle.
#[derive(Debug, Clone, Copy)]
pub struct Probing {
    /// The acknowledgments are of data that was sent to probe, and the probe is over (ACKS_PROBE_STOPPING of the draft).
    pub is_stopping: bool,
    /// BBR.bw_probe_samples: losses are those of a probe.
    pub is_sampling: bool,
    /// BBR.probe_up_cnt: the bytes to deliver before the bound grows by a segment.
    pub up_step: u32,
    /// BBR.bw_probe_up_acks, in bytes.
    pub up_delivered: u32,
    /// BBR.bw_probe_up_rounds.
    pub up_rounds: u32,
    /// BBR.rounds_since_bw_probe.
    pub rounds: u32,
    /// BBR.bw_probe_wait.
    pub wait: Duration,
    /// BBR.cycle_stamp.
    pub since: Instant,
}

impl Probing {
    pub const fn new() -> Self {
        Self {
            is_stopping: false,
            is_sampling: false,
            up_step: u32::MAX,
            up_delivered: 0,
            up_rounds: 0,
            rounds: 0,
            wait: Duration::ZERO,
            since: Instant::BOOT,
        }
    }

    /// BBRPickProbeWait: two to three seconds, so that flows do not probe at the same time. What differs between
    /// flows are the time and the sequence number.
    pub fn pick_wait(&mut self, ack: &Ack) {
        let number = ack.now.as_nanos() ^ (u64::from(ack.una.0) << 16);
        let number = number.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 32;
        self.rounds = (number & 1) as u32;
        self.wait = Duration::from_secs(2) + Duration::from_millis(number % 1000);
    }
}

/// The progress of ProbeRTT.
#[derive(Debug, Clone, Copy)]
pub struct ProbeRtt {
    /// When it may end; `None` until little is in flight.
    pub done_at: Option<Instant>,
    /// A round has passed with little in flight.
    pub round_done: bool,
}

impl ProbeRtt {
    pub const fn new() -> Self {
        Self {
            done_at: None,
            round_done: false,
        }
    }
}
