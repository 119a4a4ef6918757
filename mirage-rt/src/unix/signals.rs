//! The host's wish that the process ends: SIGTERM and SIGINT.

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

/// Completes at the first SIGTERM or SIGINT. They are listened to from the first poll on; a
/// second one ends the process at once with the status that a shell gives it, 128 and the signal.
pub(crate) async fn shutdown_requested() {
    let signals = listen().unwrap_or_else(|error| {
        process::fail(format_args!("cannot listen to signals: {error}"));
    });
    // The other end lives as long as the process: nothing but a signal makes this readable.
    let _ = signals
        .when_readable(|mut signals| signals.read(&mut [0]))
        .await;
}

/// A stream that becomes readable with the first signal.
fn listen() -> io::Result<Watched<UnixStream>> {
    let (signals, raised) = UnixStream::pair()?;
    signals.set_nonblocking(true)?;
    let again = Arc::new(AtomicBool::new(false));
    for signal in [SIGTERM, SIGINT] {
        // In this order: what the first signal sets is there for the second.
        flag::register_conditional_shutdown(signal, 128 + signal, Arc::clone(&again))?;
        flag::register(signal, Arc::clone(&again))?;
        low_level::pipe::register(signal, raised.try_clone()?)?;
    }
    Watched::new(signals)
}
