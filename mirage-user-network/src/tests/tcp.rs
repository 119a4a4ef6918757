//! Connections, over both families.

use super::*;
use smoltcp::socket::tcp;
use std::{
    io::{Read, Write},
    net::{Shutdown, TcpStream},
    thread,
};

/// More bytes than all buffers between two ends hold.
const TRANSFER_LEN: usize = 1 << 20;

/// What is transferred.
fn bytes() -> Vec<u8> {
    (0..TRANSFER_LEN as u32)
        .map(|index| (index.wrapping_mul(2_654_435_761) >> 24) as u8)
        .collect()
}

#[test]
fn a_client_of_the_host_is_served() {
    for (loopback, ..) in FAMILIES {
        let web = published(Protocol::Tcp, loopback, 80);
        let mut guest = Guest::start(&[web]);
        let client = thread::spawn(move || {
            let mut stream = TcpStream::connect(web.host).expect("it listens");
            let mut writer = stream.try_clone().expect("a socket");
            let writing = thread::spawn(move || {
                writer.write_all(&bytes()).expect("an open connection");
                writer
                    .shutdown(Shutdown::Write)
                    .expect("an open connection");
            });
            let mut answer = Vec::new();
            stream.read_to_end(&mut answer).expect("an orderly end");
            writing.join().expect("all is written");
            answer
        });
        let socket = guest.listen(80);
        guest.echo(socket);
        assert!(client.join().expect("an answer") == bytes());
    }
}

#[test]
fn a_port_that_the_guest_has_not_opened_resets() {
    for (loopback, ..) in FAMILIES {
        let web = published(Protocol::Tcp, loopback, 80);
        let mut guest = Guest::start(&[web]);
        let client = thread::spawn(move || {
            let mut stream = TcpStream::connect(web.host).expect("the network listens");
            stream.read(&mut [0])
        });
        guest.run_until(|_| client.is_finished());
        let error = client.join().expect("no panic").expect_err("a reset");
        assert_eq!(error.kind(), io::ErrorKind::ConnectionReset);
    }
}

#[test]
fn a_server_of_the_host_is_reached_at_the_gateway() {
    for (loopback, _, gateway) in FAMILIES {
        let server = TcpListener::bind((loopback, 0)).expect("a free port");
        let port = server.local_addr().expect("a bound socket").port();
        let client = thread::spawn(move || {
            let (mut stream, _) = server.accept().expect("a connection");
            stream.write_all(&bytes()).expect("an open connection");
            stream
                .shutdown(Shutdown::Write)
                .expect("an open connection");
            let mut answer = Vec::new();
            stream.read_to_end(&mut answer).expect("an orderly end");
            answer
        });
        let mut guest = Guest::start(&[]);
        let socket = guest.connect(SocketAddr::new(gateway, port));
        guest.echo(socket);
        assert!(client.join().expect("an answer") == bytes());
    }
}

#[test]
fn a_closed_port_of_the_host_refuses() {
    for (loopback, _, gateway) in FAMILIES {
        let mut guest = Guest::start(&[]);
        let socket = guest.connect(SocketAddr::new(gateway, free(loopback).port()));
        guest.run_until(|sockets| sockets.get::<tcp::Socket>(socket).state() == tcp::State::Closed);
    }
}

#[test]
fn a_reset_of_the_guest_resets_the_hosts_connection() {
    for (loopback, _, gateway) in FAMILIES {
        let server = TcpListener::bind((loopback, 0)).expect("a free port");
        let port = server.local_addr().expect("a bound socket").port();
        let mut guest = Guest::start(&[]);
        let socket = guest.connect(SocketAddr::new(gateway, port));
        guest.run_until(|sockets| sockets.get::<tcp::Socket>(socket).may_send());
        let (mut stream, _) = server.accept().expect("a connection");
        guest.sockets.get_mut::<tcp::Socket>(socket).abort();
        let reading = thread::spawn(move || stream.read(&mut [0]));
        guest.run_until(|_| reading.is_finished());
        let error = reading.join().expect("no panic").expect_err("a reset");
        assert_eq!(error.kind(), io::ErrorKind::ConnectionReset);
    }
}
