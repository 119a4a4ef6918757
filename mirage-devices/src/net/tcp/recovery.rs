//! Recovery from loss, and its reversal if the loss was spurious.

use super::{
    congestion::{Controller, Window},
    prr::Prr,
    seq::SeqNumber,
};

/// The phase of recovery, which determines how much may be sent.
#[derive(Debug, Clone, Copy)]
pub enum Phase {
    /// RACK found losses: proportional rate reduction limits what may be sent.
    Fast(Prr),
    /// The retransmission timer expired: slow start.
    Timeout {
        /// Whether the timeout is the first of its series, which may have been spurious (F-RTO,
        /// RFC 5682).
        is_first: bool,
    },
    /// Recovery has ended, but can still be undone.
    Over,
}

/// The state before a loss, to undo the reaction to it (RFC 4015).
#[derive(Debug)]
pub struct Undo {
    window: Window,
    controller: Controller,
    /// Bytes that were sent again and that the peer has not reported as duplicates.
    retransmitted: u32,
    /// Whether anything was sent again.
    has_retransmitted: bool,
    /// The timestamp of the first retransmission (RFC 3522).
    first_timestamp: Option<u32>,
    /// The peer has reported congestion meanwhile.
    keeps_reduction: bool,
}

impl Undo {
    /// Saves the state before a loss; `None` if memory is exhausted.
    pub fn new(window: &Window, controller: &Controller) -> Option<Self> {
        Some(Self {
            window: *window,
            controller: controller.copy()?,
            retransmitted: 0,
            has_retransmitted: false,
            first_timestamp: None,
            keeps_reduction: false,
        })
    }

    /// Leaves the window reduced even if nothing was lost: the peer has reported congestion.
    pub fn keep_reduction(&mut self) {
        self.keeps_reduction = true;
    }

    /// Restores the state before the loss, unless there was congestion.
    pub fn restore(self, window: &mut Window, controller: &mut Controller) {
        if self.keeps_reduction {
            return;
        }
        window.cwnd = window.cwnd.max(self.window.cwnd);
        window.ssthresh = window.ssthresh.max(self.window.ssthresh);
        controller.undo(self.controller, window);
    }

    /// Bytes were sent again, with a timestamp if there are any.
    pub fn on_retransmit(&mut self, bytes: u32, timestamp: Option<u32>) {
        self.retransmitted += bytes;
        self.has_retransmitted = true;
        self.first_timestamp = self.first_timestamp.or(timestamp);
    }

    /// Whether anything was sent again.
    pub fn has_retransmitted(&self) -> bool {
        self.has_retransmitted
    }

    /// The peer received `bytes` twice (DSACK, RFC 3708). Returns whether all retransmissions were
    /// spurious.
    pub fn on_duplicate(&mut self, bytes: u32) -> bool {
        if self.retransmitted == 0 {
            return false;
        }
        self.retransmitted = self.retransmitted.saturating_sub(bytes);
        self.retransmitted == 0
    }

    /// Whether an acknowledgment that echoes `timestamp` is for the first transmission (the Eifel
    /// detection algorithm, RFC 3522).
    pub fn is_for_original(&self, echo: u32) -> bool {
        self.first_timestamp
            .is_some_and(|first| SeqNumber(echo).is_before(SeqNumber(first)))
    }
}

/// A recovery.
#[derive(Debug)]
pub struct Recovery {
    /// Its phase.
    pub phase: Phase,
    /// Recovery is over when this is acknowledged (RecoveryPoint).
    pub end: SeqNumber,
    /// How to undo it.
    pub undo: Undo,
}

impl Recovery {
    /// Returns whether it is in progress.
    pub fn is_active(&self) -> bool {
        !matches!(self.phase, Phase::Over)
    }
}
