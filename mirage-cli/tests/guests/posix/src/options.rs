//! Options of sockets.

use crate::{
    calls,
    report::step,
    sockets::{close, connection, listener, tcp, udp},
};
use libc::{IPPROTO_IP, IPPROTO_TCP, SOL_SOCKET, c_int};

pub fn run() {
    println!("# options");
    defaults();
    flags();
    numbers();
    multicast();
    errors();
    inherited();
}

fn defaults() {
    for (kind, socket) in [("tcp", tcp()), ("udp", udp())] {
        let options: [(&str, c_int, c_int); 14] = [
            ("SO_TYPE", SOL_SOCKET, libc::SO_TYPE),
            ("SO_PROTOCOL", SOL_SOCKET, libc::SO_PROTOCOL),
            ("SO_DOMAIN", SOL_SOCKET, libc::SO_DOMAIN),
            ("SO_ACCEPTCONN", SOL_SOCKET, libc::SO_ACCEPTCONN),
            ("SO_REUSEADDR", SOL_SOCKET, libc::SO_REUSEADDR),
            ("SO_REUSEPORT", SOL_SOCKET, libc::SO_REUSEPORT),
            ("SO_KEEPALIVE", SOL_SOCKET, libc::SO_KEEPALIVE),
            ("SO_BROADCAST", SOL_SOCKET, libc::SO_BROADCAST),
            ("SO_OOBINLINE", SOL_SOCKET, libc::SO_OOBINLINE),
            ("SO_ERROR", SOL_SOCKET, libc::SO_ERROR),
            ("IP_TTL", IPPROTO_IP, libc::IP_TTL),
            ("IP_TOS", IPPROTO_IP, libc::IP_TOS),
            ("IP_MTU_DISCOVER", IPPROTO_IP, libc::IP_MTU_DISCOVER),
            ("TCP_NODELAY", IPPROTO_TCP, libc::TCP_NODELAY),
        ];
        for (name, level, option) in options {
            step(
                &format!("{kind} {name}"),
                calls::option(socket, level, option),
            );
        }
        close([socket]);
    }
    let (listener, _) = listener();
    step(
        "SO_ACCEPTCONN of a listener",
        calls::option(listener, SOL_SOCKET, libc::SO_ACCEPTCONN),
    );
    close([listener]);
    let socket = tcp();
    step(
        "TCP_KEEPIDLE",
        calls::option(socket, IPPROTO_TCP, libc::TCP_KEEPIDLE),
    );
    step(
        "TCP_KEEPINTVL",
        calls::option(socket, IPPROTO_TCP, libc::TCP_KEEPINTVL),
    );
    step(
        "TCP_KEEPCNT",
        calls::option(socket, IPPROTO_TCP, libc::TCP_KEEPCNT),
    );
    step(
        "TCP_USER_TIMEOUT",
        calls::option(socket, IPPROTO_TCP, libc::TCP_USER_TIMEOUT),
    );
    close([socket]);
}

fn flags() {
    let socket = tcp();
    for (name, level, option) in [
        ("SO_REUSEADDR", SOL_SOCKET, libc::SO_REUSEADDR),
        ("SO_REUSEPORT", SOL_SOCKET, libc::SO_REUSEPORT),
        ("SO_KEEPALIVE", SOL_SOCKET, libc::SO_KEEPALIVE),
        ("SO_BROADCAST", SOL_SOCKET, libc::SO_BROADCAST),
        ("TCP_NODELAY", IPPROTO_TCP, libc::TCP_NODELAY),
        ("TCP_QUICKACK", IPPROTO_TCP, libc::TCP_QUICKACK),
    ] {
        step(
            &format!("set {name}"),
            calls::set_option(socket, level, option, &7),
        );
        step(&format!("get {name}"), calls::option(socket, level, option));
        step(
            &format!("clear {name}"),
            calls::set_option(socket, level, option, &0),
        );
        step(&format!("get {name}"), calls::option(socket, level, option));
    }
    close([socket]);
}

