//! Connections.

use crate::{
    calls::{self, at},
    report::step,
    sockets::{
        close, connection, listener, nonblocking_tcp, opened, port, tcp, wait, wait_for_end,
    },
};

use std::thread;

pub fn run() {
    println!("# tcp");
    data();
    peeking();
    names();
    half_close();
    shut_down_reading();
    timeouts();
    flow();
    full_backlog();
    associations();
    many_parts();
}

fn data() {
    let [client, server] = connection();
    let mut buffer = [0; 16];
    step("send", calls::send(client, b"hello", 0));
    wait(server, libc::EPOLLIN);
    step(
        "peek",
        calls::receive(server, &mut buffer[..3], libc::MSG_PEEK),
    );
    step(
        "peek all",
        calls::receive(server, &mut buffer, libc::MSG_PEEK),
    );
    step("receive 2", calls::receive(server, &mut buffer[..2], 0));
    step("receive the rest", calls::receive(server, &mut buffer, 0));
    println!("data: {:?}", String::from_utf8_lossy(&buffer[..3]));
    step(
        "receive none",
        calls::receive(server, &mut buffer, libc::MSG_DONTWAIT),
    );
    step(
        "peek at none",
        calls::receive(server, &mut buffer, libc::MSG_DONTWAIT | libc::MSG_PEEK),
    );
    step("send nothing", calls::send(client, b"", 0));
    step(
        "receive into nothing",
        calls::receive(server, &mut [], libc::MSG_DONTWAIT),
    );
    step("writev", calls::writev(client, &[b"ab", b"", b"cde"]));
    wait(server, libc::EPOLLIN);
    let (mut first, mut second) = ([0; 3], [0; 4]);
    step(
        "readv",
        calls::readv(server, &mut [&mut first, &mut second]),
    );
    println!("data: {first:?} {second:?}");
    step("writev of nothing", calls::writev(client, &[]));
    step("writev of empty parts", calls::writev(client, &[b"", b""]));
    step("send in parts", calls::send(client, b"12", 0));
    step("send in parts", calls::send(client, b"34", 0));
    let mut four = [0; 4];
    step(
        "receive all",
        calls::receive(server, &mut four, libc::MSG_WAITALL),
    );
    println!("data: {four:?}");
    step("send for truncation", calls::send(client, b"123456", 0));
    wait(server, libc::EPOLLIN);
    let (received, flags) = calls::receive_message(server, &mut [&mut first, &mut []]);
    step("recvmsg", received);
    println!("flags: {flags}");
    step("discard", calls::receive(server, &mut buffer, 0));
    close([client, server]);
}

/// What is peeked at grows, and is read as a whole.
fn peeking() {
    let [client, server] = connection();
    let mut buffer = [0; 16];
    for (data, all) in [(b"ab", 2), (b"cd", 4)] {
        calls::send(client, data, 0).expect("room");
        let mut unread = 0;
        while unread < all {
            calls::ioctl(server, libc::FIONREAD, &mut unread).expect("a socket");
            std::thread::yield_now();
        }
        step("peek", calls::receive(server, &mut buffer, libc::MSG_PEEK));
    }
    step("receive all", calls::receive(server, &mut buffer, 0));
    println!("data: {:?}", &buffer[..4]);
    calls::send(client, b"e", 0).expect("room");
    step(
        "receive from the queue of errors",
        calls::receive(server, &mut buffer, libc::MSG_ERRQUEUE | libc::MSG_DONTWAIT),
    );
    step(
        "receive urgent data",
        calls::receive(server, &mut buffer, libc::MSG_OOB),
    );
    step("receive", calls::receive(server, &mut buffer, 0));
    close([client, server]);
}

