//! What others attach to a stack: a policy, and a tap.

use super::client::{Bench, CLIENT, SERVER};
use crate::net::{
    Error,
    drops::DropReason,
    ip::Protocol,
    offload::{ReceiveInfo, TransmitInfo},
    policy::{Direction, Request},
    tap::Tap,
};
use core::{cell::RefCell, pin::pin, task::Poll, time::Duration};
use smoltcp::socket::tcp::State;
use std::{rc::Rc, vec::Vec};

/// The policy of a host on which others may use port 8 only, and which may use port 9 of others only.
fn admits(request: &Request) -> bool {
    match request.direction {
        Direction::In => request.local_port == 8,
        Direction::Out => request.remote_port == 9,
    }
}

#[test]
fn a_policy_is_asked_about_connections_of_peers_and_only_when_they_begin() {
    let bench = Bench::new();
    let listeners = [7, 8].map(|port| bench.stack.listen(port).unwrap());
    let asked = Rc::new(RefCell::new(Vec::new()));
    let log = asked.clone();
    bench.stack.set_policy(move |request: &Request| {
        log.borrow_mut().push(*request);
        admits(request)
    });
    let refused = bench.client.start_connecting(50_000, 7);
    bench.world.pass(Duration::from_millis(500));
    assert_eq!(refused.state(), State::SynSent);
    assert_eq!(bench.stack.counters().drops.get(DropReason::Policy), 1);
    assert_eq!(
        asked.take(),
        [Request {
            direction: Direction::In,
            protocol: Protocol::Tcp,
            local: SERVER.into(),
            local_port: 7,
            remote: CLIENT.into(),
            remote_port: 50_000,
        }]
    );
    refused.forget();
    let client = bench.client.clone();
    bench.world.run(async move {
        let connection = client
            .connect_from(50_001, 8)
            .await
            .expect("it is admitted");
        connection.write(b"hello").await.unwrap();
        connection.close();
        drop(listeners);
    });
    let ports: Vec<_> = asked
        .take()
        .iter()
        .map(|request| request.local_port)
        .collect();
    assert!(
        ports.iter().filter(|port| **port == 8).count() == 1,
        "{ports:?}"
    );
}

#[test]
fn a_policy_is_asked_about_what_this_host_begins() {
    let bench = Bench::new();
    bench.stack.set_policy(admits);
    let socket = bench.stack.bind_udp(7).unwrap();
    for (port, expected) in [(9, Ok(1)), (10, Err(Error::PermissionDenied))] {
        assert_eq!(socket.try_send_to(b"x", (CLIENT, port).into()), expected);
        let connecting = pin!(bench.stack.connect((CLIENT, port).into()));
        let mut context = core::task::Context::from_waker(core::task::Waker::noop());
        match connecting.poll(&mut context) {
            Poll::Pending => assert!(expected.is_ok()),
            Poll::Ready(result) => assert_eq!(result.err(), expected.err()),
        }
    }
}

#[derive(Clone, Default)]
struct Capture(Rc<RefCell<[Vec<Vec<u8>>; 2]>>);

impl Tap for Capture {
    fn received(&mut self, frame: &[u8], _: ReceiveInfo) {
        self.0.borrow_mut()[0].push(frame.to_vec());
    }

    fn transmitted(&mut self, frame: &[u8], _: TransmitInfo) {
        self.0.borrow_mut()[1].push(frame.to_vec());
    }
}

#[test]
fn a_tap_sees_each_frame_once() {
    let bench = Bench::new();
    let listener = bench.stack.listen(7).unwrap();
    let capture = Capture::default();
    bench.stack.set_tap(capture.clone());
    let client = bench.client.clone();
    bench.world.run(async move {
        client.connect(7).await;
        listener.accept().await.unwrap();
    });
    let [received, transmitted] = capture.0.take();
    assert_eq!(received.len() as u64, bench.stack.counters().received);
    // The flags of TCP in its header without options before.
    let flags = |frames: &[Vec<u8>]| {
        let segments = frames.iter().filter(|frame| frame[12..14] == [8, 0]);
        segments.map(|frame| frame[47]).collect::<Vec<_>>()
    };
    assert_eq!(flags(&received), [2, 16]);
    assert_eq!(flags(&transmitted), [18]);
}
