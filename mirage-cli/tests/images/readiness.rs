//! Open ports are reported independently of the log level.

use crate::harness::{Runner, Running, build, ports, published, tool, trials};
use libtest_mimic::Trial;
use std::net::{Ipv4Addr, TcpStream};

/// The tests.
pub fn list() -> Vec<Trial> {
    let reported = [(
        "readiness::ports_are_reported",
        ports_are_reported as fn(Runner),
    )];
    trials(&Runner::ALL, reported).collect()
}

/// Runs `quiet` with the tool. Returns the host port of its TCP port.
fn run(runner: Runner) -> (Running, u16) {
    build("quiet", runner.target());
    let forwards = [(ports::free(), 7000), (ports::free(), 7001)];
    let mut command = tool();
    command
        .args(["run", "quiet"])
        .args(runner.arguments("quiet"));
    command.args(published("quiet", runner, &forwards, &[]));
    (Running::spawn(&mut command), forwards[0].0)
}

fn ports_are_reported(runner: Runner) {
    let (running, host) = run(runner);
    let reports = match runner {
        // A process opens the port on the host itself.
        Runner::Unix => [
            "ready: tcp port 7000 at 127.0.0.1:",
            "ready: udp port 7001 at 127.0.0.1:",
        ],
        // Solo5's tender has no user network, so the tool does not wait for ports.
        Runner::Hvt => [
            "ready: tcp port 7000 at 10.0.0.2:7000",
            "ready: udp port 7001 at 10.0.0.2:7001",
        ],
        Runner::Q35 | Runner::Microvm | Runner::Spt => [
            "stream       tcp  7000 at 127.0.0.1:",
            "datagram     udp  7001 at 127.0.0.1:",
        ],
    };
    for report in reports {
        running.wait_for(report);
    }
    TcpStream::connect((Ipv4Addr::LOCALHOST, host)).expect("an open port");
}
