//! Ctrl-C, for commands that have something to do before they end.

use signal_hook::{
    consts::{SIGHUP, SIGINT, SIGTERM},
    flag, low_level,
};
use std::{
    io::{self, Read},
    os::unix::net::UnixStream,
    sync::{Arc, atomic::AtomicBool},
};

/// Waits for the first SIGINT or SIGTERM, or SIGHUP when the terminal is closed. The second SIGINT or SIGTERM ends the tool,
/// and with it its children.
pub struct Interrupt(UnixStream);

impl Interrupt {
    /// Listens to the signals. If it `ends_at_once`, the first one ends the tool.
    pub fn new(ends_at_once: bool) -> io::Result<Self> {
        let (signals, raised) = UnixStream::pair()?;
        let again = Arc::new(AtomicBool::new(ends_at_once));
        // The shell and the kernel may send both a SIGHUP.
        low_level::pipe::register(SIGHUP, raised.try_clone()?)?;
        for signal in [SIGINT, SIGTERM] {
            // The order matters: the first signal sets what the second one checks.
            flag::register_conditional_shutdown(signal, 128 + signal, Arc::clone(&again))?;
            flag::register(signal, Arc::clone(&again))?;
            low_level::pipe::register(signal, raised.try_clone()?)?;
        }
        Ok(Self(signals))
    }

    /// Waits for the first signal. Returns whether it came.
    pub fn wait(mut self) -> bool {
        self.0.read_exact(&mut [0]).is_ok()
    }
}
