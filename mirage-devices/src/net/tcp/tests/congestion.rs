//! What an algorithm of congestion control is given.

use super::{
    path::PathConfig,
    world::{PatternWriter, Sink, World},
};
use crate::{
    net::tcp::{Ack, Algorithm, Congestion, RateSample, Window, listener::ConnectionConfig},
    time::Instant,
};
use alloc::{boxed::Box, vec::Vec};
use core::{cell::RefCell, time::Duration};

/// Bytes per second of the path.
const RATE: u64 = 1_000_000;

std::thread_local! {
    static SAMPLES: RefCell<Vec<RateSample>> = const { RefCell::new(Vec::new()) };
}

/// Fills the path, and keeps the samples of the delivery rate.
#[derive(Clone, Copy)]
struct Recorder;

impl Congestion for Recorder {
    fn on_ack(&mut self, window: &mut Window, ack: &Ack) {
        window.cwnd = 60_000;
        SAMPLES.with_borrow_mut(|samples| samples.extend(ack.rate));
    }

    fn on_loss(&mut self, _: &mut Window, _: Instant, _: u32) {}

    fn boxed(&self) -> Option<Box<dyn Congestion>> {
        Some(Box::new(*self))
    }
}

#[test]
fn an_algorithm_is_given_the_delivery_rate() {
    let path = PathConfig {
        delay: Duration::from_millis(10),
        rate: RATE,
        ..PathConfig::default()
    };
    let mut world = World::new(path, path, 1);
    let config = ConnectionConfig {
        congestion: Algorithm::new("recorder", || Some(Box::new(Recorder))),
        ..ConnectionConfig::default()
    };
    let (client, server) = world.establish(config);
    let mut source = PatternWriter::new(0, client, u64::MAX);
    let mut sink = Sink::new(1, server);
    world.run_until(Duration::from_secs(3), |world| {
        source.run(world).expect("the path works");
        sink.run(world).expect("the path works");
        false
    });
    let samples = SAMPLES.take();
    let rates = samples
        .iter()
        .skip(samples.len() / 2)
        .map(|sample| sample.delivered as f64 / sample.interval.as_secs_f64());
    // Headers take a part of it.
    let expected = RATE as f64 * 0.9..RATE as f64 * 1.02;
    for rate in rates {
        assert!(expected.contains(&rate), "{rate}");
    }
    assert!(samples.len() > 100, "{}", samples.len());
    assert!(!samples[samples.len() - 1].app_limited);
}
