//! Unikernels with two interfaces, one of which uses DHCP.

use crate::harness::{
    Line, Runner, Running, build, client, namespace::Namespace, ports, tool, trial, trials,
};
use libtest_mimic::Trial;
use object::{Object, ObjectSymbol};
use std::{
    fs,
    io::Read,
    net::{Ipv4Addr, TcpStream},
};

/// The tests.
pub fn list() -> Vec<Trial> {
    trials(
        &Runner::ALL,
        [
            (
                "multihomed::each_interface_has_its_ports",
                each_interface_has_its_ports,
            ),
            (
                "multihomed::a_server_leases_the_address",
                a_server_leases_the_address,
            ),
        ],
    )
    .chain(trials(
        &Runner::WITHOUT_SOLO5,
        [(
            "multihomed::what_is_attached_to_what_is_said",
            what_is_attached_to_what_is_said as fn(Runner),
        )],
    ))
    .chain(trials(
        &Runner::MACHINES,
        [(
            "multihomed::devices_in_another_order_are_distinguished",
            devices_in_another_order_are_distinguished as fn(Runner),
        )],
    ))
    .chain([
        trial(
            "multihomed::wrong_attachments_are_refused",
            wrong_attachments_are_refused,
        ),
        trial(
            "multihomed::only_who_asks_has_the_client",
            only_who_asks_has_the_client,
        ),
        trial(
            "multihomed::a_second_device_that_is_missing_is_said",
            a_missing_device_is_said,
        ),
    ])
    .collect()
}

/// The ports of the unikernel: of `wan`, of `lan`, and of both, the last as TCP and as UDP.
const OUTSIDE: u16 = 7001;
const INSIDE: u16 = 7002;
const EVERYWHERE: u16 = 7000;
const DNS: u16 = 7003;

/// The addresses of this host at which the interfaces `wan` and `lan` are.
const WAN: Ipv4Addr = Ipv4Addr::new(127, 0, 0, 1);
const LAN: Ipv4Addr = Ipv4Addr::new(127, 0, 0, 2);

/// Returns the unikernel's report about its interfaces, requested at a port.
fn answer(running: &Running, address: Ipv4Addr, port: u16) -> Vec<String> {
    let mut client = client::connect((address, running.address(port).port()).into());
    let mut text = String::new();
    client.read_to_string(&mut text).expect("an answer");
    text.lines().map(String::from).collect()
}

/// The expected reports, on user networks and as a process.
fn interfaces(runner: Runner) -> [&'static str; 2] {
    match runner {
        Runner::Unix => ["the host's", "the host's"],
        Runner::Q35 | Runner::Microvm | Runner::Spt | Runner::Hvt => {
            ["10.0.2.15/24 [10.0.2.3]", "10.1.0.1/24 []"]
        }
    }
}

fn answers(running: &Running, runner: Runner) {
    let [wan, lan] = interfaces(runner);
    for (address, port, name) in [
        (WAN, OUTSIDE, "outside"),
        (LAN, INSIDE, "inside"),
        (WAN, EVERYWHERE, "everywhere"),
        (LAN, EVERYWHERE, "everywhere"),
        (WAN, DNS, "dns"),
        (LAN, DNS, "dns"),
    ] {
        assert_eq!(
            answer(running, address, port),
            [name, wan, lan],
            "{address}:{port}"
        );
    }
    let own = match runner {
        Runner::Unix => ["wan 127.0.0.1", "lan 127.0.0.2"],
        Runner::Q35 | Runner::Microvm | Runner::Spt | Runner::Hvt => {
            ["wan 10.0.2.15", "lan 10.1.0.1"]
        }
    };
    for (address, own) in [WAN, LAN].into_iter().zip(own) {
        let answer = client::ask((address, running.address(DNS).port()).into(), b"who?");
        let answer = String::from_utf8_lossy(&answer);
        assert_eq!(answer, format!("{own} who?"));
    }
    for (address, port) in [(WAN, INSIDE), (LAN, OUTSIDE)] {
        let address = (address, running.address(port).port());
        assert!(TcpStream::connect(address).is_err(), "{address:?}");
    }
}

fn started(runner: Runner, options: &[&str]) -> Running {
    let ports = [OUTSIDE, INSIDE, EVERYWHERE, DNS];
    Running::with_options("multihomed", runner, &ports, options)
}

fn each_interface_has_its_ports(runner: Runner) {
    let running = started(runner, &[]);
    let last = match runner {
        Runner::Unix => "tcp port 7003 is at 127.0.0.2:",
        Runner::Q35 | Runner::Microvm | Runner::Spt | Runner::Hvt => {
            "tcp port 7003 is at 10.1.0.1:"
        }
    };
    running.wait_for(last);
    answers(&running, runner);
}

