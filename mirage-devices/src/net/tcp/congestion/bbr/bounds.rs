//! What bounds of all kinds have in common.

use crate::net::tcp::congestion::window::Window;

/// BBR.MinPipeCwnd, in segments.
const MIN_PIPE_SEGMENTS: u32 = 4;

/// BBR.Beta, in percent: what remains of a bound after a loss.
pub const BETA: u64 = 70;

/// BBR.MinPipeCwnd.
pub const fn min_pipe_cwnd(window: &Window) -> u32 {
    MIN_PIPE_SEGMENTS * window.mss
}
