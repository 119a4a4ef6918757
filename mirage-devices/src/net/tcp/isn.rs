//! Initial sequence numbers (RFC 6528) and timestamps (RFC 7323, section 5.4).

use super::{flow::Flow, secret::Secrets, seq::SeqNumber};
use crate::time::Instant;

/// The initial sequence number of a connection: a clock of 4 µs and a secret for each flow, so that
/// it cannot be guessed and a new connection does not overlap an old one.
pub fn initial_sequence_number(secrets: &Secrets, flow: &Flow, now: Instant) -> SeqNumber {
    let clock = (now.as_nanos() / 4000) as u32;
    SeqNumber(clock.wrapping_add(secrets.sequence.hash_flow(flow, 0) as u32))
}

/// Returns the offset of the timestamps of a flow, which hides the uptime.
pub fn timestamp_offset(secrets: &Secrets, flow: &Flow) -> u32 {
    secrets.timestamps.hash_flow(flow, 0) as u32
}

/// The timestamp of a flow with `offset`: a clock of a millisecond.
pub fn timestamp(now: Instant, offset: u32) -> u32 {
    ((now.as_nanos() / 1_000_000) as u32).wrapping_add(offset)
}
