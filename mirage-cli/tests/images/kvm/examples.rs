//! The examples.

use super::{case::Case, machine::Machine};
use crate::{
    axum, clock, custom_device, echo, edge_http, forwarder::NameServer, harness::client, hello,
    http, https, threads,
};
use std::{
    io::{Read, Write},
    net::{Ipv4Addr, SocketAddr},
    sync::LazyLock,
};

/// The tests.
pub const CASES: &[Case] = &[
    Case::new("hello", "hello", |machine| hello::greeted(machine.start())),
    Case::new("clock", "clock", |machine| clock::ticked(machine.start())),
    Case {
        interfaces: &["net"],
        ..Case::new("http", "http", page_is_served)
    },
    Case {
        interfaces: &["net"],
        ..Case::new("echo", "echo", data_returns)
    },
    Case {
        interfaces: &["net"],
        ..Case::new("edge_http", "edge-http-server", text_is_served)
    },
    Case {
        interfaces: &["wan", "lan"],
        args: &["--upstream=10.0.0.1"],
        ..Case::new("forwarder", "forwarder", queries_are_forwarded)
    },
    Case {
        disk: Some(64 << 10),
        ..Case::new("boots", "boots", boots_are_counted)
    },
    Case::new("threads", "threads", |machine| {
        threads::added_up(machine.start());
    }),
    Case {
        interfaces: &["net"],
        clients: &["curl"],
        ..Case::new("axum", "axum-example", axum_answers)
    },
    Case {
        interfaces: &["net"],
        clients: &["curl", "openssl"],
        files: &[https::AUTHORITY],
        ..Case::new("https", "https-server", https_answers)
    },
    Case::new("custom_device", "custom-device", |machine| {
        custom_device::wired(machine.start());
    }),
];

fn page_is_served(machine: &Machine) {
    let http = machine.start();
    http.wait_for("tcp port 80 is at ");
    for address in machine.addresses(80) {
        http::serves_the_page(address);
    }
}

fn axum_answers(machine: &Machine) {
    let axum = machine.start();
    axum.wait_for("tcp port 80 is at ");
    for address in machine.addresses(80) {
        axum::answers(address);
    }
}

fn https_answers(machine: &Machine) {
    let server = machine.start();
    server.wait_for("tcp port 443 is at ");
    for address in machine.addresses(443) {
        https::answers(address);
    }
}

fn text_is_served(machine: &Machine) {
    let server = machine.start();
    server.wait_for("tcp port 80 is at ");
    for address in machine.addresses(80) {
        edge_http::serves_the_page(address);
    }
}

fn data_returns(machine: &Machine) {
    let echo = machine.start();
    // Of the two ports with this number, the one that is opened last.
    echo.wait_for("udp port 7 is at ");
    for address in machine.addresses(7) {
        echo::streams_return(address);
        echo::datagrams_return(address);
    }
}

fn boots_are_counted(machine: &Machine) {
    for boot in 1..=2 {
        let (status, console) = machine.run();
        let expected = format!("boot {boot}");
        assert!(console.lines().any(|line| line == expected), "{console}");
        assert_eq!(status, 0, "{console}");
    }
}

/// A query for the address of `name`, whose parts have at most 63 bytes.
fn query(name: &str) -> Vec<u8> {
    // An id, recursion is desired, one question.
    let mut query = vec![0x12, 0x34, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0];
    for label in name.split('.') {
        query.push(label.len() as u8);
        query.extend_from_slice(label.as_bytes());
    }
    // The root, type A, class IN.
    query.extend_from_slice(&[0, 0, 1, 0, 1]);
    query
}

fn queries_are_forwarded(machine: &Machine) {
    // It stays for the tests of other machines. 10.0.0.1 is the outer guest at a TAP device as well as in
    // QEMU's user network.
    static UPSTREAM: LazyLock<NameServer> =
        LazyLock::new(|| NameServer::start_at(Ipv4Addr::UNSPECIFIED, 53));
    let asked = UPSTREAM.asked("example.org.");
    let forwarder = machine.start();
    forwarder.wait_for("tcp port 53 is at 10.1.0.1:");
    let query = query("example.org");
    for address in machine.addresses(53) {
        for answer in [client::ask(address, &query), ask_by_tcp(address, &query)] {
            assert_eq!(answer[..2], query[..2], "{answer:?}");
            assert!(answer.ends_with(&[192, 0, 2, 1]), "{answer:?}");
        }
    }
    assert_eq!(UPSTREAM.asked("example.org."), asked + 1);
}

fn ask_by_tcp(address: SocketAddr, query: &[u8]) -> Vec<u8> {
    let mut connection = client::connect(address);
    let length = (query.len() as u16).to_be_bytes();
    let question = [&length, query].concat();
    connection.write_all(&question).expect("an open connection");
    let mut length = [0; 2];
    connection.read_exact(&mut length).expect("a length");
    let mut answer = vec![0; u16::from_be_bytes(length).into()];
    connection.read_exact(&mut answer).expect("an answer");
    answer
}
