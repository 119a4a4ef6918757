//! The host: the unikernel as a process, for development and tests.
//!
//! Every driver has a stand-in here. The network is the host's own sockets, or, with
//! `--net tap=NAME`, the unikernel's own stack on a TAP device.

mod arguments;
pub(crate) mod block;
mod entry;
pub(crate) mod net;
pub mod no_main;
mod reactor;
mod scope;
mod signals;
pub mod test;
mod unparker;
mod virtual_time;

pub(crate) use self::{
    scope::{adopt, shutdown_request},
    signals::shutdown_requested,
    unparker::Unparker,
};
use crate::{device::StartError, executor::Executor, graph::Image, time::Instant};
use alloc::{boxed::Box, string::String};
use core::time::Duration;
use mirage_graph::target::Target;
use rustix::{
    process::{Resource, Rlimit, getrlimit, setrlimit},
    time::{ClockId, clock_gettime},
};
use std::{io::Write, sync::OnceLock, thread_local};

pub use self::entry::{start, start_with_arguments};

pub(crate) const TARGET: Target = Target::Unix;

thread_local! {
    /// Each thread has an executor of its own, so that tests can run beside each other. It lives
    /// as long as the process: wakers may outlive the thread.
    static EXECUTOR: &'static Executor = Box::leak(Box::new(Executor::new()));
}

pub(crate) fn executor() -> &'static Executor {
    EXECUTOR.with(|executor| *executor)
}

/// Nanoseconds of the host's monotonic clock since the process first asked; in a test, of its own.
pub(crate) fn now() -> Instant {
    if let Some(now) = virtual_time::now() {
        return now;
    }
    static BOOT: OnceLock<u64> = OnceLock::new();
    let now = nanoseconds(ClockId::Monotonic);
    Instant::from_nanos(now - BOOT.get_or_init(|| now))
}

pub(crate) fn wall_clock() -> Option<Duration> {
    virtual_time::wall_clock()
        .or_else(|| Some(Duration::from_nanos(nanoseconds(ClockId::Realtime))))
}

/// Wakes the tasks whose descriptors are ready, without waiting.
pub(crate) fn poll() {
    if !virtual_time::poll() {
        reactor::poll();
    }
}

/// Sleeps until a descriptor is ready, another thread unparks this one, or the deadline has come.
pub(crate) fn wait(deadline: Option<Instant>) {
    if !virtual_time::wait(deadline) {
        reactor::wait(deadline);
    }
}

fn nanoseconds(clock: ClockId) -> u64 {
    let time = clock_gettime(clock);
    u64::try_from(time.tv_sec).unwrap_or(0) * 1_000_000_000
        + u64::try_from(time.tv_nsec).unwrap_or(0)
}

/// Writes to standard output. An output that is closed loses what is printed, as a serial port
/// does that nobody listens to.
pub(crate) fn write_console(bytes: &[u8]) {
    if virtual_time::now().is_some() {
        // Which the test harness keeps until a test fails.
        return std::print!("{}", String::from_utf8_lossy(bytes));
    }
    let mut output = std::io::stdout().lock();
    let _ = output.write_all(bytes).and_then(|()| output.flush());
}

pub(crate) fn entropy(seed: &mut [u8; 32]) -> Result<(), StartError> {
    if test::fill_entropy(seed) {
        return Ok(());
    }
    let mut filled = 0;
    while filled < seed.len() {
        match rustix::rand::getrandom(&mut seed[filled..], rustix::rand::GetRandomFlags::empty()) {
            Ok(count) => filled += count,
            Err(rustix::io::Errno::INTR) => {}
            Err(error) => {
                return Err(StartError::new(alloc::format!(
                    "the host has no entropy: {error}"
                )));
            }
        }
    }
    Ok(())
}

/// What the process does before the graph starts.
pub(crate) fn initialise(image: &Image) {
    if !image.is_declared_for(TARGET.name()) {
        fail(format_args!(
            "`{}` is not declared for the target `unix`, but for: {}",
            image.name,
            image.targets.join(", ")
        ));
    }
    grow_stack(image.stack);
}

/// Lets the main thread's stack grow to so much, where the host allows less and lets us.
fn grow_stack(bytes: u64) {
    let limit = getrlimit(Resource::Stack);
    if limit.current.is_some_and(|current| current < bytes) {
        let current = Some(limit.maximum.map_or(bytes, |maximum| maximum.min(bytes)));
        if let Err(error) = setrlimit(Resource::Stack, Rlimit { current, ..limit }) {
            log::warn!("the stack does not have the declared size: {error}");
        }
    }
}

pub(crate) fn exit(status: u8) -> ! {
    std::process::exit(i32::from(status))
}

/// Ends the process because the host does not let it run.
fn fail(cause: impl core::fmt::Display) -> ! {
    let _ = writeln!(std::io::stderr(), "error: {cause}");
    exit(1)
}