fn names() {
    let (listener, listening) = listener();
    let client = tcp();
    calls::connect(client, at(listening)).expect("a connection");
    let server = opened(calls::accept(listener, 0));
    let is = |what, value: bool| println!("{what}: {value}");
    is(
        "the peer is the listener",
        calls::peer(client) == Ok(at(listening)),
    );
    is(
        "the accepted is at the listener",
        calls::local(server) == Ok(at(listening)),
    );
    is(
        "the ports are the same",
        calls::peer(server) == Ok(at(port(client))),
    );
    is("the port is dynamic", port(client) >= 1024);
    close([client, server]);
    let bound = tcp();
    calls::bind(bound, at(0)).expect("a free port");
    let from = port(bound);
    step(
        "connect a bound socket",
        calls::connect(bound, at(listening)),
    );
    is("its port stays", port(bound) == from);
    let server = opened(calls::accept(listener, libc::SOCK_NONBLOCK));
    step(
        "receive without waiting",
        calls::receive(server, &mut [0; 4], 0),
    );
    close([bound, server]);
    let client = tcp();
    let any = std::net::SocketAddrV4::new(std::net::Ipv4Addr::UNSPECIFIED, listening);
    step(
        "connect to the unspecified address",
        calls::connect(client, any),
    );
    is(
        "the peer is loopback",
        calls::peer(client) == Ok(at(listening)),
    );
    let server = opened(calls::accept(listener, 0));
    close([client, server, listener]);
}

fn half_close() {
    let [client, server] = connection();
    step("send", calls::send(client, b"last", 0));
    step("shut down writing", calls::shutdown(client, libc::SHUT_WR));
    step("send after it", calls::send(client, b"x", 0));
    step("write after it", calls::send(client, b"", 0));
    step("writev after it", calls::writev(client, &[b"x", b"y"]));
    step("writev of nothing after it", calls::writev(client, &[b""]));
    wait_for_end(server);
    step("receive", calls::receive(server, &mut [0; 16], 0));
    step("receive the end", calls::receive(server, &mut [0; 16], 0));
    step(
        "receive the end again",
        calls::receive(server, &mut [0; 16], 0),
    );
    step(
        "peek at the end",
        calls::receive(server, &mut [0; 16], libc::MSG_PEEK),
    );
    step("answer", calls::send(server, b"answer", 0));
    wait(client, libc::EPOLLIN);
    step(
        "receive the answer",
        calls::receive(client, &mut [0; 16], 0),
    );
    step("shut down again", calls::shutdown(client, libc::SHUT_WR));
    close([server]);
    wait(client, libc::EPOLLIN);
    step("receive the end", calls::receive(client, &mut [0; 16], 0));
    close([client]);
}

fn shut_down_reading() {
    let [client, server] = connection();
    step("shut down reading", calls::shutdown(client, libc::SHUT_RD));
    step("receive the end", calls::receive(client, &mut [0; 4], 0));
    step("send still", calls::send(client, b"x", 0));
    step("shut down both", calls::shutdown(client, libc::SHUT_RDWR));
    step("send no longer", calls::send(client, b"x", 0));
    close([client, server]);
}

fn timeouts() {
    let [client, server] = connection();
    step(
        "set a timeout",
        calls::set_timeout(client, libc::SO_RCVTIMEO, 20),
    );
    let begin = std::time::Instant::now();
    step(
        "receive with a timeout",
        calls::receive(client, &mut [0; 4], 0),
    );
    let elapsed = begin.elapsed().as_millis();
    println!("it waited: {}", (15..5000).contains(&elapsed));
    close([client, server]);
    let (listener, _) = listener();
    step(
        "set a timeout",
        calls::set_timeout(listener, libc::SO_RCVTIMEO, 20),
    );
    step("accept with a timeout", calls::accept(listener, 0));
    close([listener]);
}

/// A sender that is faster than the receiver.
fn flow() {
    let [client, server] = connection();
    calls::fcntl(client, libc::F_SETFL, libc::O_NONBLOCK).expect("a flag");
    let data = vec![7; 1 << 20];
    let mut sent = 0;
    let full = loop {
        match calls::send(client, &data, 0) {
            Ok(count) => sent += count,
            Err(errno) => break errno,
        }
    };
    println!("the buffers are full: {}", crate::report::name(full));
    let mut buffer = vec![0; 1 << 16];
    let mut received = 0;
    while received < sent {
        received += calls::receive(server, &mut buffer, 0).expect("data");
    }
    println!("all was received: {}", received == sent);
    println!(
        "writable: {}",
        crate::report::bits(wait(client, libc::EPOLLOUT))
    );
    step(
        "set a timeout",
        calls::set_timeout(client, libc::SO_SNDTIMEO, 20),
    );
    calls::fcntl(client, libc::F_SETFL, 0).expect("a flag");
    // A blocking call sends what there is room for, and then fails.
    let full = loop {
        match calls::send(client, &data, 0) {
            Ok(_) => {}
            Err(errno) => break errno,
        }
    };
    println!("sending with a timeout: {}", crate::report::name(full));
    close([client, server]);
}

