//! IPv6 beside IPv4, with the host's kernel as the peer.

use crate::harness::{Runner, Running, namespace::Namespace, trials};
use libtest_mimic::Trial;
use std::{io::Write, net::TcpListener, thread};

/// The tests.
pub fn list() -> Vec<Trial> {
    let of_std = trials(
        &Runner::OF_STD,
        [(
            "ipv6::programs_with_std_use_it",
            programs_with_std_use_it as fn(Runner),
        )],
    );
    trials(
        &Runner::ALL,
        [
            (
                "ipv6::answers_ping_and_curl",
                answers_ping_and_curl as fn(Runner),
            ),
            (
                "ipv6::is_given_an_address_at_boot",
                is_given_an_address_at_boot,
            ),
            (
                "ipv6::a_gateway_must_be_of_the_network",
                a_gateway_must_be_of_the_network,
            ),
        ],
    )
    .chain(of_std)
    .chain(trials(
        &Runner::MACHINES,
        [(
            "ipv6::a_user_network_leads_out",
            a_user_network_leads_out as fn(Runner),
        )],
    ))
    .collect()
}

/// Runs the unikernel, and waits until it listens.
fn greets(runner: Runner, options: &[&str]) -> Namespace {
    let greets = Namespace::with_ipv6("greets", runner, &[], options);
    greets.running().wait_for(" is at 10.0.0.2:");
    greets
}

fn answers_ping_and_curl(runner: Runner) {
    let greets = greets(runner, &[]);
    for address in ["fd00::2", "ff02::1%tap0"] {
        let line = ["ping", "-6", "-c", "3", "-s", "1400", "-W", "30", address];
        let pings = greets.output(&line);
        assert!(pings.contains(" 0% packet loss"), "{pings}");
    }
    let curl = |family, url| greets.output(&["curl", "--silent", "--max-time", "30", family, url]);
    assert_eq!(curl("-6", "http://[fd00::2]/"), "hello, fd00::1\n");
    assert_eq!(curl("-4", "http://10.0.0.2/"), "hello, 10.0.0.1\n");
    let ask = "exec 3<>/dev/udp/fd00::2/7; echo >&3; timeout 30 head --lines 1 <&3";
    assert_eq!(greets.output(&["bash", "-c", ask]), "hello, fd00::1\n");
    // A closed port is told.
    let refused = "exec 3<>/dev/tcp/fd00::2/81; true";
    let output = greets.output(&["bash", "-c", &format!("({refused}) 2>&1 || true")]);
    assert!(output.contains("refused"), "{output}");
}

fn is_given_an_address_at_boot(runner: Runner) {
    let options = ["--", "--ipv6=fd00::7/64", "--ipv6-gateway="];
    let greets = greets(runner, &options);
    let url = "http://[fd00::7]/";
    let page = greets.output(&["curl", "--silent", "--max-time", "30", url]);
    assert_eq!(page, "hello, fd00::1\n");
}

/// The values that are given at boot are checked when the interface starts.
fn a_gateway_must_be_of_the_network(runner: Runner) {
    let options = ["--", "--ipv6=fd00::7/64", "--ipv6-gateway=fd01::1"];
    let (status, lines) = Namespace::with_ipv6("greets", runner, &[], &options).end();
    assert_eq!(status, 1, "{lines:?}");
    let is_said = lines
        .iter()
        .any(|line| line.contains("the gateway fd01::1 is outside the network fd00::/64"));
    assert!(is_said, "{lines:?}");
}

/// They connect and send datagrams over it. Their sockets are for both families.
fn programs_with_std_use_it(runner: Runner) {
    let dials = Namespace::with_ipv6("dials", runner, &[], &[]);
    dials.running().wait_for("own: [fd00::2]:81");
    dials.running().wait_for("it listens at [::]:80");
    let server = [
        "dnsmasq",
        "--keep-in-foreground",
        "--conf-file=/dev/null",
        "--user=root",
        "--group=root",
        "--no-resolv",
        "--no-hosts",
        "--host-record=example.org,192.0.2.1",
        "--interface=tap0",
        "--bind-interfaces",
        "--log-facility=-",
        "--log-queries",
        "--pid-file",
    ];
    let server = dials.spawn(&server);
    server.wait_for("started");
    // A header, the question and an address.
    let answers = "45 45";
    let curl = |url| dials.output(&["curl", "--silent", "--max-time", "30", url]);
    let told = curl("http://[fd00::2]/");
    assert_eq!(told, format!("fd00::1 at fd00::2: {answers}\n"));
    let told = curl("http://10.0.0.2/");
    let expected = format!("::ffff:10.0.0.1 at ::ffff:10.0.0.2: {answers}\n");
    assert_eq!(told, expected);
    // The connection of IPv4 is reset, and the next one accepted.
    for address in ["10.0.0.2", "fd00::2"] {
        let ask = format!("exec 3<>/dev/tcp/{address}/82; cat <&3 2>&1 || true");
        let _ = dials.output(&["timeout", "30", "bash", "-c", &ask]);
    }
    let line = dials.running().wait_for("is a client of IPv6");
    assert!(line.starts_with("fd00::1 "), "{line}");
}

/// The gateway of QEMU's network is this host.
fn a_user_network_leads_out(runner: Runner) {
    let server = TcpListener::bind("[::1]:0").expect("a free port");
    let port = server.local_addr().expect("an address").port();
    let serving = thread::spawn(move || {
        let (mut stream, _) = server.accept().expect("a connection");
        stream.write_all(b"hello over IPv6").expect("a connection");
    });
    let address = format!("[fd00::1]:{port}");
    let dials = Running::with_options("dials", runner, &[], &["--", "--", &address]);
    dials.wait_for(&format!("{address} says hello over IPv6"));
    serving.join().expect("no panic");
}
