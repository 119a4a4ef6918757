//! `poll`.

use crate::{
    calls,
    report::{bits, step},
    sockets::{close, connection, listener, opened, tcp, udp},
};
use libc::{POLLIN, POLLOUT, POLLRDHUP, c_int, pollfd};

pub fn run() {
    println!("# poll");
    let [client, server] = connection();
    let (listener, _) = listener();
    let unconnected = tcp();
    let datagrams = udp();
    let counter = opened(calls::event_counter(0, 0));
    let every = POLLIN | POLLOUT | POLLRDHUP;
    show("connection", client, every);
    show("listener", listener, every);
    show("unconnected", unconnected, every);
    show("unconnected, nothing wanted", unconnected, 0);
    show("datagrams", datagrams, every);
    show("counter", counter, every);
    show("closed", 999, every);
    show("negative", -1, every);
    calls::send(server, b"x", 0).expect("room");
    crate::sockets::wait(client, libc::EPOLLIN);
    show("with data", client, every);
    show("with data, but OUT is wanted", client, POLLOUT);
    let mut entries = [
        entry(client, POLLIN),
        entry(-1, POLLIN),
        entry(999, POLLIN),
        entry(server, POLLIN),
    ];
    step("several", calls::poll(&mut entries, -1));
    for entry in entries {
        println!("  {}", bits(entry.revents as u32));
    }
    step("none, with a timeout", calls::poll(&mut [], 5));
    step(
        "idle, with a timeout",
        calls::poll(&mut [entry(server, POLLIN)], 5),
    );
    close([client, server, listener, unconnected, datagrams, counter]);
}

fn entry(descriptor: c_int, events: i16) -> pollfd {
    pollfd {
        fd: descriptor,
        events,
        revents: 0,
    }
}

fn show(what: &str, descriptor: c_int, events: i16) {
    let mut entries = [entry(descriptor, events)];
    step(what, calls::poll(&mut entries, 0));
    println!("  {}", bits(entries[0].revents as u32));
}
