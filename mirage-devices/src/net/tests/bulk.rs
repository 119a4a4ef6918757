//! A mebibyte each way, over cables good and bad.

use super::{cable::Faults, client::Bench};
use crate::{net::TcpStream, time::Monotonic};
use core::time::Duration;
use embassy_futures::join::join;
use embedded_io_async::{Read, Write};
use std::{vec, vec::Vec};

const LENGTH: usize = 1024 * 1024;

/// Bytes that depend on their position.
fn pattern(salt: u32) -> Vec<u8> {
    (0..LENGTH as u32)
        .map(|place| (place.wrapping_mul(2_654_435_761).wrapping_add(salt) >> 13) as u8)
        .collect()
}

async fn read_to_end(mut stream: &TcpStream) -> Vec<u8> {
    let mut all = Vec::new();
    let mut buffer = vec![0; 3000];
    loop {
        match stream.read(&mut buffer).await.unwrap() {
            0 => return all,
            count => all.extend_from_slice(&buffer[..count]),
        }
    }
}

/// Both sides write and read at once; how long it took.
fn exchange(faults: &Faults) -> Duration {
    let bench = Bench::new();
    bench.cable.set_faults(faults);
    let listener = bench.stack.listen(9).unwrap();
    let client = bench.client.clone();
    bench.world.run(async move {
        let (connection, stream) = join(client.connect(9), async {
            listener.accept().await.unwrap()
        })
        .await;
        let ours = async {
            let theirs = pattern(7);
            let (received, ()) = join(read_to_end(&stream), async {
                (&stream).write_all(&pattern(3)).await.unwrap();
            })
            .await;
            assert!(received == theirs, "what the client wrote came otherwise");
        };
        let theirs = async {
            let sent = async {
                connection.write(&pattern(7)).await.unwrap();
                connection.close();
            };
            let (received, ()) = join(connection.read_exactly(LENGTH), sent).await;
            assert!(
                received.unwrap() == pattern(3),
                "what we wrote came otherwise"
            );
        };
        join(ours, theirs).await;
        stream.shutdown();
        assert!(connection.read_to_end().await.unwrap().is_empty());
    });
    bench.world.clock().now() - crate::time::Instant::BOOT
}

/// The window closes, and opens as soon as data is read: TCP's own timers, of seconds, are not
/// waited for.
#[test]
fn a_slow_reader_holds_up_the_peer_and_no_longer_than_that() {
    let bench = Bench::new();
    let listener = bench.stack.listen(9).unwrap();
    let (client, clock) = (bench.client.clone(), bench.world.clock());
    bench.world.run(async move {
        let (connection, stream) = join(client.connect(9), async {
            listener.accept().await.unwrap()
        })
        .await;
        let write = async {
            connection.write(&pattern(7)[..100_000]).await.unwrap();
            connection.close();
        };
        let read = async {
            // Between the peer's questions whether the window is open again.
            clock.sleep(Duration::from_millis(1700)).await;
            let start = clock.now();
            assert!(read_to_end(&stream).await == pattern(7)[..100_000]);
            let took = clock.now() - start;
            assert!(took < Duration::from_millis(200), "{took:?}");
        };
        join(write, read).await;
    });
}

#[test]
fn a_mebibyte_each_way() {
    let took = exchange(&Faults::NONE);
    assert!(took < Duration::from_secs(1), "it took {took:?}");
}

#[test]
fn a_mebibyte_each_way_over_a_bad_cable() {
    let took = exchange(&Faults {
        lost: 50,
        doubled: 30,
        overtaken: 50,
    });
    assert!(took < Duration::from_secs(600), "it took {took:?}");
}
