//! QEMU's monitor, by which a machine's owner asks it for something (QEMU Machine Protocol).

use super::DEADLINE;
use std::{
    io::{BufRead, BufReader, Write},
    os::unix::net::UnixStream,
};
use tempfile::TempDir;

/// A monitor of one machine.
pub struct Monitor(TempDir);

impl Monitor {
    /// One that no machine has yet.
    pub fn new() -> Self {
        Self(tempfile::tempdir().expect("a folder"))
    }

    /// The value of QEMU's option `-qmp`.
    pub fn option(&self) -> String {
        let path = self.0.path().join("monitor");
        format!("unix:{},server=on,wait=off", path.display())
    }

    /// Presses the power button of the machine, which must have printed something before.
    ///
    /// # Panics
    /// If the machine refuses.
    pub fn press_power_button(&self) {
        let monitor = UnixStream::connect(self.0.path().join("monitor")).expect("a monitor");
        let limited = monitor.set_read_timeout(Some(DEADLINE));
        limited.expect("a limit that is not zero");
        let mut answers = BufReader::new(&monitor).lines();
        let mut answer = || answers.next().expect("an answer").expect("an open monitor");
        assert!(answer().contains("QMP"), "a greeting");
        for command in ["qmp_capabilities", "system_powerdown"] {
            writeln!(&monitor, r#"{{"execute": "{command}"}}"#).expect("an open monitor");
            // Events may come before it.
            while !answer().contains("return") {}
        }
    }
}
