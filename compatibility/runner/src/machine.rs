//! The tool, and machines that it starts.

use crate::row::Row;
use std::{
    env, fs,
    io::{BufRead, BufReader, Read},
    net::{Ipv4Addr, SocketAddr, UdpSocket},
    path::{Path, PathBuf},
    process::{self, Child, Command, Stdio},
    sync::mpsc::{self, Receiver, RecvTimeoutError},
    thread,
    time::{Duration, Instant},
};

/// What a program turned out to do, or why it did not.
pub type Outcome = Result<(), String>;

/// How long a machine may take until its port is open, and until it ends.
const DEADLINE: Duration = Duration::from_secs(120);

/// Returns the directory of the repository.
pub fn repository() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."))
}

/// Compiles `cargo mirage`.
pub fn build_tool() -> Outcome {
    let mut cargo = Command::new("cargo");
    cargo.args(["build", "--quiet", "--package", "mirage-cli"]);
    let status = cargo.current_dir(repository()).status();
    match status.is_ok_and(|status| status.success()) {
        true => Ok(()),
        false => Err("cargo cannot build the tool".into()),
    }
}

/// Returns a command of the tool for a row's package.
fn tool(row: &Row, command: &str, target: &str) -> Command {
    let mut tool = Command::new(repository().join("target/debug/cargo-mirage"));
    tool.args([command, row.package, "--target", target]);
    tool.current_dir(repository().join(row.workspace));
    // One directory for what is compiled, as both workspaces depend on the runtime.
    tool.env("CARGO_TARGET_DIR", repository().join("target"));
    tool
}

/// Builds an image. The error is the tool's last one, which explains those of the compiler.
pub fn build(row: &Row, target: &str) -> Outcome {
    let output = tool(row, "build", target)
        .output()
        .map_err(|cause| cause.to_string())?;
    if output.status.success() {
        return Ok(());
    }
    let text = String::from_utf8_lossy(&output.stderr);
    let mut errors = text.lines().filter_map(|line| line.strip_prefix("error: "));
    let error = errors.next_back();
    Err(format!(
        "it does not build: {}",
        error.unwrap_or("no error is printed")
    ))
}

/// A machine that runs.
pub struct Machine {
    child: Child,
    lines: Receiver<String>,
    port: u16,
}

impl Machine {
    /// Starts a machine with options of `cargo mirage run`.
    pub fn start(row: &Row, target: &str, options: &[&str]) -> Result<Self, String> {
        let mut command = tool(row, "run", target);
        command.args(options);
        command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let mut child = command.spawn().map_err(|cause| cause.to_string())?;
        let (sender, lines) = mpsc::channel();
        let stdout = child
            .stdout
            .take()
            .map(|pipe| Box::new(pipe) as Box<dyn Read + Send>);
        let stderr = child
            .stderr
            .take()
            .map(|pipe| Box::new(pipe) as Box<dyn Read + Send>);
        for pipe in [stdout, stderr].into_iter().flatten() {
            let sender = sender.clone();
            thread::spawn(move || {
                for line in BufReader::new(pipe).lines().map_while(Result::ok) {
                    let _ = sender.send(line);
                }
            });
        }
        Ok(Self {
            child,
            lines,
            port: 0,
        })
    }

    /// Starts a machine with a port that this host forwards, and waits until it is open.
    pub fn publish(row: &Row, target: &str, port: u16) -> Result<Self, String> {
        // It is free for TCP, too, unless somebody takes it meanwhile.
        let free = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).and_then(|socket| socket.local_addr());
        let free = free.map_err(|cause| cause.to_string())?.port();
        let mut machine = Self::start(row, target, &["-P", &format!("{free}:{port}")])?;
        machine.port = free;
        let open = format!("port {port} is at ");
        let deadline = Instant::now() + DEADLINE;
        let mut console = String::new();
        loop {
            let left = deadline.saturating_duration_since(Instant::now());
            match machine.lines.recv_timeout(left) {
                Ok(line) if line.contains(&open) => return Ok(machine),
                Ok(line) => console = format!("{console}{line}\n"),
                Err(_) => return Err(format!("its port is not open: {}", last(&console))),
            }
        }
    }

    /// Returns the address of the published port.
    pub fn address(&self) -> SocketAddr {
        (Ipv4Addr::LOCALHOST, self.port).into()
    }

    /// Waits until the machine ends with status 0. Returns its console.
    pub fn end(mut self) -> Result<String, String> {
        let deadline = Instant::now() + DEADLINE;
        let mut console = String::new();
        loop {
            let left = deadline.saturating_duration_since(Instant::now());
            match self.lines.recv_timeout(left) {
                Ok(line) => console = format!("{console}{line}\n"),
                Err(RecvTimeoutError::Disconnected) => break,
                Err(RecvTimeoutError::Timeout) => {
                    return Err(format!("it does not end: {}", last(&console)));
                }
            }
        }
        let status = self.child.wait().map_err(|cause| cause.to_string())?;
        match status.success() {
            true => Ok(console),
            false => Err(format!("it ends with {status}: {}", last(&console))),
        }
    }

    /// Adds the last line of the console to a reason.
    pub fn explain(&self, cause: &str) -> String {
        let last = self.lines.try_iter().last();
        format!("{cause} ({})", last.unwrap_or_default())
    }
}

impl Drop for Machine {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn last(console: &str) -> &str {
    console.lines().last().unwrap_or("the console is empty")
}

/// A file for a disk, which is removed when this is dropped.
pub struct Disk(PathBuf);

impl Disk {
    /// Creates a file of zeros.
    pub fn new(name: &str, size: u64) -> Result<Self, String> {
        let path = env::temp_dir().join(format!("{name}-{}.disk", process::id()));
        let file = fs::File::create(&path).and_then(|file| file.set_len(size));
        file.map_err(|cause| cause.to_string())?;
        Ok(Self(path))
    }

    /// Returns the value of `--block`.
    pub fn option(&self) -> String {
        format!("file={}", self.0.display())
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.0);
    }
}
