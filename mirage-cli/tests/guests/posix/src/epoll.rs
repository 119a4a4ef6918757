//! `epoll`.

use crate::{
    calls,
    report::{self, step},
    sockets::{close, connection, listener, nonblocking_tcp, opened, tcp, udp, wait, wait_for_end},
};
use libc::{
    EPOLL_CTL_ADD, EPOLL_CTL_DEL, EPOLL_CTL_MOD, EPOLLET, EPOLLIN, EPOLLONESHOT, EPOLLOUT,
    EPOLLRDHUP, c_int,
};

/// How long an event may take in milliseconds.
const LIMIT: c_int = 10_000;

pub fn run() {
    println!("# epoll");
    errors();
    level();
    edge();
    short_writes();
    once();
    ends();
    connecting();
    duplicates();
    reused();
    nested();
    many();
}

fn new() -> c_int {
    opened(calls::epoll())
}

fn add(epoll: c_int, descriptor: c_int, events: c_int, data: u64) {
    calls::epoll_control(epoll, EPOLL_CTL_ADD, descriptor, events, data).expect("it is added");
}

/// Prints what is there now.
fn now(what: &str, epoll: c_int) {
    report::events(what, calls::epoll_wait(epoll, 16, 0));
}

/// Waits for the next events and prints them.
fn next(what: &str, epoll: c_int) {
    report::events(what, calls::epoll_wait(epoll, 16, LIMIT));
}

fn errors() {
    let epoll = new();
    let counter = opened(calls::event_counter(0, 0));
    let control =
        |operation, descriptor| calls::epoll_control(epoll, operation, descriptor, EPOLLIN, 1);
    step("unknown flags", calls::epoll_with(0x1234).map(|_| 0));
    step("add, closed", control(EPOLL_CTL_ADD, 999));
    step("add itself", control(EPOLL_CTL_ADD, epoll));
    step("modify, not added", control(EPOLL_CTL_MOD, counter));
    step("delete, not added", control(EPOLL_CTL_DEL, counter));
    step("add", control(EPOLL_CTL_ADD, counter));
    step("add again", control(EPOLL_CTL_ADD, counter));
    step("an unknown operation", control(9, counter));
    step(
        "control of a closed one",
        calls::epoll_control(999, EPOLL_CTL_ADD, counter, EPOLLIN, 1),
    );
    step(
        "control of none",
        calls::epoll_control(counter, EPOLL_CTL_ADD, epoll, EPOLLIN, 1),
    );
    step("wait for none", calls::epoll_wait(counter, 1, 0).map(|_| 0));
    step("wait, closed", calls::epoll_wait(999, 1, 0).map(|_| 0));
    step(
        "wait for 0 events",
        calls::epoll_wait(epoll, 0, 0).map(|_| 0),
    );
    step(
        "wait with a timeout",
        calls::epoll_wait(epoll, 1, 5).map(|events| events.len() as i64),
    );
    step("delete", control(EPOLL_CTL_DEL, counter));
    step("read", calls::read(epoll, &mut [0; 8]));
    step("write", calls::write(epoll, &[0; 8]));
    close([epoll, counter]);
}

fn level() {
    let [client, server] = connection();
    let epoll = new();
    add(epoll, server, EPOLLIN, 1);
    now("nothing", epoll);
    calls::send(client, b"ab", 0).expect("room");
    next("data", epoll);
    now("data still", epoll);
    calls::receive(server, &mut [0; 1], 0).expect("data");
    now("data still", epoll);
    calls::receive(server, &mut [0; 1], 0).expect("data");
    now("nothing", epoll);
    step(
        "modify",
        calls::epoll_control(epoll, EPOLL_CTL_MOD, server, EPOLLIN | EPOLLOUT, 2),
    );
    now("writable", epoll);
    step(
        "modify",
        calls::epoll_control(epoll, EPOLL_CTL_MOD, server, 0, 3),
    );
    now("nothing is wanted", epoll);
    close([epoll, client, server]);
}

