//! Sockets to begin with, and waiting for them.

use crate::calls;
use libc::{c_int, pollfd};

/// How long an event may take in milliseconds.
const LIMIT: c_int = 10_000;

pub fn tcp() -> c_int {
    opened(calls::socket(libc::AF_INET, libc::SOCK_STREAM, 0))
}

pub fn nonblocking_tcp() -> c_int {
    let kind = libc::SOCK_STREAM | libc::SOCK_NONBLOCK;
    opened(calls::socket(libc::AF_INET, kind, 0))
}

pub fn udp() -> c_int {
    opened(calls::socket(libc::AF_INET, libc::SOCK_DGRAM, 0))
}

/// A descriptor that was opened.
pub fn opened(descriptor: calls::Outcome) -> c_int {
    descriptor.expect("a descriptor") as c_int
}

/// A listener, and its port.
pub fn listener() -> (c_int, u16) {
    let listener = tcp();
    calls::bind(listener, calls::at(0)).expect("a free port");
    calls::listen(listener, 128).expect("a listener");
    (listener, port(listener))
}

pub fn port(descriptor: c_int) -> u16 {
    calls::local(descriptor).expect("an address").port()
}

/// A UDP socket on a free port of the loopback interface.
pub fn bound_udp() -> (c_int, u16) {
    let socket = udp();
    calls::bind(socket, calls::at(0)).expect("a free port");
    (socket, port(socket))
}

/// Both ends of a connection: that of the client and that of the server.
pub fn connection() -> [c_int; 2] {
    let (listener, port) = listener();
    let client = tcp();
    calls::connect(client, calls::at(port)).expect("a connection");
    let server = opened(calls::accept(listener, 0));
    close([listener]);
    [client, server]
}

pub fn close<const N: usize>(descriptors: [c_int; N]) {
    for descriptor in descriptors {
        calls::close(descriptor).expect("it is open");
    }
}

/// Waits for one of these events, and returns those that are there.
pub fn wait(descriptor: c_int, events: c_int) -> u32 {
    let mut entry = [pollfd {
        fd: descriptor,
        events: events as i16,
        revents: 0,
    }];
    calls::poll(&mut entry, LIMIT).expect("it waits");
    entry[0].revents as u32
}

/// Waits until a peer has closed or reset its connection.
pub fn wait_for_end(descriptor: c_int) {
    wait(descriptor, libc::EPOLLRDHUP);
}
