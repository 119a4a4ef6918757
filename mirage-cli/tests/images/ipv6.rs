//! IPv6 beside IPv4, with the host's kernel as the peer.

use crate::harness::{Runner, namespace::Namespace, trials};
use libtest_mimic::Trial;
use std::time::Duration;

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
            (
                "ipv6::follows_the_advertisements_of_a_router",
                follows_the_advertisements_of_a_router,
            ),
            (
                "ipv6::an_address_given_at_boot_replaces_slaac",
                an_address_given_at_boot_replaces_slaac,
            ),
        ],
    )
    .chain(of_std)
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
    // It is in these groups, and in no others.
    dials.output(&["ip", "route", "add", "239.0.0.0/8", "dev", "tap0"]);
    for group in [
        "239.1.2.4",
        "239.1.2.3",
        "ff02::abce%tap0",
        "ff02::abcd%tap0",
    ] {
        let send = format!("echo -n to {group} > /dev/udp/{group}/5000");
        dials.output(&["bash", "-c", &send]);
    }
    for group in ["239.1.2.3", "ff02::abcd%tap0"] {
        dials.running().wait_for(&format!("in a group: to {group}"));
    }
    let wrong = |line: &str| line.contains("239.1.2.4") || line.contains("ff02::abce");
    let wrong = dials
        .running()
        .find(Duration::ZERO, |line| wrong(line).then(|| line.to_owned()));
    assert_eq!(wrong, None);
    // The connection of IPv4 is reset, and the next one accepted.
    for address in ["10.0.0.2", "fd00::2"] {
        let ask = format!("exec 3<>/dev/tcp/{address}/82; cat <&3 2>&1 || true");
        let _ = dials.output(&["timeout", "30", "bash", "-c", &ask]);
    }
    let line = dials.running().wait_for("is a client of IPv6");
    assert!(line.starts_with("fd00::1 "), "{line}");
}

/// A router, radvd, that advertises 2001:db8:0:1::/64.
const ROUTER: &[&str] = &[
    "radvd",
    "--nodaemon",
    "--logmethod=stderr",
    "--config",
    concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/tests/images/harness/radvd.conf"
    ),
];

/// The options of dnsmasq that resolve example.org.
const NAME_SERVER: &str = "--keep-in-foreground --conf-file=/dev/null --user=root --no-resolv --no-hosts \
    --pid-file --log-facility=- --listen-address=2001:db8:0:1::1 --bind-interfaces \
    --host-record=example.org,192.0.2.1,2001:db8::7";

fn follows_the_advertisements_of_a_router(runner: Runner) {
    let host = ["2001:db8:0:1::1/64"];
    let unikernel = Namespace::with_ipv6("advertised", runner, &host, &[]);
    let running = unikernel.running();
    running.wait_for("net asks routers for its IPv6 address");
    let name_server: Vec<_> = ["dnsmasq"]
        .into_iter()
        .chain(NAME_SERVER.split_whitespace())
        .collect();
    let _name_server = unikernel.spawn(&name_server);
    // Hosts do not advertise.
    let forward = "echo 1 > /proc/sys/net/ipv6/conf/all/forwarding";
    unikernel.output(&["sh", "-c", forward]);
    // It locks this file.
    let (directory, id) = (env!("CARGO_TARGET_TMPDIR"), running.id());
    let pid_file = format!("--pidfile={directory}/radvd-{id}.pid");
    let router: Vec<_> = ROUTER.iter().copied().chain([&*pid_file]).collect();
    let router = unikernel.spawn(&router);
    let is = running.wait_for("net is 2001:db8:0:1:");
    let (_, is) = is.split_once("net is ").expect("the line has it");
    let (address, rest) = is.split_once("/64 (SLAAC), router fe80:").expect(is);
    assert!(rest.ends_with(", DNS 2001:db8:0:1::1"), "{is}");
    running.wait_for("name servers [2001:db8:0:1::1]");
    running.wait_for("tcp port 80 is at 10.0.0.2:");
    let pings = |size| {
        let line = ["ping", "-6", "-c", "3", "-s", size, "-W", "30", address];
        let pings = unikernel.output(&line);
        assert!(pings.contains(" 0% packet loss"), "{pings}");
    };
    let reassembled = || {
        let counter = unikernel.output(&["grep", "Ip6ReasmOKs", "/proc/net/snmp6"]);
        let count = counter.split_whitespace().nth(1);
        count
            .and_then(|count| count.parse::<u32>().ok())
            .expect("a counter")
    };
    pings("56");
    // An answer of the advertised MTU is one packet, and a longer one is sent in fragments.
    pings("1352");
    assert_eq!(reassembled(), 0);
    pings("1353");
    assert_eq!(reassembled(), 3);
    let url = format!("http://[{address}]/");
    let curl = ["curl", "-6", "--silent", "--max-time", "30", &url];
    assert_eq!(
        unikernel.output(&curl),
        "hello, 2001:db8:0:1::1: Ok([192.0.2.1:80, [2001:db8::7]:80])\n"
    );
    // A router that ends says that it is none any more. The address stays.
    unikernel.output(&["kill", &router.id().to_string()]);
    running.wait_for("net: there is no IPv6 router any more");
    pings("56");
}

fn an_address_given_at_boot_replaces_slaac(runner: Runner) {
    let options = ["--", "--ipv6=fd00::7/64", "--ipv6-gateway=fd00::1"];
    let unikernel = Namespace::with_ipv6("advertised", runner, &[], &options);
    let running = unikernel.running();
    running.wait_for("net is fd00::7/64");
    running.wait_for(" is at 10.0.0.2:");
    let url = "http://[fd00::7]/";
    let page = unikernel.output(&["curl", "--silent", "--max-time", "30", url]);
    assert_eq!(page, "hello, fd00::1: Err(NoServer)\n");
}