/// TAP devices of the host, a real DHCP server, and hosts on both networks.
fn a_server_leases_the_address(runner: Runner) {
    let attachments = ["--net", "wan:tap=tap0", "--net", "lan:tap=tap1"];
    let unikernel = Namespace::of_two("multihomed", runner, &attachments, &[]);
    let running = unikernel.running();
    let is = running.wait_for("wan is 10.0.0.5");
    assert!(is.contains("/24, leased by 10.0.0.1, "), "{is}");
    let is = is.split_whitespace();
    let wan = is.filter_map(|word| word.strip_suffix("/24,")).next();
    let wan = wan.unwrap_or_else(|| panic!("an address"));
    // What the server received and sent.
    running.wait_for("client provides name: multihomed");
    running.wait_for("DHCPACK(tap0)");
    running.wait_for("tcp port 7003 is at 10.1.0.1:");
    let ask = |address: &str, port: u16| {
        let script = format!("exec 3<>/dev/tcp/{address}/{port} && cat <&3 || echo closed");
        unikernel.output(&["bash", "-c", &script])
    };
    let interfaces = format!("{wan}/24 [10.0.0.9]\n10.1.0.1/24 []\n");
    for (address, port, name) in [
        (wan, OUTSIDE, "outside"),
        ("10.1.0.1", INSIDE, "inside"),
        (wan, EVERYWHERE, "everywhere"),
        ("10.1.0.1", EVERYWHERE, "everywhere"),
        (wan, DNS, "dns"),
        ("10.1.0.1", DNS, "dns"),
    ] {
        let answer = ask(address, port);
        assert_eq!(answer, format!("{name}\n{interfaces}"), "{address}:{port}");
    }
    for (name, address) in [("wan", wan), ("lan", "10.1.0.1")] {
        let answer = format!("{name} {address} who?");
        let (port, length) = (DNS, answer.len());
        // Once more if a datagram is lost.
        let script = format!(
            "exec 3<>/dev/udp/{address}/{port}; for attempt in 1 2 3; do
                printf who? >&3 && timeout 10 head -c {length} <&3 && exit
            done"
        );
        assert_eq!(unikernel.output(&["bash", "-c", &script]), answer);
    }
    assert_eq!(ask(wan, INSIDE), "closed\n");
    assert_eq!(ask("10.1.0.1", OUTSIDE), "closed\n");
    let pings = unikernel.output(&["ping", "-c", "1", "-W", "30", wan]);
    assert!(pings.contains(" 0% packet loss"), "{pings}");
}

fn what_is_attached_to_what_is_said(runner: Runner) {
    let running = started(runner, &[]);
    let [wan, lan] = match runner {
        Runner::Unix => [
            "the host's sockets, at 127.0.0.1",
            "the host's sockets, at 127.0.0.2",
        ],
        Runner::Q35 | Runner::Microvm | Runner::Spt | Runner::Hvt => [
            "the user network 10.0.2.0/24",
            "the user network 10.1.0.0/24",
        ],
    };
    running.wait_for(&format!("wan          is attached to {wan}"));
    running.wait_for(&format!("lan          is attached to {lan}"));
}

/// Free ports of the host, and the unikernel's.
fn free_ports() -> Vec<(u16, u16)> {
    let ports = [OUTSIDE, INSIDE, EVERYWHERE, DNS].into_iter();
    ports.map(|port| (ports::free(), port)).collect()
}

/// Swaps the devices on QEMU's command line, so that the machine finds that of `lan` first.
fn devices_in_another_order_are_distinguished(runner: Runner) {
    let published = free_ports();
    let device = match runner {
        Runner::Microvm => "virtio-net-device",
        Runner::Unix | Runner::Q35 | Runner::Spt | Runner::Hvt => "virtio-net-pci",
    };
    let line = Line::publishing("multihomed", runner, &published).swapped(
        &format!("{device},netdev=wan"),
        &format!("{device},netdev=lan"),
    );
    let running = line.start().at(published);
    running.wait_for("tcp port 7003 is at 10.1.0.1:");
    answers(&running, runner);
}

/// Invalid values of `--net`, and their error messages.
const WRONG: [(&[&str], &str); 5] = [
    (
        &["--net", "tap=tap0"],
        "it is not clear which interface is meant",
    ),
    (
        &["--net", "dmz:tap=tap0"],
        "the unikernel has no interface `dmz`",
    ),
    (
        &["--net", "wan:tap=tap0", "--net", "wan:user"],
        "the interface `wan` is attached twice",
    ),
    (
        &["--net", "wan:bridge=br0"],
        "expected `user`, `tap=IFACE` or `NODE:tap=IFACE`",
    ),
    (
        &["--net", "wan:tap="],
        "expected `user`, `tap=IFACE` or `NODE:tap=IFACE`",
    ),
];

fn wrong_attachments_are_refused() {
    build("multihomed", Runner::Unix.target());
    for (options, why) in WRONG {
        let output = tool().args(["run", "multihomed"]).args(options).output();
        let output = output.expect("the tool runs");
        let text = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(2), "{text}");
        assert!(text.contains(why), "{text}");
    }
}

fn a_missing_device_is_said() {
    let line = Line::publishing("multihomed", Runner::Q35, &free_ports());
    let line = line
        .without("virtio-net-pci,netdev=lan")
        .without("user,id=lan");
    let (status, lines) = line.start().end();
    assert_eq!(status, 1, "{lines:#?}");
    let expected = "error: `lan` did not start: no virtio network device was found";
    assert_eq!(
        lines.last().map(String::as_str),
        Some(expected),
        "{lines:#?}"
    );
}

/// An image with static addresses does not contain the DHCP client.
fn only_who_asks_has_the_client() {
    for (package, asks) in [("multihomed", true), ("http", false)] {
        let mut build = tool();
        build.args(["build", package, "-t", "virtio", "--message-format", "json"]);
        let line = client::output(&mut build);
        let image: serde_json::Value = serde_json::from_str(&line).expect("JSON");
        let path = image["symbols"].as_str().expect("a path");
        let program = fs::read(path).expect("the image with its symbols");
        let program = object::File::parse(&*program).expect("an ELF file");
        let mut names = program.symbols().filter_map(|symbol| symbol.name().ok());
        let has = names.any(|name| name.contains("DhcpClient"));
        assert_eq!(has, asks, "{package}");
    }
}
