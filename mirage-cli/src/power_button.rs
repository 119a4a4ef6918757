//! Ctrl-C presses the power button of a machine.

use rustix::io::{FdFlags, fcntl_setfd};
use signal_hook::{
    consts::{SIGINT, SIGTERM},
    flag, low_level,
};
use std::{
    io::{self, Read, Write},
    os::{fd::AsRawFd, unix::net::UnixStream},
    sync::{Arc, atomic::AtomicBool},
    thread,
    time::Duration,
};

/// How long the button is released.
const AGAIN: Duration = Duration::from_secs(1);

/// Presses the power button at the first SIGINT or SIGTERM. The second one ends the tool, and with it the
/// machine. Without a button the first one does.
pub struct PowerButton {
    /// QEMU's monitor.
    monitor: UnixStream,
    /// Its other end, which the machine inherits.
    _inherited: UnixStream,
    /// Becomes readable at the first signal.
    signals: UnixStream,
}

impl PowerButton {
    /// Listens to signals, and returns the option of QEMU that connects its monitor. QEMU must not get the
    /// signals itself: it would end at once.
    pub fn new(has_button: bool) -> io::Result<(Self, [String; 4])> {
        let (monitor, inherited) = UnixStream::pair()?;
        fcntl_setfd(&inherited, FdFlags::empty())?;
        let (signals, raised) = UnixStream::pair()?;
        let again = Arc::new(AtomicBool::new(!has_button));
        for signal in [SIGINT, SIGTERM] {
            // The order matters: the first signal sets what the second one checks.
            flag::register_conditional_shutdown(signal, 128 + signal, Arc::clone(&again))?;
            flag::register(signal, Arc::clone(&again))?;
            low_level::pipe::register(signal, raised.try_clone()?)?;
        }
        let socket = format!("socket,id=monitor,fd={}", inherited.as_raw_fd());
        let option = ["-chardev", &socket, "-mon", "chardev=monitor"].map(String::from);
        let button = Self {
            monitor,
            _inherited: inherited,
            signals,
        };
        Ok((button, option))
    }

    /// Waits for the first signal in another thread.
    pub fn press_when_asked(self, name: &str) {
        let name = String::from(name);
        thread::spawn(move || {
            let Self {
                mut monitor,
                mut signals,
                ..
            } = self;
            if signals.read_exact(&mut [0]).is_ok() {
                eprintln!("asking `{name}` to stop; Ctrl-C again kills it");
                // The firmware and a kernel that boots drop it, so it is pressed until the machine ends.
                while monitor.write_all(b"system_powerdown\n").is_ok() {
                    let _ = monitor.read(&mut [0; 4096]);
                    thread::sleep(AGAIN);
                }
            }
        });
    }
}
