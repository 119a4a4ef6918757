//! The crates, and how each is talked to.

use crate::{
    client,
    machine::{Machine, Outcome, build},
    server,
};
use std::net::SocketAddr;

/// A crate that is tested.
pub struct Row {
    /// The crate's name.
    pub name: &'static str,
    /// The package with the program that uses it.
    pub package: &'static str,
    /// The directory of the workspace that the package is in, from the repository's.
    pub workspace: &'static str,
    /// What the program does and who talks to it.
    pub description: &'static str,
    /// The chapter of the book with its table.
    pub chapter: &'static str,
    talk: Talk,
}

/// Who talks to a program.
enum Talk {
    /// Nobody: it ends with status 0.
    Nobody,
    /// A client of its TCP port.
    Tcp(u16, fn(SocketAddr) -> Outcome),
    /// A client of its UDP port.
    Udp(u16, fn(SocketAddr) -> Outcome),
    /// A server, whose address it is given: it ends with status 0, and so does what the server returns.
    Server(fn() -> Result<server::Server, String>),
    /// Nobody, twice with the same disk of so many bytes: it prints the number of the boot.
    Disk(u64),
}

const WORKSPACE: &str = "compatibility";
/// The chapter on crates without std.
pub const NO_STD: &str = "docs/src/crates.md";
/// The chapter on programs with std.
pub const STD: &str = "docs/src/std.md";

const HTTP: Talk = Talk::Tcp(80, client::http);
const DNS: Talk = Talk::Udp(53, client::dns);

/// A row whose package is in `compatibility/no-std/`.
const fn row(
    name: &'static str,
    package: &'static str,
    description: &'static str,
    talk: Talk,
) -> Row {
    Row {
        name,
        package,
        workspace: WORKSPACE,
        description,
        chapter: NO_STD,
        talk,
    }
}

/// A row whose package is in `compatibility/std/`.
const fn std(
    name: &'static str,
    package: &'static str,
    description: &'static str,
    talk: Talk,
) -> Row {
    Row {
        chapter: STD,
        ..row(name, package, description, talk)
    }
}