fn numbers() {
    let socket = tcp();
    for (name, level, option, value) in [
        ("SO_RCVBUF", SOL_SOCKET, libc::SO_RCVBUF, 65_536),
        ("SO_SNDBUF", SOL_SOCKET, libc::SO_SNDBUF, 65_536),
        ("IP_TTL", IPPROTO_IP, libc::IP_TTL, 33),
        ("IP_TTL", IPPROTO_IP, libc::IP_TTL, 0),
        ("IP_TTL", IPPROTO_IP, libc::IP_TTL, 256),
        ("IP_TOS", IPPROTO_IP, libc::IP_TOS, 0x10),
        ("IP_MTU_DISCOVER", IPPROTO_IP, libc::IP_MTU_DISCOVER, 0),
        ("IP_MTU_DISCOVER", IPPROTO_IP, libc::IP_MTU_DISCOVER, 5),
        ("IP_MTU_DISCOVER", IPPROTO_IP, libc::IP_MTU_DISCOVER, 6),
        ("IP_MTU_DISCOVER", IPPROTO_IP, libc::IP_MTU_DISCOVER, -1),
        ("TCP_KEEPIDLE", IPPROTO_TCP, libc::TCP_KEEPIDLE, 30),
        ("TCP_KEEPIDLE", IPPROTO_TCP, libc::TCP_KEEPIDLE, 0),
        ("TCP_KEEPIDLE", IPPROTO_TCP, libc::TCP_KEEPIDLE, 32_768),
        ("TCP_KEEPINTVL", IPPROTO_TCP, libc::TCP_KEEPINTVL, 5),
        ("TCP_KEEPINTVL", IPPROTO_TCP, libc::TCP_KEEPINTVL, 0),
        ("TCP_KEEPCNT", IPPROTO_TCP, libc::TCP_KEEPCNT, 3),
        ("TCP_KEEPCNT", IPPROTO_TCP, libc::TCP_KEEPCNT, 128),
        (
            "TCP_USER_TIMEOUT",
            IPPROTO_TCP,
            libc::TCP_USER_TIMEOUT,
            1000,
        ),
        ("TCP_USER_TIMEOUT", IPPROTO_TCP, libc::TCP_USER_TIMEOUT, -1),
    ] {
        step(
            &format!("set {name} to {value}"),
            calls::set_option(socket, level, option, &value),
        );
        step(&format!("get {name}"), calls::option(socket, level, option));
    }
    let linger = libc::linger {
        l_onoff: 1,
        l_linger: 5,
    };
    step(
        "set SO_LINGER",
        calls::set_option(socket, SOL_SOCKET, libc::SO_LINGER, &linger),
    );
    step(
        "get l_onoff",
        calls::option(socket, SOL_SOCKET, libc::SO_LINGER),
    );
    close([socket]);
}

/// Options of UDP only.
fn multicast() {
    let socket = udp();
    for (name, option, values) in [
        ("IP_MULTICAST_LOOP", libc::IP_MULTICAST_LOOP, [0, 7]),
        ("IP_MULTICAST_TTL", libc::IP_MULTICAST_TTL, [33, -1]),
    ] {
        step(name, calls::option(socket, IPPROTO_IP, option));
        for value in values {
            step(
                &format!("set {name} to {value}"),
                calls::set_option(socket, IPPROTO_IP, option, &value),
            );
            step(name, calls::option(socket, IPPROTO_IP, option));
        }
    }
    step(
        "set IP_MULTICAST_TTL to 256",
        calls::set_option(socket, IPPROTO_IP, libc::IP_MULTICAST_TTL, &256),
    );
    let host = libc::ip_mreq {
        imr_multiaddr: libc::in_addr {
            s_addr: u32::from_ne_bytes([10, 0, 0, 9]),
        },
        imr_interface: libc::in_addr { s_addr: 0 },
    };
    let other = tcp();
    for (name, option) in [
        ("IP_ADD_MEMBERSHIP", libc::IP_ADD_MEMBERSHIP),
        ("IP_DROP_MEMBERSHIP", libc::IP_DROP_MEMBERSHIP),
    ] {
        step(
            &format!("a short value of {name}"),
            calls::set_option(socket, IPPROTO_IP, option, &1),
        );
        step(
            &format!("{name} of TCP"),
            calls::set_option(other, IPPROTO_IP, option, &host),
        );
    }
    step(
        "join what is no group",
        calls::set_option(socket, IPPROTO_IP, libc::IP_ADD_MEMBERSHIP, &host),
    );
    close([socket, other]);
}

