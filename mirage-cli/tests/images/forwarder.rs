//! The example `forwarder`, queried by dig through both of its interfaces.

mod name_server;

use crate::harness::{
    DEADLINE, Runner, Running, build, client, namespace::Namespace, published, tool, trials,
};
use libtest_mimic::Trial;
pub use name_server::NameServer;
use std::{net::Ipv4Addr, time::Instant};

/// The tests.
pub fn list() -> Vec<Trial> {
    trials(
        &Runner::ALL,
        [
            (
                "forwarder::is_asked_through_both_interfaces",
                is_asked_through_both_interfaces,
            ),
            (
                "forwarder::stands_between_two_networks",
                stands_between_two_networks,
            ),
            (
                "forwarder::serves_on_when_a_network_is_deleted",
                serves_on_when_a_network_is_deleted,
            ),
            ("forwarder::what_is_kept_ages", what_is_kept_ages),
            (
                "forwarder::long_answers_go_over_tcp",
                long_answers_go_over_tcp,
            ),
            (
                "forwarder::silence_of_the_upstream_is_said",
                silence_of_the_upstream_is_said,
            ),
            (
                "forwarder::does_not_start_without_an_upstream",
                does_not_start_without_an_upstream,
            ),
        ],
    )
    .chain(trials(
        &Runner::IMAGES,
        [(
            "forwarder::asks_the_name_server_of_its_user_network",
            asks_the_name_server_of_its_user_network,
        )],
    ))
    .collect()
}

/// The addresses of this host at which the interfaces `wan` and `lan` are.
const WAN: Ipv4Addr = Ipv4Addr::new(127, 0, 0, 1);
const LAN: Ipv4Addr = Ipv4Addr::new(127, 0, 0, 2);

struct Forwarder {
    running: Running,
    upstream: NameServer,
}

impl Forwarder {
    fn start(runner: Runner) -> Self {
        let upstream = NameServer::start();
        // The port that is opened last.
        let last = match runner {
            Runner::Unix => "tcp port 53 is at 127.0.0.2:",
            Runner::Q35 | Runner::Microvm | Runner::Spt | Runner::Hvt => {
                "tcp port 53 is at 10.1.0.1:"
            }
        };
        let options = [
            "--",
            &format!("--upstream={}", runner.this_host()),
            &format!("--upstream-port={}", upstream.port()),
        ];
        let running = Running::with_options("forwarder", runner, &[53], &options);
        running.wait_for(last);
        Self { running, upstream }
    }

    /// Returns the output of dig for `name`, asked through the interface at `address`.
    fn dig(&self, address: Ipv4Addr, name: &str, options: &[&str]) -> String {
        let server = format!("@{address}");
        let port = self.running.address(53).port().to_string();
        let mut arguments = vec![&server, "-p", &port, "+tries=5", name];
        arguments.extend_from_slice(options);
        client::run("dig", &arguments)
    }
}

/// Returns the time to live of each address in the output of dig.
fn ttls(text: &str) -> Vec<u32> {
    let lines = text.lines().filter(|line| !line.starts_with(';'));
    let records = lines.filter(|line| line.contains("192.0.2."));
    let ttls = records.map(|line| line.split_whitespace().nth(1));
    ttls.map(|ttl| ttl.and_then(|ttl| ttl.parse().ok()).expect("a number"))
        .collect()
}

fn is_asked_through_both_interfaces(runner: Runner) {
    let forwarder = Forwarder::start(runner);
    for address in [WAN, LAN] {
        for transport in ["+notcp", "+tcp"] {
            let text = forwarder.dig(address, "example.org", &[transport]);
            assert!(text.contains("status: NOERROR"), "{text}");
            assert_eq!(ttls(&text).len(), 1, "{text}");
        }
    }
    assert_eq!(forwarder.upstream.asked("example.org."), 1);
}

