//! The thread of the devices in a program with std: the only one on which the runtime's tasks run.

use core::{
    cell::Cell,
    sync::atomic::{AtomicBool, Ordering::Relaxed},
};
use std::thread_local;

/// Whether there is such a thread.
static EXISTS: AtomicBool = AtomicBool::new(false);

thread_local! {
    /// Whether this is the thread. It has no destructor, because it is read while the process exits.
    static IS_CURRENT: Cell<bool> = const { Cell::new(false) };
}

/// Makes this thread that of the devices.
pub(super) fn enter() {
    EXISTS.store(true, Relaxed);
    IS_CURRENT.set(true);
}

/// Returns whether this is the thread of the devices.
pub(super) fn is_current() -> bool {
    IS_CURRENT.get()
}

/// Panics on the program's own threads, on which no task would ever run.
#[track_caller]
pub(crate) fn assert_current() {
    assert!(
        is_current() || !EXISTS.load(Relaxed),
        "the tasks of `mirage_rt` and its `shutdown` are for devices: a program with std uses threads or an \
         executor of its own, and signals"
    );
}
