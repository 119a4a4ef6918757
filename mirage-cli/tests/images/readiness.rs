//! Ports that are open are reported, whatever is logged.

use crate::harness::{Place, Running, build, ports, published, tool, trials};
use libtest_mimic::Trial;
use std::net::{Ipv4Addr, TcpStream};

/// The tests.
pub fn list() -> Vec<Trial> {
    let reported = [(
        "readiness::ports_are_reported",
        ports_are_reported as fn(Place),
    )];
    trials(&Place::ALL, reported).collect()
}

/// Runs `quiet` by the tool. Returns the host port of its TCP port.
fn run(place: Place) -> (Running, u16) {
    build("quiet", place.target());
    let forwards = [(ports::free(), 7000), (ports::free(), 7001)];
    let mut command = tool();
    command.args(["run", "quiet"]).args(place.arguments());
    command.args(published("quiet", place, &forwards, &[]));
    (Running::spawn(&mut command), forwards[0].0)
}

fn ports_are_reported(place: Place) {
    let (running, host) = run(place);
    let reports = match place {
        // Nothing stands between the process and its user.
        Place::Unix => [
            "ready: tcp port 7000 at 127.0.0.1:",
            "ready: udp port 7001 at 127.0.0.1:",
        ],
        // Solo5's tender has no user network, so that the tool waits for nothing.
        Place::Hvt => [
            "ready: tcp port 7000 at 10.0.0.2:7000",
            "ready: udp port 7001 at 10.0.0.2:7001",
        ],
        Place::Q35 | Place::Microvm | Place::Spt => [
            "stream       tcp  7000 at 127.0.0.1:",
            "datagram     udp  7001 at 127.0.0.1:",
        ],
    };
    for report in reports {
        running.wait_for(report);
    }
    TcpStream::connect((Ipv4Addr::LOCALHOST, host)).expect("an open port");
}
