//! The host's request for shutdown: SIGTERM and SIGINT.

use super::{process, reactor::Watched};
use alloc::sync::Arc;
use core::sync::atomic::AtomicBool;
use signal_hook::{
    consts::{SIGINT, SIGTERM},
    flag, low_level,
};
use std::{
    io::{self, Read},
    os::unix::net::UnixStream,
};

/// Completes at the first SIGTERM or SIGINT after the call, so that `main` is not killed by one that
/// comes before it waits for the first time. A second signal ends the process immediately with the
/// status of a shell, 128 plus the signal's number.
pub(crate) fn shutdown_requested() -> impl Future<Output = ()> {
    let signals = listen().unwrap_or_else(|error| {
        process::fail(format_args!("cannot listen to signals: {error}"));
    });
    async move {
        // The other end is never closed, so only a signal makes this readable.
        let _ = signals
            .when_readable(|mut signals| signals.read(&mut [0]))
            .await;
    }
}

/// Returns a stream that becomes readable at the first signal.
fn listen() -> io::Result<Watched<UnixStream>> {
    let (signals, raised) = UnixStream::pair()?;
    signals.set_nonblocking(true)?;
    let again = Arc::new(AtomicBool::new(false));
    for signal in [SIGTERM, SIGINT] {
        // The order matters: the first signal sets what the second one checks.
        flag::register_conditional_shutdown(signal, 128 + signal, Arc::clone(&again))?;
        flag::register(signal, Arc::clone(&again))?;
        low_level::pipe::register(signal, raised.try_clone()?)?;
    }
    Watched::new(signals)
}
