//! Header prediction changes how segments are processed, not what is sent.

use super::{
    path::{Noise, PathConfig},
    world::{World, pattern, waker},
};
use crate::{
    net::tcp::{listener::ConnectionConfig, transport::calls::ConnectionId},
    time::Instant,
};
use alloc::{vec, vec::Vec};
use core::time::Duration;

/// Requests and answers on one connection.
const EXCHANGES: usize = 60;

/// Bytes that a side writes, and those that the other side has read of them.
struct Message {
    left: usize,
    unread: usize,
}

impl Message {
    fn new(length: usize) -> Self {
        Self {
            left: length,
            unread: length,
        }
    }

    /// Writes and reads what is possible; returns whether all was read.
    fn run(&mut self, world: &mut World, ends: [ConnectionId; 2], writer: usize) -> bool {
        let now = world.now;
        let [from, to] = [writer, 1 - writer];
        while self.left > 0
            && let Ok(Some(count)) =
                world.hosts[from]
                    .transport
                    .write(ends[from], &pattern(0)[..self.left], &waker())
        {
            self.left -= count;
        }
        let mut bytes = vec![0; 5000];
        while self.unread > 0
            && let Ok(Some(count)) =
                world.hosts[to]
                    .transport
                    .read(now, ends[to], &mut bytes, &waker())
        {
            self.unread -= count;
        }
        self.unread == 0
    }
}

/// What both sides send during some exchanges, and when.
fn trace(seed: u64, loss: u32, is_predicting: bool) -> Vec<(usize, Instant, Vec<u8>)> {
    let path = PathConfig {
        delay: Duration::from_micros(500),
        loss,
        reorder: loss,
        duplicate: loss,
        ..PathConfig::default()
    };
    let mut world = World::new(path, path, seed);
    for host in &mut world.hosts {
        host.transport.is_predicting = is_predicting;
    }
    world.captures = true;
    let ends = <[_; 2]>::from(world.establish(ConnectionConfig::default()));
    let mut noise = Noise::new(seed);
    for exchange in 0..EXCHANGES {
        let mut length = || [1, 100, 1000, 1448, 3000, 20_000][noise.below(6) as usize];
        for (writer, length) in [(0, length()), (1, length())] {
            let mut message = Message::new(length);
            let done = world.run_until(Duration::from_secs(300), |world| {
                message.run(world, ends, writer)
            });
            assert!(done, "seed {seed}: exchange {exchange} does not end");
        }
        if noise.below(4) == 0 {
            // Delayed acknowledgments and probes are sent.
            world.run_until(Duration::from_millis(noise.below(500)), |_| false);
        }
    }
    let captured = world.captured.into_iter();
    captured
        .map(|(host, at, sent)| (host, at, sent.payload))
        .collect()
}

#[test]
fn predicted_segments_have_the_same_answers() {
    for seed in 0..40 {
        for loss in [0, 20_000] {
            let with = trace(seed, loss, true);
            let without = trace(seed, loss, false);
            let differing = with
                .iter()
                .zip(&without)
                .position(|(one, other)| one != other);
            assert_eq!(differing, None, "seed {seed}, loss {loss}");
            assert_eq!(with.len(), without.len(), "seed {seed}, loss {loss}");
        }
    }
}
