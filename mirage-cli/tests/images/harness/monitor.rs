//! QEMU's monitor (QEMU Machine Protocol).

use super::DEADLINE;
use std::{
    io::{BufRead, BufReader, Write},
    os::unix::net::UnixStream,
    path::Path,
    thread,
    time::{Duration, Instant},
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
        self.command("system_powerdown");
    }

    /// Presses Ctrl, Alt and Del on the keyboard of the machine, which must have printed something before.
    ///
    /// # Panics
    /// Panics if the machine refuses.
    pub fn press_ctrl_alt_del(&self) {
        let keys = ["ctrl", "alt", "delete"];
        let keys = keys.map(|key| format!(r#"{{"type": "qcode", "data": "{key}"}}"#));
        let keys = keys.join(", ");
        self.execute(&format!(
            r#"{{"execute": "send-key", "arguments": {{"keys": [{keys}]}}}}"#
        ));
    }

    /// Resets the machine, which must have printed something before.
    ///
    /// # Panics
    /// Panics if the machine refuses.
    pub fn reset(&self) {
        self.command("system_reset");
    }

    /// Stops the machine's processor and clocks.
    ///
    /// # Panics
    /// Panics if the machine refuses.
    pub fn pause(&self) {
        self.command("stop");
    }

    /// Continues a machine that is stopped.
    ///
    /// # Panics
    /// Panics if the machine refuses.
    pub fn resume(&self) {
        self.command("cont");
    }

    /// Writes the state of a stopped machine to a file, from which `-incoming` restores it.
    ///
    /// # Panics
    /// Panics if the machine refuses.
    pub fn save(&self, file: &Path) {
        let uri = format!("exec:cat > {}", file.display());
        self.execute(&format!(
            r#"{{"execute": "migrate", "arguments": {{"uri": "{uri}"}}}}"#
        ));
        self.wait_for_status("query-migrate", "completed");
    }

    /// Waits until a machine that is started from a file is restored.
    ///
    /// # Panics
    /// Panics if it is not.
    pub fn wait_until_restored(&self) {
        self.wait_for_status("query-migrate", "completed");
    }

    fn wait_for_status(&self, query: &str, status: &str) {
        let deadline = Instant::now() + DEADLINE;
        loop {
            let answer = self.command(query);
            if answer.contains(&format!(r#""status": "{status}""#)) {
                return;
            }
            assert!(
                Instant::now() < deadline && !answer.contains("failed"),
                "{answer}"
            );
        }
    }

    fn command(&self, command: &str) -> String {
        self.execute(&format!(r#"{{"execute": "{command}"}}"#))
    }

    /// Executes a command and returns the response.
    fn execute(&self, command: &str) -> String {
        let monitor = self.connect();
        let limited = monitor.set_read_timeout(Some(DEADLINE));
        limited.expect("a limit that is not zero");
        let mut answers = BufReader::new(&monitor).lines();
        let mut answer = || answers.next().expect("an answer").expect("an open monitor");
        assert!(answer().contains("QMP"), "a greeting");
        let mut response = String::new();
        for command in [r#"{"execute": "qmp_capabilities"}"#, command] {
            writeln!(&monitor, "{command}").expect("an open monitor");
            response = answer();
            // Events may precede the response.
            while !response.starts_with(r#"{"return""#) {
                assert!(!response.starts_with(r#"{"error""#), "{response}");
                response = answer();
            }
        }
        response
    }

    /// Connects. A machine that was only just started may not listen yet.
    fn connect(&self) -> UnixStream {
        let path = self.0.path().join("monitor");
        let deadline = Instant::now() + DEADLINE;
        loop {
            match UnixStream::connect(&path) {
                Ok(monitor) => return monitor,
                Err(cause) => assert!(Instant::now() < deadline, "{cause}"),
            }
            thread::sleep(Duration::from_millis(10));
        }
    }
}
