//! What bounds of all kinds have in common.

use crate::net::tcp::congestion::window::Window;

/// BBR.MinPipeCwnd, in segments.
const MIN_PIPE_SEGMENTS: u32 = 4;

/// BBR.Beta, in percent: what remains of a bound after a loss.
pub const BETA: u64 = 70;

/// What the pacing rate stays below the estimated bandwidth, in percent (BBR.PacingMarginPercent).
const PACING_MARGIN: u64 = 1;

/// The rate at which data is paced at a bandwidth.
pub const fn with_margin(bandwidth: u64) -> u64 {
    bandwidth - bandwidth / 100 * PACING_MARGIN
}

/// The bandwidth at which data is paced at a rate.
pub const fn without_margin(rate: u64) -> u64 {
    rate.saturating_add(rate / (100 - PACING_MARGIN) * PACING_MARGIN)
}

/// BBR.MinPipeCwnd.
pub const fn min_pipe_cwnd(window: &Window) -> u32 {
    MIN_PIPE_SEGMENTS * window.mss
}
