//! Our own network stack at a TAP device, in a network namespace of the test's own.

use crate::harness::{Place, Running, build, client, tool, trials, wrk};
use libtest_mimic::Trial;
use std::process::Command;

/// Makes the device and gives it the network of the examples.
const PREPARE: &str = "\
    PATH=$PATH:/usr/sbin:/sbin; \
    ip tuntap add dev tap0 mode tap && \
    ip address add 10.0.0.1/24 dev tap0 && \
    ip link set dev tap0 up && \
    exec \"$@\"";

/// The tests.
pub fn list() -> Vec<Trial> {
    trials(
        &Place::ALL,
        [
            ("tap::answers_ping_and_curl", answers_ping_and_curl),
            ("tap::answers_200_clients", answers_200_clients),
        ],
    )
    .collect()
}

/// Runs the example `http` at a TAP device, in a namespace of its own.
fn start(place: Place) -> Running {
    build("http", place.target());
    let tool = tool();
    let mut command = Command::new("unshare");
    if !is_root() {
        command.arg("--map-root-user");
    }
    command.args(["--net", "sh", "-c", PREPARE, "sh"]);
    command.arg(tool.get_program());
    command.current_dir(tool.get_current_dir().expect("the repository"));
    command.args(["run", "http", "--net", "tap=tap0"]);
    let http = Running::spawn(command.args(place.arguments()));
    http.wait_for("tcp port 80 is at 10.0.0.2:80");
    http
}

fn answers_ping_and_curl(place: Place) {
    let http = start(place);
    let pings = inside(&http, &["ping", "-c", "3", "-W", "30", "10.0.0.2"]);
    assert!(pings.contains(" 0% packet loss"), "{pings}");
    let page = inside(
        &http,
        &["curl", "--silent", "--show-error", "http://10.0.0.2/"],
    );
    assert!(page.contains("It answers"), "{page}");
}

/// QEMU's user network accepts one connection after the other; here all come at once.
fn answers_200_clients(place: Place) {
    let http = start(place);
    let text = inside(&http, &["wrk", "-t2", "-c200", "-d3s", "http://10.0.0.2/"]);
    wrk::flawless(&text);
}

/// Runs a program in the namespace of a process.
fn inside(process: &Running, program: &[&str]) -> String {
    let mut command = Command::new("nsenter");
    if !is_root() {
        command.args(["--user", "--preserve-credentials"]);
    }
    command.args(["--net", "--target", &process.id().to_string(), "--"]);
    client::output(command.args(program))
}

fn is_root() -> bool {
    rustix::process::geteuid().is_root()
}
