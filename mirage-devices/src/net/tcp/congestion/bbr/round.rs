//! Rounds: a round ends when data is delivered that was sent after it began (section 5.5.1).

use super::sample::Sample;

/// The rounds of a connection.
#[derive(Debug, Clone, Copy)]
pub struct Round {
    /// C.delivered, counted from the first acknowledgment that BBR sees.
    delivered: u64,
    /// BBR.next_round_delivered.
    end: u64,
    /// BBR.round_count.
    count: u32,
    is_start: bool,
}

impl Round {
    pub const fn new() -> Self {
        Self {
            delivered: 0,
            end: 0,
            count: 0,
            is_start: false,
        }
    }

    /// Counts delivered bytes. Returns how many there were before.
    pub fn add(&mut self, bytes: u32) -> u64 {
        let before = self.delivered;
        self.delivered += u64::from(bytes);
        self.is_start = false;
        before
    }

    /// Ends the round if the sample's data was sent in it. Returns whether it does.
    pub fn on_sample(&mut self, sample: &Sample) -> bool {
        self.is_start = sample.prior_delivered >= self.end;
        if self.is_start {
            self.count = self.count.wrapping_add(1);
            self.start();
        }
        self.is_start
    }

    /// BBRStartRound: a round begins now.
    pub const fn start(&mut self) {
        self.end = self.delivered;
    }

    /// Whether the acknowledgment that is processed begins a round.
    pub const fn is_start(&self) -> bool {
        self.is_start
    }

    /// The number of rounds.
    pub const fn count(&self) -> u32 {
        self.count
    }

    /// The bytes delivered so far.
    pub const fn delivered(&self) -> u64 {
        self.delivered
    }
}
