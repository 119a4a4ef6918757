//! Much data over paths of all kinds: how fast, and that none is lost.

use super::{
    path::PathConfig,
    world::{PatternWriter, Sink, World},
};
use crate::net::tcp::{congestion::Algorithm, listener::ConnectionConfig};
use core::time::Duration;

/// After so many bytes the rate is known.
const ENOUGH: u64 = 60_000_000;

/// Bytes per second over a path in `seconds`, or until enough bytes were received.
pub fn throughput(path: PathConfig, algorithm: Algorithm, seconds: u64, seed: u64) -> f64 {
    let back = PathConfig {
        loss: 0,
        reorder: 0,
        ..path
    };
    let mut world = World::new(path, back, seed);
    let config = ConnectionConfig {
        congestion: algorithm,
        ..ConnectionConfig::default()
    };
    let (client, server) = world.establish(config);
    let mut source = PatternWriter::new(0, client, u64::MAX);
    let mut sink = Sink::new(1, server);
    let start = world.now;
    world.run_until(Duration::from_secs(seconds), |world| {
        source.run(world).expect("the path works");
        sink.run(world).expect("the path works");
        sink.position >= ENOUGH
    });
    sink.position as f64 / (world.now - start).as_secs_f64()
}

/// The mean of `TCP_ROW_SEEDS` runs, in MB/s.
fn mean(path: PathConfig, algorithm: Algorithm) -> f64 {
    let seeds = 1..=3;
    let total: f64 = seeds
        .clone()
        .map(|seed| throughput(path, algorithm, 4, seed))
        .sum();
    total / seeds.count() as f64 / 1e6
}

fn path(delay: u64, loss: u32, reorder: u32) -> PathConfig {
    PathConfig {
        delay: Duration::from_micros(delay),
        loss,
        reorder,
        ..PathConfig::default()
    }
}

fn check(path: PathConfig, range: core::ops::Range<f64>) {
    let cubic = mean(path, Algorithm::CUBIC);
    std::println!("{path:?}: {cubic:.2} MB/s");
    assert!(range.contains(&cubic), "{path:?}: {cubic:.2} MB/s");
}

#[test]
fn a_short_path_is_filled() {
    check(path(50, 0, 0), 90.0..101.0);
}

#[test]
fn a_short_path_is_filled_at_a_loss_of_a_thousandth() {
    check(path(50, 1000, 0), 88.0..101.0);
}

#[test]
fn a_short_path_is_filled_at_a_loss_of_a_hundredth() {
    check(path(50, 10_000, 0), 80.0..101.0);
}

#[test]
fn a_long_path_is_filled() {
    check(path(10_000, 0, 0), 60.0..101.0);
}

#[test]
fn a_long_path_at_a_loss_of_a_thousandth() {
    check(path(10_000, 1000, 0), 2.5..20.0);
}

#[test]
fn a_long_path_at_a_loss_of_a_hundredth() {
    check(path(10_000, 10_000, 0), 0.7..3.0);
}

#[test]
fn a_long_path_with_reordering() {
    check(path(10_000, 0, 10_000), 20.0..101.0);
}

#[test]
fn reno_fills_a_short_path() {
    assert!(mean(path(50, 1000, 0), Algorithm::RENO) > 85.0);
}
