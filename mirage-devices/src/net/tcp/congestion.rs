//! Congestion control: how much may be in flight.

mod bbr;
mod cubic;
mod hystart;
mod reno;
mod window;

use crate::{allocation::boxed, time::Instant};
use alloc::boxed::Box;
use bbr::Bbr;
use core::{fmt, time::Duration};
use cubic::Cubic;
use reno::Reno;

pub use window::{Ack, Congestion, Window};

/// An algorithm of congestion control.
///
/// It is a pair of pointers and not an enum, so that an image has the code of the algorithms that its
/// configuration names, and of no other.
#[derive(Clone, Copy)]
pub struct Algorithm {
    name: &'static str,
    start: Start,
    responds_to_ecn: bool,
}

/// Starts an algorithm for a connection; `None` if memory is exhausted.
type Start = fn() -> Option<Box<dyn Congestion>>;

impl Algorithm {
    /// CUBIC (RFC 9438) with HyStart++ (RFC 9406).
    pub const CUBIC: Self = Self::new("cubic", || Some(boxed(Cubic::new())?));

    /// Reno (RFC 5681, RFC 6582).
    pub const RENO: Self = Self::new("reno", || Some(boxed(Reno)?));

    /// BBR, version 3 (draft-ietf-ccwg-bbr). The draft defines no response to the marks of RFC 3168.
    pub const BBR: Self = Self {
        responds_to_ecn: false,
        ..Self::new("bbr", || Some(boxed(Bbr::new())?))
    };

    /// Creates an algorithm from its name and what starts it for a connection, which returns `None` if memory is
    /// exhausted.
    pub const fn new(name: &'static str, start: fn() -> Option<Box<dyn Congestion>>) -> Self {
        Self {
            name,
            start,
            responds_to_ecn: true,
        }
    }

    /// Whether it takes a mark of congestion (RFC 3168) as a loss. Otherwise its connections do not use ECN.
    pub const fn responds_to_ecn(&self) -> bool {
        self.responds_to_ecn
    }

    /// Returns its name, which is that of Linux for those that Linux has.
    pub const fn name(&self) -> &'static str {
        self.name
    }
}

impl PartialEq for Algorithm {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}

impl Eq for Algorithm {}

impl fmt::Debug for Algorithm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name)
    }
}

/// The algorithm of a connection, with its state. A copy restores it if a loss was spurious.
pub enum Controller {
    /// The window has not limited the sender, which it never does on most connections, or there was no memory for
    /// the state. The window does not grow then.
    Unused(Start),
    /// The state of the algorithm.
    Used(Box<dyn Congestion>),
}

impl Controller {
    pub const fn new(algorithm: Algorithm) -> Self {
        Self::Unused(algorithm.start)
    }

    /// The rate at which data should leave, in bytes per second; `None` if the sender chooses it.
    #[inline]
    pub fn pacing_rate(&self) -> Option<u64> {
        match self {
            Self::Unused(_) => None,
            Self::Used(state) => state.pacing_rate(),
        }
    }

    pub fn on_ack(&mut self, window: &mut Window, ack: &Ack) {
        if let Some(state) = self.state() {
            state.on_ack(window, ack);
        }
    }

    pub fn on_loss(&mut self, window: &mut Window, now: Instant, in_flight: u32) {
        match self.state() {
            Some(state) => state.on_loss(window, now, in_flight),
            None => window.halve(in_flight),
        }
    }

    pub fn on_timeout(&mut self, window: &mut Window, now: Instant, in_flight: u32) {
        match self.state() {
            Some(state) => state.on_timeout(window, now, in_flight),
            None => window.halve(in_flight),
        }
    }

    pub fn on_lost(&mut self, bytes: u32) {
        if let Self::Used(state) = self {
            state.on_lost(bytes);
        }
    }

    pub fn on_recovery_end(&mut self, window: &mut Window) {
        if let Self::Used(state) = self {
            state.on_recovery_end(window);
        }
    }

    /// Returns to the state before a loss that was none.
    pub fn undo(&mut self, before: Self, window: &mut Window) {
        match self {
            Self::Used(state) if state.models_path() => state.on_spurious_loss(window),
            _ => *self = before,
        }
    }

    /// Whether it has begun to set the window by a model of the path.
    #[inline]
    pub fn models_path(&self) -> bool {
        match self {
            Self::Unused(_) => false,
            Self::Used(state) => state.models_path(),
        }
    }

    pub fn on_idle(&mut self, idle: Duration) {
        if let Self::Used(state) = self {
            state.on_idle(idle);
        }
    }

    /// Returns the state; `None` if memory for it is exhausted.
    fn state(&mut self) -> Option<&mut dyn Congestion> {
        if let Self::Unused(start) = self {
            *self = Self::Used(start()?);
        }
        match self {
            Self::Used(state) => Some(&mut **state),
            Self::Unused(_) => None,
        }
    }

    /// Returns a copy; `None` if memory for it is exhausted.
    pub fn copy(&self) -> Option<Self> {
        Some(match self {
            Self::Unused(start) => Self::Unused(*start),
            Self::Used(state) => Self::Used(state.boxed()?),
        })
    }
}

impl fmt::Debug for Controller {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Controller").finish_non_exhaustive()
    }
}
