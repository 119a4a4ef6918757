//! QEMU's monitor (QEMU Machine Protocol).

use super::DEADLINE;
use std::{
    io::{BufRead, BufReader, Write},
    os::unix::net::UnixStream,
};
use tempfile::TempDir;

/// A monitor of one machine.
pub struct Monitor(TempDir);

impl Monitor {
    /// Creates a monitor that is not connected to a machine yet.
    pub fn new() -> Self {
        Self(tempfile::tempdir().expect("a folder"))
    }

    /// Returns the value of QEMU's option `-qmp`.
    pub fn option(&self) -> String {
        let path = self.0.path().join("monitor");
        format!("unix:{},server=on,wait=off", path.display())
    }

    /// Presses the power button of the machine, which must have printed something before.
    ///
    /// # Panics
    /// Panics if the machine refuses.
    pub fn press_power_button(&self) {
        self.execute("system_powerdown");
    }

    /// Resets the machine, which must have printed something before.
    ///
    /// # Panics
    /// Panics if the machine refuses.
    pub fn reset(&self) {
        self.execute("system_reset");
    }

    fn execute(&self, command: &str) {
        let monitor = UnixStream::connect(self.0.path().join("monitor")).expect("a monitor");
        let limited = monitor.set_read_timeout(Some(DEADLINE));
        limited.expect("a limit that is not zero");
        let mut answers = BufReader::new(&monitor).lines();
        let mut answer = || answers.next().expect("an answer").expect("an open monitor");
        assert!(answer().contains("QMP"), "a greeting");
        for command in ["qmp_capabilities", command] {
            writeln!(&monitor, r#"{{"execute": "{command}"}}"#).expect("an open monitor");
            // Events may precede the response.
            while !answer().contains("return") {}
        }
    }
}
