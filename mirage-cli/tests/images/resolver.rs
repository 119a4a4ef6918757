//! Names that a unikernel looks up, at a name server of the host.

use crate::harness::{Runner, Running, namespace::Namespace, tool, trial, trials};
use libtest_mimic::Trial;

/// The tests.
pub fn list() -> Vec<Trial> {
    trials(
        &Runner::ALL,
        [
            (
                "resolver::names_are_looked_up_at_the_leases_server",
                names_are_looked_up_at_the_leases_server,
            ),
            (
                "resolver::declared_servers_replace_the_leases",
                declared_servers_replace_the_leases,
            ),
            (
                "resolver::servers_given_at_boot_are_asked_in_order",
                servers_given_at_boot_are_asked_in_order,
            ),
        ],
    )
    .chain(trials(
        &Runner::WITHOUT_SOLO5,
        [(
            "resolver::the_hosts_name_server_is_asked_without_a_tap",
            the_hosts_name_server_is_asked_without_a_tap as fn(Runner),
        )],
    ))
    .chain([trial(
        "resolver::wrong_servers_are_refused_before_boot",
        wrong_servers_are_refused_before_boot,
    )])
    .collect()
}

/// The options of dnsmasq that lease the address 10.0.0.50 and resolve names below `example`. It answers
/// that others are refused, and asks a host that does not exist for `silent.example`.
const SERVER: &str = "--keep-in-foreground --conf-file=/dev/null --user=root --pid-file \
    --interface=tap0 --bind-interfaces --no-ping --leasefile-ro --log-facility=- --log-dhcp \
    --log-queries --no-resolv --no-hosts --local=/example/ \
    --dhcp-range=10.0.0.50,10.0.0.50,255.255.255.0 --host-record=web.example,192.0.2.1 \
    --cname=alias.example,web.example --txt-record=text.example,hello \
    --server=/silent.example/10.0.0.77";

/// Starts the server, which names `dns` as the name server in leases.
fn serve(unikernel: &Namespace, dns: &str) -> Running {
    unikernel.running().wait_for("net asks for its address");
    let mut server = vec!["dnsmasq".to_string()];
    server.extend(SERVER.split_whitespace().map(String::from));
    server.push(format!("--dhcp-option=option:dns-server,{dns}"));
    // Too many addresses for a datagram of 512 bytes.
    let many = (1..=60).map(|last| format!("--host-record=many.example,192.0.2.{last}"));
    server.extend(many);
    let server: Vec<_> = server.iter().map(String::as_str).collect();
    unikernel.spawn(&server)
}

/// Waits for what the unikernel has found for a name.
fn found(unikernel: &Namespace, host: &str) -> String {
    let name = format!("{host}: ");
    let line = unikernel.running().wait_for(&name);
    let (_, found) = line.split_once(&name).expect("a result");
    found.into()
}

fn names_are_looked_up_at_the_leases_server(runner: Runner) {
    let arguments = [
        "--",
        "--dns-servers=",
        "--host=web.example",
        "--host=alias.example",
        "--host=many.example",
        "--host=none.example",
        "--host=text.example",
        "--host=elsewhere.test",
        "--host=printer",
        "--host=silent.example",
        "--hosts=10.0.0.9 printer",
    ];
    let unikernel = Namespace::of_one("resolves", runner, &arguments);
    let server = serve(&unikernel, "10.0.0.1");
    unikernel.running().wait_for("name servers: [10.0.0.1]");
    let found = |host| found(&unikernel, host);
    assert_eq!(found("web.example"), "1 first 192.0.2.1:80");
    assert_eq!(found("alias.example"), "1 first 192.0.2.1:80");
    let many = found("many.example");
    assert!(many.starts_with("32 first 192.0.2."), "{many}");
    // Over UDP, then over TCP.
    server.wait_for_several("query[A] many.example from 10.0.0.50", 2);
    assert_eq!(found("none.example"), "the name does not exist after 0 s");
    assert_eq!(found("text.example"), "the name has no address after 0 s");
    let refused = "the name server has failed after 0 s";
    assert_eq!(found("elsewhere.test"), refused);
    assert_eq!(found("printer"), "1 first 10.0.0.9:80");
    let silent = "no name server has answered in time after 9 s";
    assert_eq!(found("silent.example"), silent);
    server.wait_for_several("query[A] silent.example from 10.0.0.50", 3);
    let (status, lines) = unikernel.end();
    assert_eq!(status, 0, "{lines:#?}");
}

/// The lease names a server that does not exist.
fn declared_servers_replace_the_leases(runner: Runner) {
    let unikernel = Namespace::of_one("resolves", runner, &["--", "--host=web.example"]);
    let _server = serve(&unikernel, "10.0.0.9");
    unikernel.running().wait_for("name servers: [10.0.0.1]");
    assert_eq!(found(&unikernel, "web.example"), "1 first 192.0.2.1:80");
    let (status, lines) = unikernel.end();
    assert_eq!(status, 0, "{lines:#?}");
}

/// The first of them does not exist.
fn servers_given_at_boot_are_asked_in_order(runner: Runner) {
    let arguments = [
        "--",
        "--dns-servers=10.0.0.9,10.0.0.1",
        "--host=web.example",
    ];
    let unikernel = Namespace::of_one("resolves", runner, &arguments);
    let _server = serve(&unikernel, "10.0.0.8");
    unikernel
        .running()
        .wait_for("name servers: [10.0.0.9, 10.0.0.1]");
    assert_eq!(found(&unikernel, "web.example"), "1 first 192.0.2.1:80");
    let (status, lines) = unikernel.end();
    assert_eq!(status, 0, "{lines:#?}");
}

/// By a process itself, and by a machine through its user network.
fn the_hosts_name_server_is_asked_without_a_tap(runner: Runner) {
    let arguments = ["--", "--dns-servers=", "--host=example.org"];
    let unikernel = Namespace::with_a_name_server("resolves", runner, &[], &arguments);
    assert_eq!(found(&unikernel, "example.org"), "1 first 192.0.2.1:80");
    let (status, lines) = unikernel.end();
    assert_eq!(status, 0, "{lines:#?}");
}

fn wrong_servers_are_refused_before_boot() {
    let mut command = tool();
    command.args(["run", "resolves", "--", "--dns-servers=10.0.0.1,224.0.0.1"]);
    let (status, lines) = Running::spawn(&mut command).end();
    let expected = "invalid value `10.0.0.1,224.0.0.1` for `--dns-servers`: the name server \
                    224.0.0.1 is a multicast address";
    assert!(
        lines.iter().any(|line| line.contains(expected)),
        "{lines:#?}"
    );
    assert_eq!(status, 64);
}
