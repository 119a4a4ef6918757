//! BBR over paths of all kinds.

use super::{
    path::PathConfig,
    world::{PatternWriter, Sink, World},
};
use crate::net::tcp::{congestion::Algorithm, listener::ConnectionConfig};
use core::time::Duration;
use std::vec::Vec;

/// Bytes per second: 100 Mbit/s.
const RATE: u64 = 12_500_000;

/// The product of rate and round-trip time of the paths.
const PRODUCT: u64 = RATE / 50;

/// A path with a round trip of 20 ms, a queue of some products of rate and delay, and losses in millionths.
fn path(products: u64, loss: u32) -> PathConfig {
    PathConfig {
        delay: Duration::from_millis(10),
        rate: RATE,
        queue: products * PRODUCT,
        loss,
        ..PathConfig::default()
    }
}

/// What a flow does in a tenth of a second.
struct Interval {
    /// Bytes received.
    received: u64,
    /// The shortest and the longest time in the queue.
    queueing: (Duration, Duration),
}

/// The intervals of some seconds in which a flow sends as much as it can.
fn intervals(path: PathConfig, algorithm: Algorithm, seconds: u64, seed: u64) -> Vec<Interval> {
    let back = PathConfig { loss: 0, ..path };
    intervals_of(World::new(path, back, seed), algorithm, seconds)
}

/// [`intervals`] in a world.
fn intervals_of(mut world: World, algorithm: Algorithm, seconds: u64) -> Vec<Interval> {
    let config = ConnectionConfig {
        congestion: algorithm,
        ..ConnectionConfig::default()
    };
    let (client, server) = world.establish(config);
    let mut source = PatternWriter::new(0, client, u64::MAX);
    let mut sink = Sink::new(1, server);
    let tenths = 0..10 * seconds;
    let interval = tenths.map(|_| {
        let before = sink.position;
        let mut queueing = (Duration::MAX, Duration::ZERO);
        world.run_until(Duration::from_millis(100), |world| {
            source.run(world).expect("the path works");
            sink.run(world).expect("the path works");
            let delay = world.paths[0].queueing_delay(world.now);
            queueing = (queueing.0.min(delay), queueing.1.max(delay));
            false
        });
        Interval {
            received: sink.position - before,
            queueing,
        }
    });
    interval.collect()
}

/// The share of the rate in percent, in eight seconds.
fn share(loss: u32, algorithm: Algorithm) -> u64 {
    share_of(&intervals(path(1, loss), algorithm, 8, 1))
}

fn share_of(intervals: &[Interval]) -> u64 {
    let received: u64 = intervals.iter().map(|interval| interval.received).sum();
    received * 1000 / intervals.len() as u64 / RATE
}

/// The path is used up to the losses that it is allowed, and less beyond.
#[test]
fn the_rate_follows_the_path_and_not_single_losses() {
    let shares = [0, 1000, 10_000, 50_000].map(|loss| share(loss, Algorithm::BBR));
    assert!(shares[0] >= 88, "without loss: {shares:?}");
    assert!(shares[1] >= 86, "0.1 %: {shares:?}");
    assert!(shares[2] >= 74, "1 %: {shares:?}");
    assert!((3..30).contains(&shares[3]), "5 %: {shares:?}");
    assert!(share(10_000, Algorithm::CUBIC) < 15);
}

/// A host that runs every three milliseconds sends what was due meanwhile.
#[test]
fn late_timers_are_made_up_for() {
    let path = path(1, 0);
    let mut world = World::new(path, path, 1);
    world.slice = Duration::from_millis(3);
    let share = share_of(&intervals_of(world, Algorithm::BBR, 8));
    assert!(share >= 85, "{share}");
}

/// A flow that CUBIC fills to the end has a short queue.
#[test]
fn the_queue_stays_short() {
    let median = |algorithm| {
        let intervals = intervals(path(4, 0), algorithm, 10, 1);
        // Startup is over after a second.
        let mut longest: Vec<_> = intervals[10..].iter().map(|it| it.queueing.1).collect();
        longest.sort();
        longest[longest.len() / 2]
    };
    let [bbr, cubic] = [Algorithm::BBR, Algorithm::CUBIC].map(median);
    assert!(bbr < Duration::from_millis(10), "{bbr:?}");
    assert!(cubic > Duration::from_millis(40), "{cubic:?}");
}

/// ProbeRTT: after five seconds the flow sends half as much as the path has room for, for 200 ms.
#[test]
fn the_round_trip_time_is_measured_with_little_in_flight() {
    let intervals = intervals(path(1, 0), Algorithm::BBR, 7, 1);
    let usual = RATE / 10;
    let low = |interval: &Interval| interval.received < usual * 7 / 10;
    let first = 10 + intervals[10..].iter().position(low).expect("a pause");
    assert!((45..65).contains(&first), "{first}");
    let after = &intervals[first + 4..first + 12];
    assert!(after.iter().all(|interval| !low(interval)));
}

/// More bandwidth is found within the time of a cycle, and less is noticed.
#[test]
fn a_change_of_the_bandwidth_is_followed() {
    let back = path(1, 0);
    let mut world = World::new(path(1, 0), back, 1);
    let config = ConnectionConfig {
        congestion: Algorithm::BBR,
        ..ConnectionConfig::default()
    };
    let (client, server) = world.establish(config);
    let mut source = PatternWriter::new(0, client, u64::MAX);
    let mut sink = Sink::new(1, server);
    let mut rate_in = |world: &mut World, seconds: u64| {
        let before = sink.position;
        world.run_until(Duration::from_secs(seconds), |world| {
            source.run(world).expect("the path works");
            sink.run(world).expect("the path works");
            false
        });
        (sink.position - before) / seconds
    };
    rate_in(&mut world, 3);
    world.paths[0].config.rate = RATE / 4;
    rate_in(&mut world, 6);
    let slow = rate_in(&mut world, 4);
    world.paths[0].config.rate = RATE;
    rate_in(&mut world, 10);
    let fast = rate_in(&mut world, 4);
    assert!(slow > RATE / 4 * 8 / 10, "{slow}");
    assert!(fast > RATE * 7 / 10, "{fast}");
}
