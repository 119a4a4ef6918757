//! A unikernel at a TAP device, in a network namespace of the test's own.

use super::{Place, Running, build, client, tool};
use std::process::Command;

/// Makes the device and gives it the network of the examples.
const PREPARE: &str = "\
    PATH=$PATH:/usr/sbin:/sbin; \
    ip tuntap add dev tap0 mode tap && \
    ip address add 10.0.0.1/24 dev tap0 && \
    ip link set dev tap0 up && \
    exec \"$@\"";

/// The namespace; it ends with the unikernel.
pub struct Namespace(Running);

impl Namespace {
    /// Runs `package`, whose address is 10.0.0.2, in `place`, and waits until it listens.
    pub fn with(package: &str, place: Place) -> Self {
        Self::with_options(package, place, &[])
    }

    /// The same with more options for `cargo mirage run`.
    pub fn with_options(package: &str, place: Place, options: &[&str]) -> Self {
        build(package, place.target());
        let tool = tool();
        let mut command = Command::new("unshare");
        if !is_root() {
            command.arg("--map-root-user");
        }
        command.args(["--net", "sh", "-c", PREPARE, "sh"]);
        command.arg(tool.get_program());
        command.current_dir(tool.get_current_dir().expect("the repository"));
        command.args(["run", package, "--net", "tap=tap0"]);
        let running = Running::spawn(command.args(place.arguments()).args(options));
        running.wait_for(" is at 10.0.0.2:");
        Self(running)
    }

    /// The unikernel, or the tool that runs it.
    pub fn running(&self) -> &Running {
        &self.0
    }

    /// Runs a program in the namespace; gives what it prints.
    pub fn output(&self, program: &[&str]) -> String {
        let mut command = Command::new("nsenter");
        if !is_root() {
            command.args(["--user", "--preserve-credentials"]);
        }
        command.args(["--net", "--target", &self.0.id().to_string(), "--"]);
        client::output(command.args(program))
    }
}

fn is_root() -> bool {
    rustix::process::geteuid().is_root()
}
