//! How often a closed port answers.

use crate::time::Instant;
use core::time::Duration;

/// Refusals of SYNs to closed ports in the current second.
#[derive(Debug)]
pub(super) struct Refusals {
    second: Instant,
    given: u32,
}

/// Refusals (RST) that are sent in one second at most, so that a scan or a flood of forged SYNs does
/// not make this host send as much.
const MAX_REFUSALS: u32 = 100;

impl Default for Refusals {
    fn default() -> Self {
        Self {
            second: Instant::BOOT,
            given: 0,
        }
    }
}

impl Refusals {
    /// Whether one more may be given.
    pub(super) fn allow(&mut self, now: Instant) -> bool {
        if now - self.second >= Duration::from_secs(1) {
            *self = Self {
                second: now,
                given: 0,
            };
        }
        self.given += 1;
        self.given <= MAX_REFUSALS
    }
}
