//! Interfaces with IPv6 only, with the host's kernel as the peer.

use crate::harness::{Runner, Running, client, namespace::Namespace, tool, trial, trials};
use libtest_mimic::Trial;
use object::{Object, ObjectSymbol};
use std::fs;

/// The tests.
pub fn list() -> Vec<Trial> {
    let on_all = trials(
        &Runner::ALL,
        [
            (
                "ipv6_only::answers_ping_and_curl",
                answers_ping_and_curl as fn(Runner),
            ),
            ("ipv6_only::probes_its_address", probes_its_address),
            (
                "ipv6_only::a_boot_chooses_one_of_both_families",
                a_boot_chooses_one_of_both_families,
            ),
        ],
    );
    let others = [
        trial(
            "ipv6_only::images_have_only_the_family_that_they_declare",
            images_have_only_the_family_that_they_declare,
        ),
        trial(
            "ipv6_only::the_sockets_of_the_host_are_at_its_loopback_address",
            the_sockets_of_the_host_are_at_its_loopback_address,
        ),
    ];
    on_all.chain(others).collect()
}

fn answers_ping_and_curl(runner: Runner) {
    let unikernel = Namespace::with_ipv6("ipv6-only", runner, &[], &[]);
    let running = unikernel.running();
    running.wait_for("tcp port 80 is at [fd00::2]:80");
    running.wait_for("udp port 7 is at [fd00::2]:7");
    for address in ["fd00::2", "ff02::1%tap0"] {
        let line = ["ping", "-6", "-c", "3", "-s", "1400", "-W", "30", address];
        let pings = unikernel.output(&line);
        assert!(pings.contains(" 0% packet loss"), "{pings}");
    }
    let curl = [
        "curl",
        "-6",
        "--silent",
        "--max-time",
        "30",
        "http://[fd00::2]/",
    ];
    assert_eq!(unikernel.output(&curl), "hello, fd00::1\n");
    let ask = "exec 3<>/dev/udp/fd00::2/7; echo >&3; timeout 30 head --lines 1 <&3";
    assert_eq!(unikernel.output(&["bash", "-c", ask]), "hello, fd00::1\n");
    // It answers no requests for addresses of IPv4.
    let ping = "ping -c 1 -W 1 10.0.0.2 || true";
    let lost = unikernel.output(&["sh", "-c", ping]);
    assert!(lost.contains("100% packet loss"), "{lost}");
}

/// The host has the address that the unikernel is given.
fn probes_its_address(runner: Runner) {
    let taken = ["--", "--ipv6=fd00::1/64", "--ipv6-gateway="];
    let (status, lines) = Namespace::with_ipv6("ipv6-only", runner, &[], &taken).end();
    assert_eq!(status, 1, "{lines:?}");
    let is_said = |line: &String| line.contains("another host uses fd00::1/64");
    assert!(lines.iter().any(is_said), "{lines:?}");
}

/// `greets` has both.
fn a_boot_chooses_one_of_both_families(runner: Runner) {
    for (flag, is_at, url, peer, other) in [
        (
            "--ipv4-only",
            "10.0.0.2:",
            "http://10.0.0.2/",
            "10.0.0.1",
            "fd00::2",
        ),
        (
            "--ipv6-only",
            "[fd00::2]:",
            "http://[fd00::2]/",
            "fd00::1",
            "10.0.0.2",
        ),
    ] {
        let unikernel = Namespace::with_ipv6("greets", runner, &[], &["--", flag]);
        let running = unikernel.running();
        running.wait_for(&format!("tcp port 80 is at {is_at}"));
        let page = unikernel.output(&["curl", "--silent", "--max-time", "30", url]);
        assert_eq!(page, format!("hello, {peer}\n"), "{flag}");
        let ping = format!("ping -c 1 -W 1 {other} || true");
        let lost = unikernel.output(&["sh", "-c", &ping]);
        assert!(lost.contains("100% packet loss"), "{flag}: {lost}");
    }
}

fn the_sockets_of_the_host_are_at_its_loopback_address() {
    let unikernel = Running::start("ipv6-only", Runner::Unix, &[]);
    let line = unikernel.wait_for("tcp port 80 is at [::1]:");
    let (_, port) = line.rsplit_once(':').expect("a port");
    let url = format!("http://[::1]:{port}/");
    let curl = ["-6", "--silent", "--max-time", "30", &url];
    assert_eq!(client::run("curl", &curl), "hello, ::1\n");
}

/// What belongs to one family leaves no symbol in an image with the other only.
fn images_have_only_the_family_that_they_declare() {
    // Modules, in symbols and in the parameters of generic ones.
    const OF_IPV4: [&str; 4] = ["2ip4ipv4", "ip..ipv4..", "9neighbour3arp", "Ipv4Egress"];
    const OF_IPV6: [&str; 4] = ["2ip2v6", "ip..v6..", "9neighbour3ndp", "Ipv6Output"];
    for (package, has, has_not) in [("http", OF_IPV4, OF_IPV6), ("ipv6-only", OF_IPV6, OF_IPV4)] {
        let mut build = tool();
        build.args(["build", package, "-t", "virtio", "--message-format", "json"]);
        let image = client::output(&mut build);
        let image: serde_json::Value = serde_json::from_str(&image).expect("JSON");
        let path = image["symbols"].as_str().expect("a path");
        let program = fs::read(path).expect("the image with its symbols");
        let program = object::File::parse(&*program).expect("an ELF file");
        let symbols = program.symbols().filter_map(|symbol| symbol.name().ok());
        let names: Vec<_> = symbols.collect();
        let of = |part: &str| names.iter().find(|name| name.contains(part));
        for part in has {
            assert!(of(part).is_some(), "{package} has nothing of {part}");
        }
        for part in has_not {
            assert_eq!(of(part), None, "{package}");
        }
    }
}