fn edge() {
    let [client, server] = connection();
    let epoll = new();
    add(epoll, server, EPOLLIN | EPOLLOUT | EPOLLET, 1);
    now("writable", epoll);
    now("no new edge", epoll);
    calls::send(client, b"a", 0).expect("room");
    next("data", epoll);
    now("no new edge", epoll);
    calls::send(client, b"b", 0).expect("room");
    next("more data, without reading", epoll);
    calls::receive(server, &mut [0; 1], 0).expect("data");
    now("no edge by reading", epoll);
    step(
        "modify",
        calls::epoll_control(epoll, EPOLL_CTL_MOD, server, EPOLLIN | EPOLLET, 2),
    );
    now("modifying is an edge", epoll);
    now("no new edge", epoll);
    close([client, server]);
    let [one, other] = calls::socket_pair(libc::AF_UNIX, libc::SOCK_STREAM).expect("a pair");
    add(epoll, one, EPOLLIN | EPOLLET, 3);
    for _ in 0..2 {
        calls::write(other, b"x").expect("room");
        next("an edge for each write", epoll);
        now("no new edge", epoll);
    }
    close([one, other]);
    let counter = opened(calls::event_counter(0, 0));
    add(epoll, counter, EPOLLIN | EPOLLET, 4);
    for _ in 0..2 {
        calls::write(counter, &1_u64.to_ne_bytes()).expect("room");
        next("an edge for each addition", epoll);
        now("no new edge", epoll);
    }
    close([epoll, counter]);
}

/// The program has written less than it had, and waits without having failed.
fn short_writes() {
    let [client, server] = connection();
    calls::fcntl(client, libc::F_SETFL, libc::O_NONBLOCK).expect("a flag");
    let epoll = new();
    add(epoll, client, EPOLLOUT | EPOLLET, 1);
    now("writable", epoll);
    let data = vec![7; 16 << 20];
    let mut written = calls::write(client, &data).expect("room");
    println!("short write: {}", written < data.len() as i64);
    let mut buffer = vec![0; 1 << 16];
    while written > 0 {
        written -= calls::read(server, &mut buffer).expect("data");
    }
    next("an edge when there is room", epoll);
    close([epoll, client, server]);
}

fn once() {
    let [client, server] = connection();
    let epoll = new();
    add(epoll, server, EPOLLIN | EPOLLONESHOT, 1);
    calls::send(client, b"a", 0).expect("room");
    next("once", epoll);
    now("not twice", epoll);
    calls::send(client, b"b", 0).expect("room");
    now("not with more data", epoll);
    step(
        "add again",
        calls::epoll_control(epoll, EPOLL_CTL_ADD, server, EPOLLIN, 1),
    );
    step(
        "arm",
        calls::epoll_control(epoll, EPOLL_CTL_MOD, server, EPOLLIN | EPOLLONESHOT, 2),
    );
    next("once more", epoll);
    now("not twice", epoll);
    close([epoll, client, server]);
}

fn ends() {
    let wanted = EPOLLIN | EPOLLOUT | EPOLLRDHUP;
    let [client, server] = connection();
    let epoll = new();
    add(epoll, server, wanted, 1);
    calls::shutdown(client, libc::SHUT_WR).expect("a connection");
    wait_for_end(server);
    now("the peer has shut down writing", epoll);
    calls::shutdown(server, libc::SHUT_WR).expect("a connection");
    wait(server, libc::EPOLLHUP);
    now("both have", epoll);
    close([client, server]);
    now("closed", epoll);
    let [client, server] = connection();
    add(epoll, server, EPOLLIN, 2);
    close([client]);
    wait_for_end(server);
    now("RDHUP is not wanted", epoll);
    close([server]);
    let [reading, writing] = calls::pipe(0).expect("a pipe");
    add(epoll, reading, 0, 3);
    now("an open pipe", epoll);
    close([writing]);
    now("HUP is always reported", epoll);
    close([reading]);
    let [reading, writing] = calls::pipe(0).expect("a pipe");
    add(epoll, writing, 0, 4);
    close([reading]);
    now("ERR is always reported", epoll);
    close([writing, epoll]);
}

fn connecting() {
    let epoll = new();
    let (listener, port) = listener();
    add(epoll, listener, EPOLLIN | EPOLLET, 1);
    let fresh = tcp();
    add(epoll, fresh, EPOLLIN | EPOLLOUT, 2);
    now("an unconnected socket", epoll);
    close([fresh]);
    let client = nonblocking_tcp();
    add(epoll, client, EPOLLIN | EPOLLOUT | EPOLLET, 3);
    now("an unconnected socket", epoll);
    let _ = calls::connect(client, calls::at(port));
    wait(client, EPOLLOUT);
    wait(listener, EPOLLIN);
    now("connected", epoll);
    now("no new edge", epoll);
    let server = opened(calls::accept(listener, 0));
    let second = tcp();
    calls::connect(second, calls::at(port)).expect("a connection");
    next("the next connection", epoll);
    close([client, server, second, listener]);
    let refused = nonblocking_tcp();
    let _ = calls::connect(refused, calls::at(port));
    wait(refused, EPOLLOUT);
    add(epoll, refused, EPOLLIN | EPOLLOUT | EPOLLRDHUP, 4);
    now("refused", epoll);
    close([refused]);
    let datagrams = udp();
    add(epoll, datagrams, EPOLLIN | EPOLLOUT, 5);
    now("datagrams", epoll);
    close([datagrams, epoll]);
}

