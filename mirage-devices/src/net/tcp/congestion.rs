//! Congestion control: how much may be in flight.

mod cubic;
mod hystart;
mod reno;
mod window;

use cubic::Cubic;
use reno::Reno;

pub use window::{Ack, Congestion, Window};

/// The algorithms that can be chosen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Algorithm {
    /// CUBIC (RFC 9438) with HyStart++ (RFC 9406).
    #[default]
    Cubic,
    /// Reno (RFC 5681, RFC 6582).
    Reno,
}

/// The algorithm of a connection, with its state. A copy restores it if a loss was none.
#[derive(Debug, Clone, Copy)]
pub enum Controller {
    Cubic(Cubic),
    Reno(Reno),
}

impl Controller {
    pub fn new(algorithm: Algorithm) -> Self {
        match algorithm {
            Algorithm::Cubic => Self::Cubic(Cubic::new()),
            Algorithm::Reno => Self::Reno(Reno),
        }
    }

    /// The rate at which data should leave, in bytes per second; `None` if the sender chooses it.
    #[inline]
    pub fn pacing_rate(&self) -> Option<u64> {
        match self {
            Self::Cubic(cubic) => cubic.pacing_rate(),
            Self::Reno(reno) => reno.pacing_rate(),
        }
    }

    pub fn algorithm(&mut self) -> &mut dyn Congestion {
        match self {
            Self::Cubic(cubic) => cubic,
            Self::Reno(reno) => reno,
        }
    }
}
