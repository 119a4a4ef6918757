//! An interface whose address a DHCP server leases, unless it is given at boot.

use crate::harness::{Runner, Running, client, namespace::Namespace, trials};
use libtest_mimic::Trial;

/// The tests.
pub fn list() -> Vec<Trial> {
    trials(
        &Runner::ALL,
        [
            (
                "dhcp::a_lease_is_visible_and_released",
                a_lease_is_visible_and_released,
            ),
            (
                "dhcp::an_address_given_at_boot_replaces_the_lease",
                an_address_given_at_boot_replaces_the_lease,
            ),
        ],
    )
    .chain(trials(
        &Runner::MACHINES,
        [(
            "dhcp::a_user_network_leases_an_address",
            a_user_network_leases_an_address as fn(Runner),
        )],
    ))
    .collect()
}

/// The port whose first client ends `lease`.
const END: u16 = 7000;

/// The options of dnsmasq that lease the address 10.0.0.50.
const SERVER: &str = "--keep-in-foreground --conf-file=/dev/null --user=root --port=0 --pid-file \
    --interface=tap0 --bind-interfaces --no-ping --leasefile-ro --log-facility=- --log-dhcp \
    --dhcp-range=10.0.0.50,10.0.0.50,255.255.255.0 --domain=example.org \
    --dhcp-option=option:router,10.0.0.1 --dhcp-option=option:dns-server,10.0.0.9 \
    --dhcp-option=option:ntp-server,10.0.0.8 --dhcp-option=option:mtu,1400";

/// A real DHCP server, which outlives the unikernel.
fn a_lease_is_visible_and_released(runner: Runner) {
    let unikernel = Namespace::of_one("lease", runner, &["--", "--ipv4=dhcp"]);
    let server: Vec<_> = ["dnsmasq"]
        .into_iter()
        .chain(SERVER.split_whitespace())
        .collect();
    let running = unikernel.running();
    running.wait_for("net asks for its address");
    let server = unikernel.spawn(&server);
    let is = running.wait_for("net is ");
    let expected = "net is 10.0.0.50/24, leased by 10.0.0.1, MTU 1400, domain example.org, \
                    host name lease, DNS 10.0.0.9, NTP 10.0.0.8";
    assert!(is.ends_with(expected), "{is}");
    let leased = running.wait_for("leased: ");
    let expected = "router Some(10.0.0.1), MTU Some(1400), domain Some(\"example.org\"), \
                    host name Some(\"lease\"), DNS [10.0.0.9], NTP [10.0.0.8]";
    assert!(leased.ends_with(expected), "{leased}");
    server.wait_for("client provides name: lease");
    running.wait_for("tcp port 7000 is at 10.0.0.50:");
    // An answer of the MTU's size is one packet, and a longer one is fragmented.
    let reassembled_after = |size: &str| {
        unikernel.output(&[
            "ping",
            "-c",
            "1",
            "-W",
            "2",
            "-M",
            "do",
            "-s",
            size,
            "10.0.0.50",
        ]);
        // ReasmOKs.
        unikernel.output(&["awk", "/^Ip: [0-9]/ { print $16 }", "/proc/net/snmp"])
    };
    let reassembled = ["1372", "1373"].map(reassembled_after);
    assert_eq!(reassembled, ["0\n", "1\n"]);
    unikernel.output(&["bash", "-c", "exec 3<>/dev/tcp/10.0.0.50/7000"]);
    let (status, lines) = unikernel.end();
    assert_eq!(status, 0, "{lines:#?}");
    server.wait_for("DHCPRELEASE(tap0) 10.0.0.50");
}

fn an_address_given_at_boot_replaces_the_lease(runner: Runner) {
    let words = ["--", "--ipv4=10.0.0.2/24", "--ipv4-gateway=10.0.0.1"];
    let unikernel = Namespace::of_one("lease", runner, &words);
    let running = unikernel.running();
    running.wait_for("nothing is leased");
    running.wait_for("tcp port 7000 is at 10.0.0.2:");
    unikernel.output(&["bash", "-c", "exec 3<>/dev/tcp/10.0.0.2/7000"]);
    let (status, lines) = unikernel.end();
    assert_eq!(status, 0, "{lines:#?}");
    let asks = lines.iter().any(|line| line.contains("DHCP"));
    assert!(!asks, "{lines:#?}");
}

/// Without the argument.
fn a_user_network_leases_an_address(runner: Runner) {
    let unikernel = Running::start("lease", runner, &[END]);
    let is = unikernel.wait_for("net is ");
    assert!(is.contains("10.0.2.15/24, leased by 10.0.2.2"), "{is}");
    drop(client::connect(unikernel.address(END)));
    let (status, lines) = unikernel.end();
    assert_eq!(status, 0, "{lines:#?}");
    let released = lines
        .iter()
        .any(|line| line.ends_with("net releases 10.0.2.15/24"));
    assert!(released, "{lines:#?}");
}
