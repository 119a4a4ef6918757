//! The window beside the response functions of RFC 9438, section 5: how much data is in flight on average
//! when a share `p` of all packets is lost.

use super::{
    path::PathConfig,
    world::{PatternWriter, Sink, World},
};
use crate::net::tcp::listener::ConnectionConfig;
use core::time::Duration;

const SEEDS: u64 = 64;

/// Bytes of data in a segment, with timestamps.
const SEGMENT: f64 = 1448.0;

/// The average window of CUBIC in segments: that of Reno where CUBIC's own would be smaller.
fn response(rtt: f64, loss: f64) -> f64 {
    let reno = (1.5 / loss).sqrt();
    let cubic = (0.4f64 * 3.7 / 1.2).powf(0.25) * (rtt / loss).powf(0.75);
    reno.max(cubic)
}

/// The average window in segments, of all seeds, from the throughput of `seconds` after a quarter of them.
fn average_window(delay: Duration, loss: u32, seconds: u64) -> f64 {
    let there = PathConfig {
        delay,
        loss,
        ..PathConfig::default()
    };
    let back = PathConfig { loss: 0, ..there };
    let mut bytes = 0;
    for seed in 0..SEEDS {
        let mut world = World::new(there, back, seed);
        let (client, server) = world.establish(ConnectionConfig::default());
        let mut source = PatternWriter::new(0, client, u64::MAX);
        let mut sink = Sink::new(1, server);
        let mut run = |seconds| {
            world.run_until(Duration::from_secs(seconds), |world| {
                source.run(world).expect("the path works");
                sink.run(world).expect("the path works");
                false
            });
            sink.position
        };
        let slow_start = run(seconds.div_ceil(4));
        bytes += run(seconds) - slow_start;
    }
    let rate = bytes as f64 / (SEEDS * seconds) as f64;
    rate * 2.0 * delay.as_secs_f64() / SEGMENT
}

fn check(delay: Duration, loss: u32, seconds: u64) {
    let expected = response(2.0 * delay.as_secs_f64(), f64::from(loss) / 1e6);
    let actual = average_window(delay, loss, seconds);
    std::println!("{delay:?}, loss {loss}: {actual:.1} segments, {expected:.1} expected");
    assert!(
        (0.8..1.25).contains(&(actual / expected)),
        "{actual:.1} {expected:.1}"
    );
}

/// As Reno: CUBIC's own window would be smaller.
#[test]
fn a_loss_of_a_hundredth_in_20_ms() {
    check(Duration::from_millis(10), 10_000, 8);
}

/// As Reno.
#[test]
fn a_loss_of_a_thousandth_in_20_ms() {
    check(Duration::from_millis(10), 1000, 8);
}

/// CUBIC's own window, which is larger than Reno's.
#[test]
fn a_loss_of_a_thousandth_in_200_ms() {
    check(Duration::from_millis(100), 1000, 60);
}
