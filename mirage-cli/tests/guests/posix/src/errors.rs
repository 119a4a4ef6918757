//! Errors of functions on sockets.

use crate::{
    calls::{self, at},
    report::{done, step},
    sockets::{bound_udp, close, connection, listener, nonblocking_tcp, opened, tcp, udp},
};

pub fn run() {
    println!("# errors");
    opening();
    closed_descriptors();
    no_sockets();
    binding();
    unconnected();
    connecting();
    listening();
}

fn opening() {
    step(
        "socket of no family",
        calls::socket(-1, libc::SOCK_STREAM, 0),
    );
    step(
        "socket of a family that is not there",
        calls::socket(99, libc::SOCK_STREAM, 0),
    );
    step("socket of no type", calls::socket(libc::AF_INET, 77, 0));
    let of_udp = calls::socket(libc::AF_INET, libc::SOCK_STREAM, libc::IPPROTO_UDP);
    step("stream socket of UDP", of_udp);
    let of_tcp = calls::socket(libc::AF_INET, libc::SOCK_DGRAM, libc::IPPROTO_TCP);
    step("datagram socket of TCP", of_tcp);
    step(
        "sequenced socket",
        calls::socket(libc::AF_INET, libc::SOCK_SEQPACKET, 0),
    );
}

fn closed_descriptors() {
    const CLOSED: i32 = 999;
    let mut buffer = [0; 4];
    step("close, closed", calls::close(CLOSED));
    step("close, negative", calls::close(-1));
    step("read, closed", calls::read(CLOSED, &mut buffer));
    step("write, closed", calls::write(CLOSED, b"x"));
    step("readv, closed", calls::readv(CLOSED, &mut [&mut buffer]));
    step("writev, closed", calls::writev(CLOSED, &[b"x"]));
    step("send, closed", calls::send(CLOSED, b"x", 0));
    step("recv, closed", calls::receive(CLOSED, &mut [0; 4], 0));
    step("bind, closed", calls::bind(CLOSED, at(0)));
    step("listen, closed", calls::listen(CLOSED, 1));
    step("connect, closed", calls::connect(CLOSED, at(9)));
    step("accept, closed", calls::accept(CLOSED, 0));
    step("shutdown, closed", calls::shutdown(CLOSED, libc::SHUT_RD));
    step(
        "shutdown in no direction, closed",
        calls::shutdown(CLOSED, 9),
    );
    step("getsockname, closed", calls::local(CLOSED).map(|_| 0));
    step("getpeername, closed", calls::peer(CLOSED).map(|_| 0));
    step("dup, closed", calls::dup(CLOSED));
    step("dup2, closed", calls::dup2(CLOSED, 5));
    step("fcntl, closed", calls::fcntl(CLOSED, libc::F_GETFL, 0));
    step("ioctl, closed", calls::ioctl(CLOSED, libc::FIONBIO, &mut 1));
    step(
        "getsockopt, closed",
        calls::option(CLOSED, libc::SOL_SOCKET, libc::SO_ERROR),
    );
    let set = calls::set_option(CLOSED, libc::SOL_SOCKET, libc::SO_REUSEADDR, &1);
    step("setsockopt, closed", set);
}

fn no_sockets() {
    let counter = opened(calls::event_counter(0, 0));
    step("bind, no socket", calls::bind(counter, at(0)));
    step("listen, no socket", calls::listen(counter, 1));
    step("connect, no socket", calls::connect(counter, at(9)));
    step("accept, no socket", calls::accept(counter, 0));
    step(
        "shutdown, no socket",
        calls::shutdown(counter, libc::SHUT_RD),
    );
    step(
        "shutdown in no direction, no socket",
        calls::shutdown(counter, 9),
    );
    step("send, no socket", calls::send(counter, b"12345678", 0));
    step("recv, no socket", calls::receive(counter, &mut [0; 8], 0));
    step("getsockname, no socket", calls::local(counter).map(|_| 0));
    step("getpeername, no socket", calls::peer(counter).map(|_| 0));
    step(
        "getsockopt, no socket",
        calls::option(counter, libc::SOL_SOCKET, libc::SO_TYPE),
    );
    let set = calls::set_option(counter, libc::SOL_SOCKET, libc::SO_REUSEADDR, &1);
    step("setsockopt, no socket", set);
    close([counter]);
}

fn binding() {
    let (used, port) = listener();
    let socket = tcp();
    step("bind a used port", calls::bind(socket, at(port)));
    let elsewhere = "198.51.100.7:0".parse().expect("an address");
    step("bind an address of others", calls::bind(socket, elsewhere));
    step(
        "bind a short address",
        calls::bind_bytes(socket, libc::AF_INET, 8),
    );
    step(
        "bind no address",
        calls::bind_bytes(socket, libc::AF_INET, 0),
    );
    step(
        "bind an address of another family",
        calls::bind_bytes(socket, libc::AF_INET6, 16),
    );
    step(
        "bind an address of no family",
        calls::bind_bytes(socket, 99, 16),
    );
    done("bind", calls::bind(socket, at(0)));
    step("bind again", calls::bind(socket, at(0)));
    let (datagrams, port) = bound_udp();
    let other = udp();
    step("bind a used port of UDP", calls::bind(other, at(port)));
    step("bind a bound socket of UDP", calls::bind(datagrams, at(0)));
    step("listen, UDP", calls::listen(datagrams, 1));
    step("accept, UDP", calls::accept(datagrams, 0));
    close([used, socket, datagrams, other]);
}

