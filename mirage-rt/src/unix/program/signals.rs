//! SIGTERM and SIGINT, as long as the program has no handler of its own.
//!
//! A program that installs one, as `tokio::signal::ctrl_c` does, gets the signal instead. Some libraries call the
//! handler that was there before.

use super::super::{process, reactor::Watched};
use core::{
    ffi::c_int,
    mem::MaybeUninit,
    ptr,
    sync::atomic::{AtomicBool, AtomicI32, Ordering::SeqCst},
};
use rustix::event::{EventfdFlags, eventfd};
use std::{
    io,
    os::fd::{AsRawFd, BorrowedFd},
};

const SIGNALS: [c_int; 2] = [libc::SIGTERM, libc::SIGINT];

/// The event that the first signal raises. It is never closed.
static RAISED: AtomicI32 = AtomicI32::new(-1);
/// Whether a signal has come.
static AGAIN: AtomicBool = AtomicBool::new(false);

/// Installs the handlers.
pub(super) fn install() {
    let install = || -> io::Result<()> {
        let event = eventfd(0, EventfdFlags::CLOEXEC | EventfdFlags::NONBLOCK)?;
        RAISED.store(event.as_raw_fd(), SeqCst);
        core::mem::forget(event);
        SIGNALS.into_iter().try_for_each(handle)
    };
    if let Err(error) = install() {
        process::fail(format_args!("cannot listen to signals: {error}"));
    }
}

fn handle(signal: c_int) -> io::Result<()> {
    // SAFETY: all zeroes are a valid value.
    let mut action: libc::sigaction = unsafe { MaybeUninit::zeroed().assume_init() };
    action.sa_sigaction = handler();
    // The program's own calls continue, as if there were no signal.
    action.sa_flags = libc::SA_RESTART | libc::SA_ONSTACK;
    // SAFETY: the handler calls only functions that are safe in handlers, and `action` is valid.
    match unsafe { libc::sigaction(signal, &action, ptr::null_mut()) } {
        0 => Ok(()),
        _ => Err(io::Error::last_os_error()),
    }
}

fn handler() -> libc::sighandler_t {
    raise as extern "C" fn(c_int) as libc::sighandler_t
}

/// Requests shutdown, or at the second signal ends the process with the status of a shell.
extern "C" fn raise(signal: c_int) {
    if !is_installed(signal) {
        return;
    }
    if AGAIN.swap(true, SeqCst) {
        // SAFETY: the call has no conditions.
        unsafe { libc::_exit(128 + signal) }
    }
    let one = 1_u64.to_ne_bytes();
    // SAFETY: the bytes are valid; the code that is interrupted keeps its `errno`.
    unsafe {
        let errno = libc::__errno_location();
        let saved = *errno;
        libc::write(RAISED.load(SeqCst), one.as_ptr().cast(), one.len());
        *errno = saved;
    }
}

/// Returns whether the signal still has this handler.
fn is_installed(signal: c_int) -> bool {
    let mut current = MaybeUninit::<libc::sigaction>::zeroed();
    // SAFETY: a place for the answer, of which all zeroes are a valid value.
    unsafe {
        libc::sigaction(signal, ptr::null(), current.as_mut_ptr()) == 0
            && current.assume_init().sa_sigaction == handler()
    }
}

/// Completes at the first signal.
pub(super) async fn shutdown_requested() {
    // SAFETY: the event is never closed.
    let event = unsafe { BorrowedFd::borrow_raw(RAISED.load(SeqCst)) };
    let watched = Watched::new(event).unwrap_or_else(|error| {
        process::fail(format_args!("cannot listen to signals: {error}"));
    });
    let read = |event: &BorrowedFd<'_>| Ok(rustix::io::read(event, &mut [0_u8; 8])?);
    let _ = watched.when_readable(read).await;
}
