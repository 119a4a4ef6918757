//! The power button of a machine.

use rustix::io::{FdFlags, fcntl_setfd};
use std::{
    io::{self, Read, Write},
    os::{fd::AsRawFd, unix::net::UnixStream},
    thread,
    time::Duration,
};

/// How long the button is released.
const AGAIN: Duration = Duration::from_secs(1);

/// The power button of a machine that QEMU runs.
pub struct PowerButton {
    /// QEMU's monitor.
    monitor: UnixStream,
    /// Its other end, which the machine inherits.
    inherited: Option<UnixStream>,
}

impl PowerButton {
    /// Creates the button, and returns the option of QEMU that connects its monitor.
    pub fn new() -> io::Result<(Self, [String; 4])> {
        let (monitor, inherited) = UnixStream::pair()?;
        fcntl_setfd(&inherited, FdFlags::empty())?;
        let socket = format!("socket,id=monitor,fd={}", inherited.as_raw_fd());
        let option = ["-chardev", &socket, "-mon", "chardev=monitor"].map(String::from);
        let inherited = Some(inherited);
        Ok((Self { monitor, inherited }, option))
    }

    /// To be called once the machine has started: programs that are started later do not inherit its end.
    pub fn installed(&mut self) {
        self.inherited = None;
    }

    /// Presses the button in another thread. The firmware and a kernel that boots drop that, so it is pressed until
    /// the machine ends.
    pub fn press(mut self) {
        thread::spawn(move || {
            while self.monitor.write_all(b"system_powerdown\n").is_ok() {
                let _ = self.monitor.read(&mut [0; 4096]);
                thread::sleep(AGAIN);
            }
        });
    }
}
