//! The time of a test: it stands still while a task is ready, and jumps to the next deadline when
//! none is.

use crate::time::Instant;
use core::{cell::Cell, time::Duration};
use std::thread_local;

/// The date at which every test begins: 2026-01-01T00:00:00Z.
const EPOCH: Duration = Duration::from_secs(1_767_225_600);

/// Turns of the executor after which a test is taken to run for ever.
const MAX_TURNS: u32 = 5_000_000;

thread_local! {
    /// Of a thread that runs a test.
    static NOW: Cell<Option<Instant>> = const { Cell::new(None) };
    static TURNS: Cell<u32> = const { Cell::new(0) };
}

/// Gives this thread a time of its own.
pub(super) fn begin() {
    NOW.set(Some(Instant::BOOT));
}

/// This thread's time, if it has one of its own.
pub(super) fn now() -> Option<Instant> {
    NOW.get()
}

/// The date that belongs to it.
pub(super) fn wall_clock() -> Option<Duration> {
    now().map(|now| EPOCH + Duration::from_nanos(now.as_nanos()))
}

/// A task is ready: time stands still. False if this thread has no time of its own.
pub(super) fn poll() -> bool {
    if now().is_none() {
        return false;
    }
    let turns = TURNS.get() + 1;
    TURNS.set(turns);
    assert!(
        turns < MAX_TURNS,
        "the test does not end: a task is always ready, or the clock wakes one again and again \
         (after {MAX_TURNS} turns of the executor)"
    );
    true
}

/// No task is ready: it becomes `deadline`. False if this thread has no time of its own.
pub(super) fn wait(deadline: Option<Instant>) -> bool {
    if !poll() {
        return false;
    }
    let deadline = deadline.expect(
        "the test waits for what never comes: no task is ready, and none waits for the clock",
    );
    NOW.set(NOW.get().max(Some(deadline)));
    true
}
