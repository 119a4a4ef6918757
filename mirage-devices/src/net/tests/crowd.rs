//! Many connections at once, and one after another.

use super::{client::Bench, echo::echo};
use crate::time::{Instant, Monotonic};
use core::{cell::Cell, time::Duration};
use embassy_futures::join::join_array;
use std::{format, rc::Rc, vec::Vec};

#[test]
fn two_hundred_connections_at_once() {
    let bench = Bench::new();
    let listener = Rc::new(bench.stack.listen(7).unwrap());
    for _ in 0..200 {
        let listener = listener.clone();
        bench.world.spawn(async move { echo(&listener).await });
    }
    let client = bench.client.clone();
    bench.world.run(async move {
        // All are open before the first of them sends data.
        let connections = (0..200).map(|number| client.start_connecting(20_000 + number, 7));
        let connections: Vec<_> = connections.collect();
        for (number, connection) in connections.iter().enumerate() {
            let text = format!("I am number {number}");
            connection.established().await;
            connection.write(text.as_bytes()).await.unwrap();
        }
        for (number, connection) in connections.iter().enumerate() {
            let text = format!("I am number {number}");
            assert_eq!(
                connection.read_exactly(text.len()).await.unwrap(),
                text.as_bytes()
            );
            connection.close();
        }
        for connection in &connections {
            assert!(connection.read_to_end().await.unwrap().is_empty());
        }
    });
    assert_eq!(bench.stack.counters().tcp.cookies_sent, 0);
    bench.world.pass(Duration::from_secs(60));
    assert_eq!(bench.stack.sockets(), 0);
}

#[test]
fn thousands_of_connections_one_after_another_leave_nothing_behind() {
    let bench = Bench::new();
    let listener = bench.stack.listen(7).unwrap();
    bench.world.spawn(async move {
        loop {
            echo(&listener).await;
        }
    });
    let client = bench.client.clone();
    let most = Rc::new(Cell::new(0));
    let (stack, seen) = (bench.stack.clone(), most.clone());
    bench.world.run(async move {
        for _ in 0..3000 {
            let connection = client.connect(7).await;
            connection.write(b"x").await.unwrap();
            connection.read_exactly(1).await.unwrap();
            connection.close();
            connection.read_to_end().await.unwrap();
            connection.forget();
            seen.set(seen.get().max(stack.sockets()));
        }
    });
    assert!(most.get() < 4, "{} sockets at once", most.get());
    // No wait of TCP's is on the way of a request.
    assert!(bench.world.clock().now() - Instant::BOOT < Duration::from_secs(10));
}

#[test]
fn several_tasks_accept_from_one_port() {
    let bench = Bench::new();
    let listener = bench.stack.listen(7).unwrap();
    let client = bench.client.clone();
    bench.world.run(async move {
        let accepted = join_array([listener.accept(), listener.accept(), listener.accept()]);
        let connected = join_array([client.connect(7), client.connect(7), client.connect(7)]);
        let (streams, connections) = embassy_futures::join::join(accepted, connected).await;
        for connection in &connections {
            let served = streams
                .iter()
                .any(|stream| stream.as_ref().unwrap().peer_addr().port() == connection.port);
            assert!(
                served,
                "no stream has the connection from port {}",
                connection.port
            );
        }
    });
}