/// The rows of the table.
pub const ROWS: &[Row] = &[
    row("picoserve", "uses-picoserve", "an HTTP server", HTTP),
    Row {
        workspace: ".",
        ..row(
            "edge-http",
            "edge-http-server",
            "an HTTP server, `examples/edge-http`",
            HTTP,
        )
    },
    row(
        "reqwless",
        "uses-reqwless",
        "a GET request to an HTTP server",
        Talk::Server(server::http),
    ),
    row(
        "sntpc",
        "uses-sntpc",
        "a request to a time server",
        Talk::Server(server::ntp),
    ),
    row(
        "rust-mqtt",
        "uses-rust-mqtt",
        "a message to an MQTT broker, acknowledged",
        Talk::Server(server::mqtt),
    ),
    row(
        "minimq",
        "uses-minimq",
        "a message to an MQTT broker, acknowledged",
        Talk::Server(server::mqtt),
    ),
    row(
        "embedded-tls",
        "uses-embedded-tls",
        "a request to `openssl s_server`, with TLS 1.3",
        Talk::Server(server::tls),
    ),
    row("domain", "uses-domain", "a name server", DNS),
    row("hickory-proto", "uses-hickory-proto", "a name server", DNS),
    row(
        "sequential-storage",
        "uses-sequential-storage",
        "a counter on a disk, over two boots",
        Talk::Disk(64 << 10),
    ),
    row(
        "ekv",
        "uses-ekv",
        "a counter on a disk, over two boots",
        Talk::Disk(256 << 10),
    ),
    row(
        "postcard",
        "uses-postcard",
        "a server of encoded datagrams",
        Talk::Udp(7000, client::postcard),
    ),
    row(
        "embassy-sync",
        "uses-embassy-sync",
        "a channel and a signal between two tasks",
        Talk::Nobody,
    ),
    row(
        "embassy-time",
        "uses-embassy-time",
        "a ticker and a timeout",
        Talk::Nobody,
    ),
    std(
        "tokio",
        "uses-tokio",
        "tasks, timers, blocking calls, sockets, files",
        Talk::Nobody,
    ),
    std("axum", "uses-axum", "an HTTP server", HTTP),
    std("hyper", "uses-hyper", "an HTTP server", HTTP),
    std(
        "reqwest",
        "uses-reqwest",
        "a GET request, and one that is refused",
        Talk::Nobody,
    ),
    std(
        "tokio-rustls",
        "uses-tokio-rustls",
        "a client and a server with TLS 1.3",
        Talk::Nobody,
    ),
    std(
        "hickory-resolver",
        "uses-hickory-resolver",
        "a query to a name server",
        Talk::Nobody,
    ),
    std(
        "hickory-server",
        "uses-hickory-server",
        "a name server",
        DNS,
    ),
    std(
        "tonic",
        "uses-tonic",
        "a gRPC server and its client",
        Talk::Nobody,
    ),
    std(
        "tracing-subscriber",
        "uses-tracing-subscriber",
        "events, filtered by `RUST_LOG`",
        Talk::Nobody,
    ),
    std(
        "serde_json",
        "uses-serde-json",
        "a structure to a file and back",
        Talk::Nobody,
    ),
    std("rand", "uses-rand", "random numbers", Talk::Nobody),
    std(
        "uuid",
        "uses-uuid",
        "random identifiers, and by time",
        Talk::Nobody,
    ),
    std("jiff", "uses-jiff", "the date", Talk::Nobody),
    std("clap", "uses-clap", "a command line", Talk::Nobody),
    std(
        "anyhow",
        "uses-anyhow",
        "an error with context",
        Talk::Nobody,
    ),
    std("regex", "uses-regex", "a regular expression", Talk::Nobody),
    std("rayon", "uses-rayon", "a parallel sum", Talk::Nobody),
    std(
        "crossbeam",
        "uses-crossbeam",
        "channels and scoped threads",
        Talk::Nobody,
    ),
    std(
        "flume",
        "uses-flume",
        "a channel between threads",
        Talk::Nobody,
    ),
    std(
        "smol",
        "uses-smol",
        "tasks, timers and sockets",
        Talk::Nobody,
    ),
    std(
        "tokio-postgres",
        "uses-tokio-postgres",
        "a query to PostgreSQL",
        Talk::Server(server::postgres),
    ),
    std(
        "redis",
        "uses-redis",
        "commands to Redis",
        Talk::Server(server::redis),
    ),
    std(
        "prometheus",
        "uses-prometheus",
        "metrics in the text format",
        Talk::Nobody,
    ),
];

impl Row {
    /// Builds, boots and talks to the program.
    pub fn run(&self, target: &str) -> Outcome {
        build(self, target)?;
        match &self.talk {
            Talk::Nobody => Machine::start(self, target, &[])?.end().map(|_| ()),
            Talk::Tcp(port, talk) | Talk::Udp(port, talk) => {
                let machine = Machine::publish(self, target, *port)?;
                talk(machine.address()).map_err(|cause| machine.explain(&cause))
            }
            Talk::Server(serve) => {
                let server = serve()?;
                // The router of the user network is this host.
                let address = format!("--server=10.0.0.1:{}", server.port());
                Machine::start(self, target, &["--", &address])?.end()?;
                server.end()
            }
            Talk::Disk(size) => {
                let disk = crate::machine::Disk::new(self.name, *size)?;
                for boot in 1..=2 {
                    let machine = Machine::start(self, target, &["--block", &disk.option()])?;
                    let console = machine.end()?;
                    let expected = format!("boot {boot}");
                    if !console.lines().any(|line| line.trim_end() == expected) {
                        return Err(format!("no `{expected}` in `{console}`"));
                    }
                }
                Ok(())
            }
        }
    }
}
