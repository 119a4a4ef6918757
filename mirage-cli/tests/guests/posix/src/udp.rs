//! Datagrams.

use crate::{
    calls::{self, at},
    report::{bits, step},
    sockets::{bound_udp, close, port, udp, wait},
};

pub fn run() {
    println!("# udp");
    datagrams();
    connected();
    lengths();
    refused();
    shut_down();
    closed();
}

fn datagrams() {
    let (receiver, to) = bound_udp();
    let sender = udp();
    step("send", calls::send_to(sender, b"first", at(to)));
    step("send", calls::send_to(sender, b"second", at(to)));
    println!("the sender has a port: {}", port(sender) > 0);
    wait(receiver, libc::EPOLLIN);
    step(
        "peek",
        calls::receive(receiver, &mut [0; 3], libc::MSG_PEEK),
    );
    step(
        "peek at the length",
        calls::receive(receiver, &mut [0; 3], libc::MSG_PEEK | libc::MSG_TRUNC),
    );
    let (mut one, mut two) = ([0; 2], [0; 2]);
    let (received, flags) = calls::receive_message(receiver, &mut [&mut one, &mut two]);
    step("recvmsg", received);
    println!(
        "data: {one:?} {two:?}, truncated: {}",
        flags & libc::MSG_TRUNC != 0
    );
    wait(receiver, libc::EPOLLIN);
    step(
        "receive the length",
        calls::receive(receiver, &mut [0; 3], libc::MSG_TRUNC),
    );
    step(
        "receive none",
        calls::receive(receiver, &mut [0; 3], libc::MSG_DONTWAIT),
    );
    step("send nothing", calls::send_to(sender, b"", at(to)));
    wait(receiver, libc::EPOLLIN);
    step("receive nothing", calls::receive(receiver, &mut [0; 3], 0));
    step(
        "writev needs a peer",
        calls::writev(sender, &[b"ab", b"cd"]),
    );
    step(
        "set a timeout",
        calls::set_timeout(receiver, libc::SO_RCVTIMEO, 20),
    );
    step(
        "receive with a timeout",
        calls::receive(receiver, &mut [0; 3], 0),
    );
    step("send to port 0", calls::send_to(sender, b"x", at(0)));
    let broadcast = "255.255.255.255:9".parse().expect("an address");
    step("broadcast", calls::send_to(sender, b"x", broadcast));
    close([receiver, sender]);
}

fn connected() {
    let (receiver, to) = bound_udp();
    let (other, other_port) = bound_udp();
    let socket = udp();
    step("connect", calls::connect(socket, at(to)));
    println!("the peer: {}", calls::peer(socket) == Ok(at(to)));
    println!(
        "the local address: {}",
        calls::local(socket).map(|name| *name.ip()) == Ok(*at(0).ip())
    );
    step("send", calls::send(socket, b"x", 0));
    step(
        "send to another",
        calls::send_to(socket, b"y", at(other_port)),
    );
    step("writev", calls::writev(socket, &[b"ab", b"cd"]));
    wait(receiver, libc::EPOLLIN);
    step("receive", calls::receive(receiver, &mut [0; 9], 0));
    wait(receiver, libc::EPOLLIN);
    let (mut one, mut two) = ([0; 3], [0; 9]);
    step("readv", calls::readv(receiver, &mut [&mut one, &mut two]));
    println!("data: {one:?} {two:?}");
    wait(other, libc::EPOLLIN);
    step("the other receives", calls::receive(other, &mut [0; 9], 0));
    // A datagram of another is not received.
    step(
        "another sends",
        calls::send_to(other, b"no", at(port(socket))),
    );
    step(
        "the peer sends",
        calls::send_to(receiver, b"yes", at(port(socket))),
    );
    wait(socket, libc::EPOLLIN);
    step(
        "receive from the peer",
        calls::receive(socket, &mut [0; 9], 0),
    );
    step(
        "and nothing else",
        calls::receive(socket, &mut [0; 9], libc::MSG_DONTWAIT),
    );
    step("connect to another", calls::connect(socket, at(other_port)));
    println!("the peer: {}", calls::peer(socket) == Ok(at(other_port)));
    step("disconnect", calls::connect_family(socket, libc::AF_UNSPEC));
    step("getpeername after it", calls::peer(socket).map(|_| 0));
    step("send after it", calls::send(socket, b"x", 0));
    close([receiver, other, socket]);
}

fn lengths() {
    let (receiver, to) = bound_udp();
    let (sender, _) = bound_udp();
    let data = vec![1; 65_508];
    step(
        "a datagram that is too long",
        calls::send_to(sender, &data, at(to)),
    );
    step(
        "the longest datagram",
        calls::send_to(sender, &data[..65_507], at(to)),
    );
    wait(receiver, libc::EPOLLIN);
    step(
        "receive it",
        calls::receive(receiver, &mut vec![0; 70_000], 0),
    );
    close([receiver, sender]);
}

fn refused() {
    let (unused, to) = bound_udp();
    close([unused]);
    let socket = udp();
    calls::connect(socket, at(to)).expect("a peer");
    step("send to nobody", calls::send(socket, b"x", 0));
    println!("events: {}", bits(wait(socket, libc::EPOLLIN)));
    step(
        "receive",
        calls::receive(socket, &mut [0; 4], libc::MSG_DONTWAIT),
    );
    step(
        "receive again",
        calls::receive(socket, &mut [0; 4], libc::MSG_DONTWAIT),
    );
    step("send again", calls::send(socket, b"x", 0));
    wait(socket, libc::EPOLLIN);
    step("send reports it", calls::send(socket, b"x", 0));
    step("send again", calls::send(socket, b"x", 0));
    wait(socket, libc::EPOLLIN);
    step(
        "SO_ERROR",
        calls::option(socket, libc::SOL_SOCKET, libc::SO_ERROR),
    );
    step(
        "SO_ERROR again",
        calls::option(socket, libc::SOL_SOCKET, libc::SO_ERROR),
    );
    close([socket]);
}

fn shut_down() {
    let (receiver, to) = bound_udp();
    let socket = udp();
    calls::connect(socket, at(to)).expect("a peer");
    step("shut down writing", calls::shutdown(socket, libc::SHUT_WR));
    step("send after it", calls::send(socket, b"x", 0));
    step("shut down reading", calls::shutdown(socket, libc::SHUT_RD));
    step("receive after it", calls::receive(socket, &mut [0; 4], 0));
    println!(
        "events: {}",
        bits(wait(socket, libc::EPOLLIN | libc::EPOLLRDHUP))
    );
    close([receiver, socket]);
}

/// What was sent is delivered, although the sender is closed.
fn closed() {
    let (receiver, to) = bound_udp();
    let (sender, from) = bound_udp();
    for _ in 0..3 {
        step("send", calls::send_to(sender, b"last", at(to)));
    }
    close([sender]);
    let again = udp();
    step("bind its port", calls::bind(again, at(from)));
    for _ in 0..3 {
        wait(receiver, libc::EPOLLIN);
        step(
            "receive",
            calls::receive(receiver, &mut [0; 9], libc::MSG_DONTWAIT),
        );
    }
    close([receiver, again]);
}