fn duplicates() {
    let epoll = new();
    let counter = opened(calls::event_counter(1, 0));
    let copy = opened(calls::dup(counter));
    add(epoll, counter, EPOLLIN, 1);
    add(epoll, copy, EPOLLIN, 2);
    now("both", epoll);
    close([counter]);
    now("both, since the description is open", epoll);
    step(
        "delete the closed one",
        calls::epoll_control(epoll, EPOLL_CTL_DEL, counter, 0, 0),
    );
    step(
        "delete the copy",
        calls::epoll_control(epoll, EPOLL_CTL_DEL, copy, 0, 0),
    );
    now("the closed one", epoll);
    close([copy]);
    now("none", epoll);
    close([epoll]);
}

fn reused() {
    let epoll = new();
    let first = opened(calls::event_counter(1, 0));
    add(epoll, first, EPOLLIN, 1);
    close([first]);
    let second = opened(calls::event_counter(0, 0));
    println!("the number is used again: {}", first == second);
    now("the new one is not watched", epoll);
    step(
        "modify",
        calls::epoll_control(epoll, EPOLL_CTL_MOD, second, EPOLLIN, 2),
    );
    add(epoll, second, EPOLLIN, 2);
    now("nothing", epoll);
    calls::write(second, &1_u64.to_ne_bytes()).expect("room");
    now("the new one", epoll);
    let copy = opened(calls::dup(second));
    close([second]);
    let third = opened(calls::event_counter(1, 0));
    println!("the number is used again: {}", second == third);
    add(epoll, third, EPOLLIN, 3);
    now("both", epoll);
    close([third, copy]);
    now("none", epoll);
    let other = opened(calls::dup(epoll));
    let counter = opened(calls::event_counter(1, 0));
    add(other, counter, EPOLLIN, 4);
    close([epoll]);
    now("through a copy", other);
    close([other, counter]);
}

fn nested() {
    let (inner, outer) = (new(), new());
    let counter = opened(calls::event_counter(0, 0));
    add(inner, counter, EPOLLIN, 1);
    add(outer, inner, EPOLLIN, 2);
    now("nothing", outer);
    calls::write(counter, &1_u64.to_ne_bytes()).expect("room");
    now("the inner one", outer);
    println!("poll: {}", report::bits(wait(inner, EPOLLIN)));
    now("the counter", inner);
    now("the inner one still", outer);
    calls::read(counter, &mut [0; 8]).expect("a value");
    now("nothing", outer);
    now("nothing", inner);
    step(
        "a loop",
        calls::epoll_control(inner, EPOLL_CTL_ADD, outer, EPOLLIN, 3),
    );
    close([inner, outer, counter]);
    let chain: [c_int; 10] = std::array::from_fn(|_| new());
    let watch = |outer, inner| calls::epoll_control(outer, EPOLL_CTL_ADD, inner, EPOLLIN, 4);
    let results = (1..10).map(|index| watch(chain[index], chain[index - 1]));
    let results: Vec<_> = results.collect();
    println!(
        "a chain of five: {:?}",
        results[..4].iter().all(Result::is_ok)
    );
    // The limit is not the same in all versions of Linux.
    println!("a chain of ten: {}", results.contains(&Err(libc::ELOOP)));
    close(chain);
}

/// More events than are asked for: each has its turn.
fn many() {
    let epoll = new();
    let counters: [c_int; 6] = std::array::from_fn(|_| opened(calls::event_counter(1, 0)));
    for (index, counter) in counters.iter().enumerate() {
        add(epoll, *counter, EPOLLIN, index as u64);
    }
    for _ in 0..3 {
        report::events("two of six", calls::epoll_wait(epoll, 2, 0));
    }
    close(counters);
    now("none", epoll);
    close([epoll]);
}