/// Parts of different lengths arrive in their order; without waiting, as many as there is room for.
fn many_parts() {
    const PERIOD: usize = 251;
    let [client, server] = connection();
    let pattern: Vec<u8> = (0..1 << 21).map(|index| (index % PERIOD) as u8).collect();
    let lengths = [1, 0, 2, 700_000, 0, 0, 3, 100, 1, 9, 1_000_000];
    let mut rest = &pattern[..];
    let parts = lengths.map(|length| rest.split_off(..length).expect("enough data"));
    let mut buffer = vec![0; lengths.iter().sum()];
    thread::scope(|scope| {
        let sender = scope.spawn(|| calls::writev(client, &parts));
        let received = calls::receive(server, &mut buffer, libc::MSG_WAITALL);
        step("receive all parts", received);
        step("writev that waits", sender.join().expect("no panic"));
    });
    println!("in their order: {}", pattern.starts_with(&buffer));
    calls::fcntl(client, libc::F_SETFL, libc::O_NONBLOCK).expect("a flag");
    let mut sent = 0;
    let full = loop {
        let parts = &pattern[sent % PERIOD..][..50_000];
        let (first, second) = parts.split_at(20_000);
        match calls::writev(client, &[first, b"", second]) {
            Ok(count) => sent += count as usize,
            Err(errno) => break errno,
        }
    };
    println!("the buffers are full: {}", crate::report::name(full));
    let (mut received, mut is_right) = (0, true);
    while received < sent {
        let count = calls::receive(server, &mut buffer, 0).expect("data") as usize;
        is_right &= pattern[received % PERIOD..].starts_with(&buffer[..count]);
        received += count;
    }
    println!("all was received: {is_right} {}", received == sent);
    close([client, server]);
}

/// A peer that does not answer, since its backlog is full.
fn full_backlog() {
    let socket = tcp();
    calls::bind(socket, at(0)).expect("a free port");
    calls::listen(socket, 1).expect("a listener");
    let to = at(port(socket));
    let mut clients = Vec::new();
    let waiting = loop {
        let client = nonblocking_tcp();
        let connecting = calls::connect(client, to);
        if connecting.is_err_and(|errno| errno != libc::EINPROGRESS) || clients.len() > 5000 {
            break -1;
        }
        clients.push(client);
        let mut entry = [libc::pollfd {
            fd: client,
            events: libc::POLLOUT,
            revents: 0,
        }];
        if calls::poll(&mut entry, 100) == Ok(0) {
            break client;
        }
    };
    step("connect, no answer yet", calls::connect(waiting, to));
    step(
        "receive, no answer yet",
        calls::receive(waiting, &mut [0; 4], 0),
    );
    step("send, no answer yet", calls::send(waiting, b"x", 0));
    step(
        "getpeername, no answer yet",
        calls::peer(waiting).map(|_| 0),
    );
    step(
        "SO_ERROR, no answer yet",
        calls::option(waiting, libc::SOL_SOCKET, libc::SO_ERROR),
    );
    let named = calls::local(waiting).map(|name| i64::from(name.port() > 0));
    step("it has a port", named);
    step(
        "shutdown, no answer yet",
        calls::shutdown(waiting, libc::SHUT_RDWR),
    );
    for client in clients {
        close([client]);
    }
    close([socket]);
}

/// Sockets that are connected again.
fn associations() {
    let [client, server] = connection();
    step(
        "connect to AF_UNSPEC",
        calls::connect_family(client, libc::AF_UNSPEC),
    );
    step("getpeername after it", calls::peer(client).map(|_| 0));
    close([client, server]);
}
