//! Unikernels as clients: outgoing connections and datagrams.

use crate::harness::{Runner, Running, client, namespace::Namespace, ports, trials};
use libtest_mimic::Trial;
use std::{
    io::{Read, Write},
    net::{TcpListener, UdpSocket},
};

/// The tests.
pub fn list() -> Vec<Trial> {
    trials(
        &Runner::ALL,
        [
            ("asking::a_server_is_asked", a_server_is_asked),
            ("asking::a_datagram_is_answered", a_datagram_is_answered),
            ("asking::a_closed_port_refuses", a_closed_port_refuses),
            ("asking::a_tap_leads_out_too", a_tap_leads_out_too),
        ],
    )
    .chain(trials(
        &[Runner::Q35, Runner::Spt],
        [(
            "asking::ecn_is_used_with_servers_that_support_it",
            ecn_is_used_with_servers_that_support_it as fn(Runner),
        )],
    ))
    .collect()
}

/// Sends the unikernel a request and returns its answer.
fn request(asks: &Running, line: &str) -> String {
    let mut client = client::connect(asks.address(7));
    client
        .write_all(line.as_bytes())
        .expect("an open connection");
    let mut answer = String::new();
    client
        .read_to_string(&mut answer)
        .expect("an end that is no reset");
    answer
}

fn a_server_is_asked(runner: Runner) {
    let asks = Running::start("asks", runner, &[7]);
    let server = TcpListener::bind(("127.0.0.1", ports::free())).expect("a free port");
    let port = server.local_addr().expect("a bound socket").port();
    let serving = std::thread::spawn(move || {
        let (mut stream, _) = server.accept().expect("a connection");
        let mut question = String::new();
        stream.read_to_string(&mut question).expect("a question");
        stream.write_all(b"me").expect("an open connection");
        question
    });
    let answer = request(&asks, &format!("tcp {}:{port}", runner.this_host()));
    assert_eq!(answer, "me");
    assert_eq!(serving.join().expect("a question"), "who?");
}

fn a_datagram_is_answered(runner: Runner) {
    let asks = Running::start("asks", runner, &[7]);
    let server = UdpSocket::bind(("127.0.0.1", ports::free())).expect("a free port");
    let port = server.local_addr().expect("a bound socket").port();
    std::thread::spawn(move || {
        let mut question = [0; 16];
        while let Ok((length, peer)) = server.recv_from(&mut question) {
            assert_eq!(&question[..length], b"who?");
            server.send_to(b"me", peer).expect("an answer");
        }
    });
    let answer = request(&asks, &format!("udp {}:{port}", runner.this_host()));
    assert_eq!(answer, "me");
}

/// QEMU's user network accepts a connection before it connects to the host, and resets it on failure; ours
/// refuses it.
fn a_closed_port_refuses(runner: Runner) {
    let asks = Running::start("asks", runner, &[7]);
    let port = ports::free();
    let answer = request(&asks, &format!("tcp {}:{port}", runner.this_host()));
    let refused = [
        "error: the peer refused the connection",
        "error: the peer reset the connection",
    ];
    assert!(refused.contains(&answer.as_str()), "{answer}");
}

fn a_tap_leads_out_too(runner: Runner) {
    let asks = Namespace::with("asks", runner);
    let ask = |line: &str| {
        let script = format!("exec 3<>/dev/tcp/10.0.0.2/7; echo '{line}' >&3; cat <&3");
        asks.output(&["bash", "-c", &script])
    };
    assert_eq!(
        ask("tcp 10.0.0.1:9"),
        "error: the peer refused the connection"
    );
    // Nothing listens on its own address either.
    assert_eq!(
        ask("tcp 10.0.0.2:9"),
        "error: the peer refused the connection"
    );
    let hop = ask("udp [::1]:9");
    assert_eq!(hop, "error: there is no route to the peer");
}

/// A server that prints what Linux says of its connection to the unikernel.
const SERVER: &str = "\
    $| = 1; \
    $listener = IO::Socket::INET->new(Listen => 1, LocalPort => 9) or die; \
    if (!fork) { exec 'bash', '-c', 'exec 3<>/dev/tcp/10.0.0.2/7; echo tcp 10.0.0.1:9 >&3; cat <&3' } \
    $client = $listener->accept; \
    sysread $client, $question, 4; \
    print `ss -Htino sport = :9`; \
    print $client 'an answer'; \
    close $client; \
    wait";

/// Linux shows `ecn` once both sides have agreed, and `ecnseen` once a packet came that is ECN-capable.
fn ecn_is_used_with_servers_that_support_it(runner: Runner) {
    let asks = Namespace::with("asks", runner);
    for (setting, is_used) in [("2", true), ("0", false)] {
        let script = format!(
            "echo {setting} >/proc/sys/net/ipv4/tcp_ecn && exec perl -MIO::Socket::INET -e \"$0\""
        );
        let output = asks.output(&["bash", "-c", &script, SERVER]);
        assert!(output.ends_with("an answer"), "{output}");
        let words: Vec<_> = output.split_whitespace().collect();
        assert_eq!(words.contains(&"ecn"), is_used, "{output}");
        assert_eq!(words.contains(&"ecnseen"), is_used, "{output}");
    }
}