/// Two namespaces with a TAP device each: that of the upstream, and that of the clients.
fn stands_between_two_networks(runner: Runner) {
    let attachments = ["--net", "wan:tap=tap0", "--net", "lan:tap=tap1"];
    let upstream = ["--", "--upstream=10.0.0.1"];
    let outside = Namespace::of_two("forwarder", runner, &attachments, &upstream);
    outside.running().wait_for("tcp port 53 is at 10.1.0.1:");
    let inside = outside.split("tap1", "10.1.0.2/24");
    for transport in ["+notcp", "+tcp"] {
        let ask = |server| ["dig", server, "+tries=5", transport, "example.org"];
        for text in [
            inside.output(&ask("@10.1.0.1")),
            outside.output(&ask("@10.0.0.2")),
        ] {
            assert!(text.contains("status: NOERROR"), "{text}");
            assert!(text.contains("192.0.2.1"), "{text}");
        }
    }
    let asked = "query[A] example.org from 10.0.0.2";
    outside.running().wait_for(asked);
    // The forwarder does not route packets between its networks.
    let routed = ["ip", "route", "add", "10.0.0.0/24", "via", "10.1.0.1"];
    inside.output(&routed);
    let through = ["sh", "-c", "ping -c 1 -W 1 10.0.0.1 || echo unreachable"];
    assert!(inside.output(&through).ends_with("unreachable\n"));
}

fn serves_on_when_a_network_is_deleted(runner: Runner) {
    let attachments = ["--net", "wan:tap=tap0", "--net", "lan:tap=tap1"];
    let upstream = ["--", "--upstream=10.0.0.1"];
    let outside = Namespace::of_two("forwarder", runner, &attachments, &upstream);
    outside.running().wait_for("tcp port 53 is at 10.1.0.1:");
    outside.output(&["ip", "link", "delete", "tap1"]);
    // QEMU does not report this to its guest.
    if matches!(runner, Runner::Unix | Runner::Spt) {
        outside.running().wait_for("the network link is lost");
    }
    let text = outside.output(&["dig", "@10.0.0.2", "+tries=5", "example.org"]);
    assert!(text.contains("192.0.2.1"), "{text}");
}

/// The upstream is the name server of the user network, which forwards to that of the host.
fn asks_the_name_server_of_its_user_network(runner: Runner) {
    let upstream = ["--", "--upstream=10.0.0.3"];
    let attachments = published("forwarder", runner, &[(10053, 53)], &upstream);
    let attachments: Vec<_> = attachments.iter().map(String::as_str).collect();
    let host = Namespace::with_a_name_server("forwarder", runner, &attachments, &upstream);
    host.running().wait_for("tcp port 53 is at 10.1.0.1:");
    for name in ["example.org", "nobody.example.org"] {
        let server = ["dig", "@127.0.0.1", "-p", "10053", "+tries=5", name];
        let known = host.output(&server).contains("192.0.2.1");
        assert_eq!(known, name == "example.org");
    }
    host.running()
        .wait_for("query[A] example.org from 127.0.0.");
}

fn what_is_kept_ages(runner: Runner) {
    let forwarder = Forwarder::start(runner);
    let name = "short.example.org";
    forwarder.dig(WAN, "example.org", &[]);
    forwarder.dig(WAN, name, &[]);
    // Its time to live is one second, after which it is queried again.
    let give_up = Instant::now() + DEADLINE;
    while forwarder.upstream.asked("short.example.org.") < 2 {
        assert!(Instant::now() < give_up, "it is kept for ever");
        assert_eq!(ttls(&forwarder.dig(LAN, name, &[])), [1]);
    }
    let left = ttls(&forwarder.dig(LAN, "example.org", &[]));
    assert!(left[0] < 300, "{left:?}");
    assert_eq!(forwarder.upstream.asked("example.org."), 1);
}

/// The upstream truncates its reply over UDP, and the forwarder passes the truncation flag on to dig.
fn long_answers_go_over_tcp(runner: Runner) {
    let forwarder = Forwarder::start(runner);
    let text = forwarder.dig(LAN, "long.example.org", &[]);
    assert!(text.contains("Truncated, retrying in TCP mode"), "{text}");
    assert_eq!(ttls(&text).len(), 100, "{text}");
    assert_eq!(forwarder.upstream.asked("long.example.org."), 2);
}

fn silence_of_the_upstream_is_said(runner: Runner) {
    let forwarder = Forwarder::start(runner);
    let text = forwarder.dig(LAN, "silent.example.org", &[]);
    assert!(text.contains("status: SERVFAIL"), "{text}");
    assert_eq!(forwarder.upstream.asked("silent.example.org."), 3);
}

fn does_not_start_without_an_upstream(runner: Runner) {
    build("forwarder", runner.target());
    let mut command = tool();
    command
        .args(["run", "forwarder"])
        .args(runner.arguments("forwarder"));
    let (status, lines) = Running::spawn(&mut command).end();
    assert_eq!(status, 64, "{lines:?}");
    let expected = "error: `--upstream=UPSTREAM` is required";
    assert!(lines.iter().any(|line| line == expected), "{lines:?}");
}
