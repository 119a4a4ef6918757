//! Sockets of the host against those of std.

use super::*;
use crate::{executor, net::Error};
use core::{future::poll_fn, net::Ipv4Addr};
use mirage_devices::net::tcp::Algorithm;
use std::{
    io::{ErrorKind, Read},
    net,
};

fn run<T: 'static>(main: impl Future<Output = T> + 'static) -> T {
    executor::current().run_until(main)
}

#[test]
fn a_connection_is_opened_to_whoever_listens() {
    let server = net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let peer = server.local_addr().unwrap();
    let stream = run(async move {
        let stream = TcpStream::connect(peer, Algorithm::CUBIC).await.unwrap();
        poll_fn(|context| stream.poll_write_ready(context)).await;
        assert_eq!(stream.try_write(b"hello"), Ok(5));
        stream
    });
    let (mut accepted, client) = server.accept().unwrap();
    assert_eq!((stream.peer_addr(), stream.local_addr()), (peer, client));
    let mut hello = [0; 5];
    accepted.read_exact(&mut hello).unwrap();
    assert_eq!(&hello, b"hello");
}

#[test]
fn an_aborted_connection_is_reset() {
    let server = net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let peer = server.local_addr().unwrap();
    let stream = run(async move { TcpStream::connect(peer, Algorithm::CUBIC).await.unwrap() });
    let (mut accepted, _) = server.accept().unwrap();
    stream.set_nodelay(false).unwrap();
    stream
        .set_keepalive(Some(crate::time::Duration::ZERO))
        .unwrap();
    stream.set_keepalive(None).unwrap();
    stream.abort();
    assert_eq!(stream.try_read(&mut [0; 8]), Err(Error::ConnectionAborted));
    assert_eq!(stream.try_write(b"x"), Err(Error::ConnectionAborted));
    let read = accepted.read(&mut [0; 8]);
    assert_eq!(read.unwrap_err().kind(), ErrorKind::ConnectionReset);
}

#[test]
fn the_host_says_why_there_is_no_connection() {
    let closed = net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let peer = closed.local_addr().unwrap();
    drop(closed);
    for (peer, error) in [
        (peer, Error::ConnectionRefused),
        ((Ipv4Addr::BROADCAST, 80).into(), Error::HostUnreachable),
        ("[::1]:80".parse().unwrap(), Error::HostUnreachable),
    ] {
        let refused = run(async move { TcpStream::connect(peer, Algorithm::CUBIC).await.err() });
        assert_eq!(refused, Some(error), "{peer}");
    }
}

#[test]
fn a_question_is_asked_and_answered() {
    run(async {
        let (one, other) = (UdpSocket::open().unwrap(), UdpSocket::open().unwrap());
        assert_ne!(one.port(), other.port());
        let mut question = [0; 8];
        assert_eq!(other.try_recv_from(&mut question), Err(Error::WouldBlock));
        let to = (Ipv4Addr::LOCALHOST, other.port()).into();
        assert_eq!(one.try_send_to(b"who?", to), Ok(4));
        let longest = one.try_send_to(&[0; 65_536], to);
        assert_eq!(longest, Err(Error::MessageTooLong));
        poll_fn(|context| other.poll_recv_ready(context))
            .await
            .unwrap();
        let (length, peer) = other.try_recv_from(&mut question).unwrap();
        assert_eq!(&question[..length], b"who?");
        assert_eq!(peer.port(), one.port());
    });
}
