//! Operations that do not wait, and waiting until they would not.

use super::client::{Bench, CLIENT};
use crate::net::{Error, UdpSocket};
use core::{
    future::poll_fn,
    net::Ipv4Addr,
    task::{Context, Waker},
    time::Duration,
};
use embassy_futures::join::join;

#[test]
fn a_stream_is_readable_and_writable_when_a_try_succeeds() {
    let bench = Bench::new();
    let listener = bench.stack.listen(7).unwrap();
    let (client, clock) = (bench.client.clone(), bench.world.clock());
    bench.world.run(async move {
        let (connection, stream) = join(client.connect(7), listener.accept()).await;
        let stream = stream.unwrap();
        let mut buffer = [0; 8];
        assert_eq!(stream.try_read(&mut buffer), Err(Error::WouldBlock));
        connection.write(b"hello").await.unwrap();
        poll_fn(|context| stream.poll_read_ready(context)).await;
        assert_eq!(stream.try_read(&mut buffer), Ok(5));
        assert_eq!(stream.try_read(&mut buffer), Err(Error::WouldBlock));

        // The client does not read: its window is filled, then the transmit buffer.
        let mut context = Context::from_waker(Waker::noop());
        let mut written = 0;
        while stream.poll_write_ready(&mut context).is_ready() {
            while let Ok(count) = stream.try_write(&[0; 1000]) {
                written += count;
            }
            clock.sleep(Duration::from_secs(1)).await;
        }
        assert_eq!(stream.try_write(b"more"), Err(Error::WouldBlock));
        connection.read_exactly(written).await.unwrap();
        poll_fn(|context| stream.poll_write_ready(context)).await;
        assert!(stream.try_write(b"more").is_ok());

        stream.shutdown();
        assert_eq!(stream.try_write(b"after"), Err(Error::BrokenPipe));
        connection.close();
        poll_fn(|context| stream.poll_read_ready(context)).await;
        assert_eq!(stream.try_read(&mut buffer), Ok(0));
    });
}

#[test]
fn a_datagram_is_sent_when_the_queue_has_room() {
    let bench = Bench::new();
    let udp = bench.stack.bind_udp(7).unwrap();
    let peer = (CLIENT, 7).into();
    bench.cable.set_ring(0);
    let mut context = Context::from_waker(Waker::noop());
    let mut buffer = [0; 8];
    assert_eq!(udp.try_recv_from(&mut buffer), Err(Error::WouldBlock));
    assert!(udp.poll_recv_ready(&mut context).is_pending());
    while udp.try_send_to(&[0; 100], peer) == Ok(100) {}
    assert_eq!(udp.try_send_to(&[0; 100], peer), Err(Error::WouldBlock));
    assert!(udp.poll_send_ready(&mut context).is_pending());
    bench.cable.set_ring(64);
    let ready = bench.world.run(async move {
        let ready = poll_fn(|context| udp.poll_send_ready(context)).await;
        (ready, udp.try_send_to(&[0; 100], peer))
    });
    assert_eq!(ready, (Ok(()), Ok(100)));
}

#[test]
fn a_disconnected_socket_receives_from_everybody() {
    let bench = Bench::new();
    let stack = bench.stack.clone();
    bench.world.run(async move {
        let sockets = [(); 3].map(|()| stack.open_udp().unwrap());
        let [socket, peer, other] = &sockets;
        let at = |socket: &UdpSocket| (Ipv4Addr::LOCALHOST, socket.port()).into();
        socket.connect(at(peer)).unwrap();
        other.send_to(b"refused", at(socket)).await.unwrap();
        peer.send_to(b"from the peer", at(socket)).await.unwrap();
        let mut buffer = [0; 16];
        assert_eq!(socket.recv_from(&mut buffer).await, Ok((13, at(peer))));
        socket.disconnect();
        other.send_to(b"from another", at(socket)).await.unwrap();
        poll_fn(|context| socket.poll_recv_ready(context))
            .await
            .unwrap();
        // The length and the sender, whatever room there is.
        let received = socket.try_recv_with(|data, from| (data.len(), from));
        assert_eq!(received, Ok((12, at(other))));
        assert_eq!(socket.try_recv_with(|_, _| ()), Err(Error::WouldBlock));
    });
}

#[test]
fn an_error_about_a_datagram_is_seen_before_it_is_taken() {
    let bench = Bench::new();
    let stack = bench.stack.clone();
    bench.world.run(async move {
        let (socket, closed) = (stack.open_udp().unwrap(), stack.open_udp().unwrap());
        let nobody = (Ipv4Addr::LOCALHOST, closed.port()).into();
        drop(closed);
        socket.connect(nobody).unwrap();
        socket.send_to(b"x", nobody).await.unwrap();
        poll_fn(|context| socket.poll_recv_ready(context))
            .await
            .unwrap();
        for _ in 0..2 {
            let ready = socket.watch(Waker::noop());
            assert_eq!(ready.error, Some(Error::ConnectionRefused));
            assert!(!ready.readable);
        }
        let refused = socket.try_recv_from(&mut [0; 8]);
        assert_eq!(refused, Err(Error::ConnectionRefused));
        assert_eq!(socket.watch(Waker::noop()).error, None);
    });
}

#[test]
fn a_closed_socket_has_sent_its_datagrams_and_its_port_is_free() {
    let bench = Bench::new();
    let stack = bench.stack.clone();
    bench.world.run(async move {
        let (sender, receiver) = (stack.bind_udp(4000).unwrap(), stack.open_udp().unwrap());
        let to = (Ipv4Addr::LOCALHOST, receiver.port()).into();
        for _ in 0..3 {
            assert_eq!(sender.try_send_to(b"last", to), Ok(4));
        }
        drop(sender);
        let again = stack.bind_udp(4000).unwrap();
        let mut buffer = [0; 8];
        for _ in 0..3 {
            let from = (Ipv4Addr::LOCALHOST, 4000).into();
            assert_eq!(receiver.recv_from(&mut buffer).await, Ok((4, from)));
        }
        // The new socket is not affected.
        receiver
            .send_to(b"new", (Ipv4Addr::LOCALHOST, 4000).into())
            .await
            .unwrap();
        assert_eq!(
            again.recv_from(&mut buffer).await.map(|(count, _)| count),
            Ok(3)
        );
        drop(receiver);
        assert!(stack.bind_udp(4000).is_err());
    });
}