fn unconnected() {
    let socket = tcp();
    step("recv, unconnected", calls::receive(socket, &mut [0; 4], 0));
    step("read, unconnected", calls::read(socket, &mut [0; 4]));
    step("send, unconnected", calls::send(socket, b"x", 0));
    step("getpeername, unconnected", calls::peer(socket).map(|_| 0));
    step(
        "shutdown, unconnected",
        calls::shutdown(socket, libc::SHUT_RDWR),
    );
    step("shutdown in no direction", calls::shutdown(socket, 9));
    step("accept, not listening", calls::accept(socket, 0));
    let name = calls::local(socket).map(|name| i64::from(name.port()));
    step("getsockname, unconnected", name);
    let name = calls::local(socket).map(|name| i64::from(name.ip().is_unspecified()));
    step("getsockname is unspecified", name);
    step(
        "SO_ERROR, unconnected",
        calls::option(socket, libc::SOL_SOCKET, libc::SO_ERROR),
    );
    close([socket]);
    let socket = udp();
    step("send, UDP unconnected", calls::send(socket, b"x", 0));
    step(
        "getpeername, UDP unconnected",
        calls::peer(socket).map(|_| 0),
    );
    step(
        "shutdown, UDP unconnected",
        calls::shutdown(socket, libc::SHUT_RDWR),
    );
    step(
        "recv, UDP unbound",
        calls::receive(socket, &mut [0; 4], libc::MSG_DONTWAIT),
    );
    close([socket]);
}

fn connecting() {
    let (unused, port) = listener();
    close([unused]);
    let socket = tcp();
    step("connect, refused", calls::connect(socket, at(port)));
    step(
        "SO_ERROR after it",
        calls::option(socket, libc::SOL_SOCKET, libc::SO_ERROR),
    );
    step("connect again, refused", calls::connect(socket, at(port)));
    step("connect to null", calls::connect_null(socket));
    step(
        "connect to another family",
        calls::connect_family(socket, libc::AF_INET6),
    );
    step("connect to no family", calls::connect_family(socket, 99));
    close([socket]);

    let socket = nonblocking_tcp();
    step("connect without waiting", calls::connect(socket, at(port)));
    crate::sockets::wait(socket, libc::EPOLLOUT);
    step(
        "connect when it was refused",
        calls::connect(socket, at(port)),
    );
    close([socket]);

    let socket = nonblocking_tcp();
    done("connect without waiting", calls::connect(socket, at(port)));
    crate::sockets::wait(socket, libc::EPOLLOUT);
    step(
        "SO_ERROR, refused",
        calls::option(socket, libc::SOL_SOCKET, libc::SO_ERROR),
    );
    step(
        "SO_ERROR again",
        calls::option(socket, libc::SOL_SOCKET, libc::SO_ERROR),
    );
    step("send, refused", calls::send(socket, b"x", 0));
    step("recv, refused", calls::receive(socket, &mut [0; 4], 0));
    close([socket]);

    let (listener, port) = listener();
    let socket = nonblocking_tcp();
    step("connect without waiting", calls::connect(socket, at(port)));
    crate::sockets::wait(socket, libc::EPOLLOUT);
    step("connect when it is open", calls::connect(socket, at(port)));
    step("connect again", calls::connect(socket, at(port)));
    let accepted = opened(calls::accept(listener, 0));
    step(
        "connect an accepted connection",
        calls::connect(accepted, at(port)),
    );
    step("bind a connection", calls::bind(socket, at(0)));
    step("listen on a connection", calls::listen(socket, 1));
    step("accept of a connection", calls::accept(socket, 0));
    close([listener, socket, accepted]);
}

fn listening() {
    let (listener, port) = listener();
    step("listen again", calls::listen(listener, 1));
    step("connect a listener", calls::connect(listener, at(port)));
    step(
        "recv of a listener",
        calls::receive(listener, &mut [0; 4], 0),
    );
    step("send to a listener", calls::send(listener, b"x", 0));
    step(
        "getpeername of a listener",
        calls::peer(listener).map(|_| 0),
    );
    calls::fcntl(listener, libc::F_SETFL, libc::O_NONBLOCK).expect("a flag");
    step("accept, none waits", calls::accept(listener, 0));
    step(
        "shutdown of a listener",
        calls::shutdown(listener, libc::SHUT_RD),
    );
    step("accept, shut down", calls::accept(listener, 0));
    step("listen after it", calls::listen(listener, 1));
    let address = calls::local(listener).map(|name| i64::from(name.ip().is_loopback()));
    step("it is at loopback still", address);
    close([listener]);
    let unbound = tcp();
    step("listen, unbound", calls::listen(unbound, 1));
    let port = calls::local(unbound).map(|name| i64::from(name.port() > 0));
    step("it has a port", port);
    close([unbound]);
    let [client, server] = connection();
    step("accept with unknown flags", calls::accept(client, 1));
    close([client, server]);
}
