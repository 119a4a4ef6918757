//! The example `mdns`, asked in its group by the host.

use crate::harness::{Runner, namespace::Namespace, trials};
use libtest_mimic::Trial;

/// The tests.
pub fn list() -> Vec<Trial> {
    trials(
        &[Runner::Unix, Runner::Q35, Runner::Spt],
        [(
            "mdns::questions_in_the_group_are_answered",
            questions_in_the_group_are_answered as fn(Runner),
        )],
    )
    .collect()
}

/// The same over IPv6, with the scope of the group's address.
const ASK_V6: &str = r#"
    use Socket qw(:all);
    my ($port, $question) = @ARGV;
    my ($interface) = `ip -o link show tap0` =~ /^(\d+)/;
    my $group = inet_pton(AF_INET6, "ff02::fb");
    socket(my $socket, AF_INET6, SOCK_DGRAM, 0) or die "no socket: $!";
    bind($socket, pack_sockaddr_in6($port, IN6ADDR_ANY)) or die "not bound: $!";
    setsockopt($socket, IPPROTO_IPV6, IPV6_MULTICAST_IF, pack("I", $interface)) or die "no interface: $!";
    setsockopt($socket, IPPROTO_IPV6, IPV6_MULTICAST_LOOP, pack("i", 0)) or die "looped: $!";
    if ($port == 5353) {
        setsockopt($socket, IPPROTO_IPV6, IPV6_JOIN_GROUP, pack_ipv6_mreq($group, $interface)) or die "not joined: $!";
    }
    for (1 .. 12) {
        send($socket, pack("H*", $question), 0, pack_sockaddr_in6(5353, $group, $interface)) or die "not sent: $!";
        my $ready = "";
        vec($ready, fileno($socket), 1) = 1;
        next unless select($ready, undef, undef, 5);
        my $from = recv($socket, my $answer, 512, 0) or die "not received: $!";
        my ($from_port, $address) = unpack_sockaddr_in6($from);
        print "[", inet_ntop(AF_INET6, $address), "]:$from_port ", unpack("H*", $answer);
        exit;
    }
    die "no answer";
"#;

/// Sends a question from a port, and prints the sender and the bytes of what it receives, in the group if the port is
/// 5353. It asks again every five seconds, because the responder may not be in the group yet.
const ASK: &str = r#"
    my ($port, $question) = @ARGV;
    my $group = inet_aton("224.0.0.251");
    my $socket = IO::Socket::INET->new(Proto => "udp", LocalPort => $port) or die "no socket: $!";
    # IP_MULTICAST_LOOP, and IP_ADD_MEMBERSHIP.
    setsockopt($socket, 0, 34, pack("i", 0)) or die "looped: $!";
    setsockopt($socket, 0, 35, $group . inet_aton("10.0.0.1")) or die "not joined: $!" if $port == 5353;
    for (1 .. 12) {
        send($socket, pack("H*", $question), 0, pack_sockaddr_in(5353, $group)) or die "not sent: $!";
        my $ready = "";
        vec($ready, fileno($socket), 1) = 1;
        next unless select($ready, undef, undef, 5);
        my $from = recv($socket, my $answer, 512, 0) or die "not received: $!";
        my ($from_port, $address) = unpack_sockaddr_in($from);
        print inet_ntoa($address), ":$from_port ", unpack("H*", $answer);
        exit;
    }
    die "no answer";
"#;

/// The host's kernel sends to the MAC address of the group, and receives the answer in the group or alone.
fn questions_in_the_group_are_answered(runner: Runner) {
    let mdns = Namespace::with_ipv6("mdns", runner, &[], &[]);
    mdns.running().wait_for("this is mirage.local");
    mdns.output(&["ip", "route", "add", "224.0.0.0/4", "dev", "tap0"]);
    let ask = |port: &str, question: &str| {
        mdns.output(&["perl", "-MIO::Socket::INET", "-e", ASK, port, question])
    };
    // mirage.local, and its address.
    let (name, address) = ("066d6972616765056c6f63616c00", "00040a000002");
    let question = format!("123400000001000000000000{name}00010001");
    let in_group = format!("10.0.0.2:5353 000084000000000100000000{name}0001800100000078{address}");
    assert_eq!(ask("5353", &question), in_group);
    let alone = format!(
        "10.0.0.2:5353 123484000001000100000000{name}00010001{name}000100010000000a{address}"
    );
    assert_eq!(ask("0", &question), alone);
    // The address of IPv6 is told over both.
    let (question, address) = (
        format!("123400000001000000000000{name}001c0001"),
        "0010fd000000000000000000000000000002",
    );
    let record = format!("000084000000000100000000{name}001c800100000078{address}");
    assert_eq!(ask("5353", &question), format!("10.0.0.2:5353 {record}"));
    let ask = |port: &str| mdns.output(&["perl", "-MSocket", "-e", ASK_V6, port, &question]);
    let answer = ask("5353");
    assert!(answer.starts_with("[fe80::"), "{answer}");
    assert!(answer.ends_with(&format!("]:5353 {record}")), "{answer}");
    let answer = ask("0");
    let alone =
        format!("]:5353 123484000001000100000000{name}001c0001{name}001c00010000000a{address}");
    assert!(answer.ends_with(&alone), "{answer}");
}
