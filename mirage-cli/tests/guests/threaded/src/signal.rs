//! The host's request for shutdown, as a signal.

use std::{
    ffi::c_int,
    process::ExitCode,
    sync::atomic::{AtomicI32, Ordering},
    thread,
    time::Duration,
};

const SIGINT: c_int = 2;
const SIGTERM: c_int = 15;

unsafe extern "C" {
    fn signal(signal: c_int, handler: extern "C" fn(c_int)) -> usize;
    fn raise(signal: c_int) -> c_int;
}

static RECEIVED: AtomicI32 = AtomicI32::new(0);

extern "C" fn handle(signal: c_int) {
    RECEIVED.store(signal, Ordering::SeqCst);
}

/// Waits for a signal, and returns its number.
pub fn wait() -> ExitCode {
    for number in [SIGINT, SIGTERM] {
        // SAFETY: the handler only stores a number.
        unsafe { signal(number, handle) };
    }
    // SAFETY: there is a handler.
    unsafe { raise(SIGINT) };
    println!("raised {}", RECEIVED.swap(0, Ordering::SeqCst));
    println!("it waits");
    while RECEIVED.load(Ordering::SeqCst) == 0 {
        // The handler interrupts it, and then it continues.
        thread::sleep(Duration::from_millis(50));
    }
    let received = RECEIVED.load(Ordering::SeqCst);
    println!("received {received}");
    ExitCode::from(received as u8)
}
