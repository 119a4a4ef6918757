//! IPv6 in user networks: the tool's own, and QEMU's.

use crate::harness::{Runner, Running, client, ports, trials};
use libtest_mimic::Trial;
use std::{
    io::Write,
    net::{Ipv6Addr, SocketAddr, TcpListener},
    thread::{self, JoinHandle},
};

/// The network that is advertised, without the interface identifier.
const ADVERTISED: &str = "fd4a:699:d48c:";

/// The tests.
pub fn list() -> Vec<Trial> {
    let leading_out = trials(
        &[Runner::Q35, Runner::Microvm, Runner::Spt],
        [(
            "user_network::leads_out_over_ipv6",
            leads_out_over_ipv6 as fn(Runner),
        )],
    );
    let advertised = trials(
        &[Runner::Q35, Runner::Spt],
        [("user_network::is_advertised", is_advertised as fn(Runner))],
    );
    // QEMU's forwards IPv4 only.
    trials(
        &[Runner::Spt],
        [
            (
                "user_network::forwards_ports_over_both_families",
                forwards_ports_over_both_families as fn(Runner),
            ),
            (
                "user_network::forwards_to_an_interface_with_ipv6_only",
                forwards_to_an_interface_with_ipv6_only,
            ),
            (
                "user_network::forwards_to_the_address_of_slaac",
                forwards_to_the_address_of_slaac,
            ),
            (
                "user_network::a_port_of_ipv6_in_use_is_refused",
                a_port_of_ipv6_in_use_is_refused,
            ),
        ],
    )
    .chain(leading_out)
    .chain(advertised)
    .collect()
}

/// Serves one connection at the host's loopback address. Returns the port.
fn server() -> (u16, JoinHandle<()>) {
    let server = TcpListener::bind((Ipv6Addr::LOCALHOST, 0)).expect("a free port");
    let port = server.local_addr().expect("an address").port();
    let serving = thread::spawn(move || {
        let (mut stream, client) = server.accept().expect("a connection");
        assert_eq!(client.ip(), Ipv6Addr::LOCALHOST);
        stream.write_all(b"hello over IPv6").expect("a connection");
    });
    (port, serving)
}

/// Requests a page of the guest's port 80 at a loopback address of this host.
fn curl(running: &Running, host: &str, path: &str) -> String {
    let url = format!("http://{host}:{}/{path}", running.address(80).port());
    client::run("curl", &["--globoff", "--silent", "--max-time", "60", &url])
}

/// The gateway is this host.
fn leads_out_over_ipv6(runner: Runner) {
    let (port, serving) = server();
    let address = format!("[fd00::1]:{port}");
    let forwards = [80, 81, 82, 5000].map(|guest| format!("{}:{guest}", ports::free()));
    let mut options: Vec<_> = forwards.iter().flat_map(|it| ["-P", it.as_str()]).collect();
    options.extend(["--", "--", &address]);
    let dials = Running::with_options("dials", runner, &[], &options);
    dials.wait_for(&format!("{address} says hello over IPv6"));
    serving.join().expect("no panic");
}

fn forwards_ports_over_both_families(runner: Runner) {
    let greets = Running::start("greets", runner, &[80, 7]);
    let port = greets.address(80).port();
    greets.wait_for(&format!("at 127.0.0.1:{port} and [::1]:{port}"));
    assert_eq!(curl(&greets, "[::1]", ""), "hello, fd00::1\n");
    assert_eq!(curl(&greets, "127.0.0.1", ""), "hello, 10.0.0.1\n");
    let datagrams = greets.address(7);
    let ipv6 = SocketAddr::from((Ipv6Addr::LOCALHOST, datagrams.port()));
    assert_eq!(client::ask(ipv6, b"who?"), b"hello, fd00::1\n");
    assert_eq!(client::ask(datagrams, b"who?"), b"hello, 10.0.0.1\n");
}

fn forwards_to_an_interface_with_ipv6_only(runner: Runner) {
    let guest = Running::start("ipv6-only", runner, &[80]);
    let port = guest.address(80).port();
    guest.wait_for(&format!("at [::1]:{port}"));
    assert_eq!(curl(&guest, "[::1]", ""), "hello, fd00::1\n");
}

/// The network has all that SLAAC needs, and its gateway is this host.
fn is_advertised(runner: Runner) {
    let advertised = Running::start("advertised", runner, &[80]);
    advertised.wait_for(&format!("net is {ADVERTISED}"));
    let (port, serving) = server();
    let page = curl(
        &advertised,
        "127.0.0.1",
        &format!("[{ADVERTISED}:2]:{port}"),
    );
    assert!(page.ends_with(": Ok(\"hello over IPv6\")\n"), "{page}");
    serving.join().expect("no panic");
}

fn forwards_to_the_address_of_slaac(runner: Runner) {
    let advertised = Running::start("advertised", runner, &[80]);
    let is = advertised.wait_for(&format!("net is {ADVERTISED}"));
    let router = format!("/64 (SLAAC), router fe80::1, DNS {ADVERTISED}:3");
    assert!(is.ends_with(&router), "{is}");
    let (port, serving) = server();
    let page = curl(&advertised, "[::1]", &format!("[{ADVERTISED}:2]:{port}"));
    let expected = format!("hello, {ADVERTISED}:2: Ok(\"hello over IPv6\")\n");
    assert_eq!(page, expected);
    serving.join().expect("no panic");
}

/// It is found before the unikernel boots.
fn a_port_of_ipv6_in_use_is_refused(runner: Runner) {
    let owner = TcpListener::bind((Ipv6Addr::LOCALHOST, 0)).expect("a free port");
    let port = owner.local_addr().expect("an address").port();
    let forward = format!("{port}:80");
    let other = format!("{}:7", ports::free());
    let options = ["-P", &forward, "-P", &other];
    let (status, lines) = Running::with_options("greets", runner, &[], &options).end();
    assert_eq!(status, 101, "{lines:?}");
    let cause = format!("error: [::1]:{port}, which leads to port 80: ");
    let help = "= help: choose another port with `-P HOST:80`";
    for text in [&*cause, help] {
        assert!(lines.iter().any(|line| line.contains(text)), "{lines:?}");
    }
    drop(owner);
}
