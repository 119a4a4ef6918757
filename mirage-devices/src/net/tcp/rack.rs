//! RACK: loss detection by time (RFC 8985). Data is lost if other data that was sent later, by more
//! than a reordering window, is delivered.

use super::{
    nanos::Nanos,
    scoreboard::Scoreboard,
    sent_data::{Delivered, Record},
    seq::SeqNumber,
};
use crate::time::Instant;

/// After how many recoveries without DSACK the reordering window becomes small again.
const WINDOW_PERSISTS: u8 = 16;

/// Segments that must have been received out of order for loss without waiting (DupThresh).
const DUP_THRESHOLD: u32 = 3;

/// The result of loss detection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Losses {
    /// Bytes newly found to be lost.
    pub bytes: u32,
    /// When late data counts as lost.
    pub next: Option<Instant>,
}

/// The state of RACK.
#[derive(Debug, Clone, Copy)]
pub struct Rack {
    /// When the most recently sent of the delivered data was sent; `None` if none was delivered.
    sent_at: Option<Instant>,
    /// The end of that data.
    end: SeqNumber,
    /// The round-trip time of that data.
    rtt: Nanos,
    /// Reordering was seen on the path.
    reordering_seen: bool,
    /// The reordering window in quarters of the smallest round-trip time.
    multiplier: u8,
    /// Recoveries until the multiplier is 1 again.
    persists: u8,
    /// Until this is acknowledged, further DSACKs do not widen the window.
    dsack_round: Option<SeqNumber>,
}

impl Rack {
    pub const fn new() -> Self {
        Self {
            sent_at: None,
            end: SeqNumber(0),
            rtt: Nanos::ZERO,
            reordering_seen: false,
            multiplier: 1,
            persists: 0,
            dsack_round: None,
        }
    }

    /// Returns whether it knows that the path reorders segments.
    pub fn knows_the_path(&self) -> bool {
        self.reordering_seen || self.multiplier > 1
    }

    /// Notes that data was delivered at `now` (section 6.2, steps 1 to 3). `echo_is_old` is whether the
    /// echoed timestamp is older than the newest data's last transmission.
    pub fn on_delivered(
        &mut self,
        now: Instant,
        delivered: &Delivered,
        min_rtt: Option<Nanos>,
        echo_is_old: bool,
    ) {
        self.reordering_seen |= delivered.reordered;
        let Some(newest) = delivered.newest else {
            return;
        };
        let rtt = Nanos::between(newest.sent_at, now);
        // The acknowledgment may be for the first transmission, not the last.
        let is_ambiguous =
            newest.retransmitted && (echo_is_old || min_rtt.is_some_and(|min| rtt < min));
        let newest = match delivered.newest_original {
            Some(original) if is_ambiguous => original,
            None if is_ambiguous => return,
            _ => newest,
        };
        let rtt = Nanos::between(newest.sent_at, now);
        if self
            .sent_at
            .is_none_or(|sent_at| newest.was_sent_after(sent_at, self.end))
        {
            self.sent_at = Some(newest.sent_at);
            self.end = newest.end;
        }
        self.rtt = rtt;
    }

    /// Notes that all data in flight was delivered, and had been sent once.
    pub fn on_all_delivered(&mut self, newest: &Record, rtt: Nanos) {
        self.sent_at = Some(newest.sent_at);
        self.end = newest.end;
        self.rtt = rtt;
    }

    /// Notes that data which was sent again had only been late.
    pub fn on_reordering(&mut self) {
        self.reordering_seen = true;
    }

    /// Widens the window after the peer has reported a duplicate: the retransmitted data had only been
    /// late (section 6.2, step 4).
    /// `una` and `nxt` are the oldest byte in flight and the next one to send.
    pub fn on_dsack(&mut self, una: SeqNumber, nxt: SeqNumber) {
        if self.dsack_round.is_some_and(|end| una.is_before(end)) {
            return;
        }
        self.dsack_round = Some(nxt);
        self.multiplier = self.multiplier.saturating_add(1);
        self.persists = WINDOW_PERSISTS;
    }

    /// Notes that a recovery has ended.
    pub fn on_recovery_end(&mut self) {
        self.persists = self.persists.saturating_sub(1);
        if self.persists == 0 {
            self.multiplier = 1;
        }
    }

    /// Returns the reordering window (RACK_update_reo_wnd).
    fn reordering_window(
        &self,
        scoreboard: &Scoreboard,
        in_recovery: bool,
        mss: u32,
        min_rtt: Option<Nanos>,
        smoothed: Option<Nanos>,
    ) -> Nanos {
        if !self.reordering_seen && (in_recovery || scoreboard.sacked() >= DUP_THRESHOLD * mss) {
            return Nanos::ZERO;
        }
        let quarter = min_rtt.unwrap_or_default() / 4;
        (quarter * u64::from(self.multiplier)).min(smoothed.unwrap_or_default())
    }

    /// Marks data as lost (section 6.2, step 5).
    pub fn detect(
        &self,
        now: Instant,
        scoreboard: &mut Scoreboard,
        in_recovery: bool,
        mss: u32,
        min_rtt: Option<Nanos>,
        smoothed: Option<Nanos>,
    ) -> Losses {
        let Some(sent_at) = self.sent_at else {
            return Losses {
                bytes: 0,
                next: None,
            };
        };
        let window = self.reordering_window(scoreboard, in_recovery, mss, min_rtt, smoothed);
        let mut next: Option<Instant> = None;
        let bytes = scoreboard.mark_lost(sent_at, self.end, |record| {
            let lost_at = record.sent_at + self.rtt + window;
            if lost_at <= now {
                return true;
            }
            next = Some(next.map_or(lost_at, |next| next.min(lost_at)));
            false
        });
        Losses { bytes, next }
    }
}
