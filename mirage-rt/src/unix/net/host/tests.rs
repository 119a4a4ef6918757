//! Sockets of the host against those of std.

use super::*;
use crate::{
    executor,
    net::{Datagram, Error, RecvMeta},
};
use core::{future::poll_fn, net::Ipv4Addr};
use mirage_devices::net::tcp::Algorithm;
use std::{
    io::{ErrorKind, Read},
    net,
    vec::Vec,
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

/// More than the host takes at once.
#[test]
fn what_is_committed_is_written_in_parts() {
    const LENGTH: usize = 8 << 20;
    let server = net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let peer = server.local_addr().unwrap();
    let reading = std::thread::spawn(move || {
        let mut received = Vec::new();
        let (mut accepted, _) = server.accept().unwrap();
        accepted.read_to_end(&mut received).unwrap();
        received
    });
    run(async move {
        let stream = TcpStream::connect(peer, Algorithm::CUBIC).await.unwrap();
        let (mut bytes, mut sent) = (Vec::new(), 0);
        while sent < LENGTH {
            poll_fn(|context| stream.poll_reserve(context, &mut bytes, usize::MAX))
                .await
                .unwrap();
            assert_eq!(bytes.len(), 16 * 1024);
            for (index, byte) in bytes.iter_mut().enumerate() {
                *byte = ((sent + index) % 251) as u8;
            }
            sent += bytes.len();
            poll_fn(|context| stream.poll_commit(context, &mut bytes))
                .await
                .unwrap();
            assert!(bytes.is_empty());
        }
        stream.shutdown();
        let refused = poll_fn(|context| stream.poll_reserve(context, &mut bytes, 1)).await;
        assert_eq!(refused, Err(Error::BrokenPipe));
    });
    let received = reading.join().unwrap();
    assert_eq!(received.len(), LENGTH);
    assert!(
        (0..)
            .zip(&received)
            .all(|(at, byte)| *byte == (at % 251) as u8)
    );
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

#[test]
fn a_batch_of_datagrams_states_the_address_that_received_it() {
    run(async {
        let (one, other) = (UdpSocket::open().unwrap(), UdpSocket::open().unwrap());
        let to = (Ipv4Addr::LOCALHOST, other.port()).into();
        let (mut buffers, mut meta) = ([[0; 8]; 4], [RecvMeta::default(); 4]);
        let none = other.try_recv_many(&mut buffers, &mut meta);
        assert_eq!(none, Err(Error::WouldBlock));
        let texts: [&[u8]; 3] = [b"one", b"", b"three"];
        let mut datagrams = texts.map(|text| Datagram::new(text, to));
        assert_eq!(one.try_send_many(&datagrams), Ok(3));
        for expected in [2, 1] {
            let received =
                poll_fn(|context| other.poll_recv_many(context, &mut buffers[..2], &mut meta));
            assert_eq!(received.await, Ok(expected));
            assert_eq!(meta[0].addr.port(), one.port());
            assert_eq!(meta[0].dst_ip, None, "the host has not said");
        }
        assert_eq!(&buffers[0][..meta[0].len], b"three");

        datagrams[1].src_ip = Some(Ipv4Addr::LOCALHOST.into());
        assert_eq!(one.try_send_many(&datagrams), Ok(1));
        assert_eq!(one.try_send_many(&datagrams[1..]), Err(Error::Unsupported));
        one.connect(to).unwrap();
        assert_eq!(one.try_send_many(&datagrams[1..]), Ok(2));
        datagrams[0].src_ip = Some(Ipv4Addr::new(127, 0, 0, 9).into());
        assert_eq!(one.try_send_many(&datagrams), Err(Error::AddrNotAvailable));
        other.connect(one.local_addr()).unwrap();
        assert_eq!(other.try_recv_many(&mut buffers, &mut meta), Ok(3));
        assert_eq!(meta[2].dst_ip, Some(Ipv4Addr::LOCALHOST.into()));
    });
}

#[test]
fn a_connected_socket_is_refused_by_a_closed_port() {
    run(async {
        let (one, closed) = (UdpSocket::open().unwrap(), UdpSocket::open().unwrap());
        let peer = (Ipv4Addr::LOCALHOST, closed.port()).into();
        drop(closed);
        assert_eq!(one.try_send_to(b"x", peer), Ok(1));
        assert_eq!(one.take_error(), None);
        one.connect(peer).unwrap();
        let (mut buffers, mut meta) = ([[0; 8]; 4], [RecvMeta::default(); 4]);
        let refused = Err(Error::ConnectionRefused);
        // The host reports it before the next call.
        for _ in 0..2 {
            assert_eq!(one.try_send_to(b"x", peer), Ok(1));
            poll_fn(|context| one.poll_recv_ready(context))
                .await
                .unwrap();
            let received = poll_fn(|context| one.poll_recv_many(context, &mut buffers, &mut meta));
            assert_eq!(received.await, refused);
        }
        assert_eq!(one.try_send_to(b"x", peer), Ok(1));
        poll_fn(|context| one.poll_recv_ready(context))
            .await
            .unwrap();
        assert_eq!(one.take_error(), Some((Error::ConnectionRefused, peer)));
        let datagrams = [Datagram::new(b"x", peer); 2];
        assert_eq!(one.try_send_many(&datagrams), Ok(1), "then it is refused");
        assert_eq!(one.try_send_to(b"x", peer), refused.map(|_: usize| 1));
    });
}

#[test]
fn broadcasts_must_be_allowed() {
    let one = UdpSocket::open().unwrap();
    let everybody = (Ipv4Addr::new(127, 255, 255, 255), 9).into();
    assert_eq!(one.broadcast(), Ok(false));
    let sent = one.try_send_to(b"x", everybody);
    assert_eq!(sent, Err(Error::PermissionDenied));
    one.set_broadcast(true).unwrap();
    assert_eq!(one.broadcast(), Ok(true));
}