fn errors() {
    let socket = tcp();
    step("an unknown option", calls::option(socket, SOL_SOCKET, 9999));
    step(
        "set an unknown option",
        calls::set_option(socket, SOL_SOCKET, 9999, &1),
    );
    step(
        "an unknown option of TCP",
        calls::option(socket, IPPROTO_TCP, 9999),
    );
    step(
        "set an unknown option of TCP",
        calls::set_option(socket, IPPROTO_TCP, 9999, &1),
    );
    step("an unknown level", calls::option(socket, 9999, 1));
    step(
        "set an unknown level",
        calls::set_option(socket, 9999, 1, &1),
    );
    step(
        "a short value",
        calls::set_option(socket, SOL_SOCKET, libc::SO_REUSEADDR, &1_u8),
    );
    step(
        "a short value of TCP",
        calls::set_option(socket, IPPROTO_TCP, libc::TCP_NODELAY, &1_u8),
    );
    step(
        "a short linger",
        calls::set_option(socket, SOL_SOCKET, libc::SO_LINGER, &1),
    );
    step(
        "a short time",
        calls::set_option(socket, SOL_SOCKET, libc::SO_RCVTIMEO, &1),
    );
    let negative = libc::timeval {
        tv_sec: 0,
        tv_usec: -1,
    };
    step(
        "an invalid time",
        calls::set_option(socket, SOL_SOCKET, libc::SO_RCVTIMEO, &negative),
    );
    step(
        "set SO_ERROR",
        calls::set_option(socket, SOL_SOCKET, libc::SO_ERROR, &1),
    );
    step(
        "set SO_TYPE",
        calls::set_option(socket, SOL_SOCKET, libc::SO_TYPE, &1),
    );
    close([socket]);
    let socket = udp();
    step(
        "TCP_NODELAY of UDP",
        calls::set_option(socket, IPPROTO_TCP, libc::TCP_NODELAY, &1),
    );
    close([socket]);
}

/// An accepted connection has options of its listener.
fn inherited() {
    let (listener, port) = listener();
    for (level, option) in [
        (SOL_SOCKET, libc::SO_KEEPALIVE),
        (IPPROTO_TCP, libc::TCP_NODELAY),
    ] {
        calls::set_option(listener, level, option, &1).expect("an option");
    }
    calls::set_timeout(listener, libc::SO_RCVTIMEO, 10_000).expect("an option");
    calls::set_option(listener, IPPROTO_IP, libc::IP_TTL, &42).expect("an option");
    let client = tcp();
    calls::connect(client, calls::at(port)).expect("a connection");
    let accepted = crate::sockets::opened(calls::accept(listener, 0));
    step(
        "SO_KEEPALIVE",
        calls::option(accepted, SOL_SOCKET, libc::SO_KEEPALIVE),
    );
    step(
        "TCP_NODELAY",
        calls::option(accepted, IPPROTO_TCP, libc::TCP_NODELAY),
    );
    step(
        "SO_RCVTIMEO in seconds",
        calls::option(accepted, SOL_SOCKET, libc::SO_RCVTIMEO),
    );
    step("IP_TTL", calls::option(accepted, IPPROTO_IP, libc::IP_TTL));
    step(
        "SO_ACCEPTCONN",
        calls::option(accepted, SOL_SOCKET, libc::SO_ACCEPTCONN),
    );
    close([listener, client, accepted]);
    let [client, server] = connection();
    step(
        "TCP_NODELAY of a connection",
        calls::set_option(client, IPPROTO_TCP, libc::TCP_NODELAY, &1),
    );
    step(
        "get it",
        calls::option(client, IPPROTO_TCP, libc::TCP_NODELAY),
    );
    close([client, server]);
}
