//! A running unikernel.

use super::{Runner, build, console::Console, ports, published::published, tool};
use rustix::process::{Pid, Signal, kill_process};
use std::{
    net::{Ipv4Addr, SocketAddr},
    process::{Child, Command, Stdio},
    sync::Arc,
    time::Duration,
};

/// A unikernel, run by the tool or by a command line. It ends with the test.
pub struct Running {
    child: Child,
    console: Arc<Console>,
    /// Ports of the host and of the unikernel.
    ports: Vec<(u16, u16)>,
}

impl Running {
    /// Runs `package` in `runner`, publishes its ports at free ports of this host, and waits until they are
    /// open.
    pub fn start(package: &str, runner: Runner, guest_ports: &[u16]) -> Self {
        Self::with_options(package, runner, guest_ports, &[])
    }

    /// The same with more options for `cargo mirage run`.
    pub fn with_options(
        package: &str,
        runner: Runner,
        guest_ports: &[u16],
        options: &[&str],
    ) -> Self {
        build(package, runner.target());
        let ports: Vec<_> = guest_ports
            .iter()
            .map(|port| (ports::free(), *port))
            .collect();
        let mut command = tool();
        command
            .args(["run", package])
            .args(runner.arguments(package));
        command.args(published(package, runner, &ports, options));
        let mut running = Self::spawn(command.args(options));
        running.ports = ports;
        for port in guest_ports {
            running.console.wait_for(&format!("port {port} is at "));
        }
        running
    }

    /// Runs a command.
    pub fn spawn(command: &mut Command) -> Self {
        let mut child = command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap_or_else(|cause| panic!("{command:?}: {cause}"));
        let console = Arc::new(Console::default());
        console.listen(child.stdout.take().expect("a pipe"));
        console.listen(child.stderr.take().expect("a pipe"));
        Self {
            child,
            console,
            ports: Vec::new(),
        }
    }

    /// The same, with its ports published at these ports of the host.
    pub fn at(mut self, ports: Vec<(u16, u16)>) -> Self {
        self.ports = ports;
        self
    }

    /// Returns the address at which the unikernel's port `guest` is reached.
    pub fn address(&self, guest: u16) -> SocketAddr {
        let port = self.ports.iter().find(|(_, other)| *other == guest);
        let (host, _) = port.expect("a port that was asked for");
        (Ipv4Addr::LOCALHOST, *host).into()
    }

    /// Returns the id of the process.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Sends a signal to the process.
    pub fn signal(&self, signal: Signal) {
        let process = Pid::from_raw(self.id().cast_signed()).expect("a process's id");
        kill_process(process, signal).expect("it runs");
    }

    /// Waits for a line of the console, or of the tool, that contains `text`.
    pub fn wait_for(&self, text: &str) -> String {
        self.console.wait_for(text)
    }

    /// Waits for `count` lines that contain `text`.
    pub fn wait_for_several(&self, text: &str, count: usize) {
        self.console.wait_for_several(text, count);
    }

    /// Waits until `find` returns a value for a line of the console. Returns `None` if there is no such line
    /// before the end, or within `limit`.
    pub fn find<T>(&self, limit: Duration, find: impl Fn(&str) -> Option<T>) -> Option<T> {
        self.console.find(limit, find)
    }

    /// Waits for the end. Returns the status and the lines of the console.
    pub fn end(mut self) -> (i32, Vec<String>) {
        let lines = self.console.wait_for_end();
        let status = self.child.wait().expect("a child");
        let status = status.code();
        (
            status.unwrap_or_else(|| panic!("killed:\n{}", lines.join("\n"))),
            lines,
        )
    }

    /// Kills only the process that was started, and waits until no process is left that writes to the
    /// console.
    pub fn kill_and_wait_for_silence(mut self) {
        self.child.kill().expect("it runs");
        self.console.wait_for_end();
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
