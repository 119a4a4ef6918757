//! A network namespace with a TAP device `tap0`, at which the host is 10.0.0.1.

use std::{
    io::{BufRead, BufReader},
    process::{Child, Command, Stdio},
};

/// Makes the device, prints `ready`, and waits for the end of the input.
const PREPARE: &str = "\
    PATH=$PATH:/usr/sbin:/sbin; \
    ip tuntap add dev tap0 mode tap && \
    ip address add 10.0.0.1/24 dev tap0 && \
    ip link set dev tap0 up && \
    echo ready && exec cat";

/// The namespace. It ends with this process.
pub struct Namespace(Child);

impl Namespace {
    /// Creates the namespace.
    ///
    /// # Errors
    /// Fails if the user lacks the permission or a program is missing.
    pub fn new() -> Result<Self, String> {
        let mut command = Command::new("unshare");
        if !is_root() {
            command.arg("--map-root-user");
        }
        command.args(["--net", "sh", "-c", PREPARE]);
        let child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn();
        let mut child = child.map_err(|cause| format!("unshare: {cause}"))?;
        let mut line = String::new();
        let console = child.stdout.take().expect("a pipe");
        let read = BufReader::new(console).read_line(&mut line);
        match read.is_ok() && line == "ready\n" {
            true => Ok(Self(child)),
            false => Err("a network namespace with a TAP device cannot be made".into()),
        }
    }

    /// A program in the namespace.
    pub fn command(&self, words: &[&str]) -> Command {
        let mut command = Command::new("nsenter");
        if !is_root() {
            command.args(["--user", "--preserve-credentials"]);
        }
        command.args(["--net", "--target", &self.0.id().to_string(), "--"]);
        command.args(words);
        command
    }
}

impl Drop for Namespace {
    fn drop(&mut self) {
        // Its input ends with this process at the latest.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn is_root() -> bool {
    rustix::process::geteuid().is_root()
}
