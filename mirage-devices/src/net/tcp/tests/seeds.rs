//! Random worlds: whatever the path does, all bytes arrive or there is an error, and memory returns.

use super::{
    path::{Noise, PathConfig},
    world::{PatternWriter, Sink, World},
};
use crate::net::tcp::{Algorithm, EcnMode, listener::ConnectionConfig};
use core::time::Duration;

fn path(noise: &mut Noise) -> PathConfig {
    let pick =
        |noise: &mut Noise, values: &[u64]| values[noise.below(values.len() as u64) as usize];
    PathConfig {
        delay: Duration::from_micros(pick(noise, &[0, 20, 500, 10_000, 100_000])),
        jitter: Duration::from_micros(pick(noise, &[0, 0, 10, 5_000])),
        rate: pick(noise, &[0, 50_000, 1_000_000, 100_000_000]),
        queue: pick(noise, &[3_000, 30_000, 1_000_000]),
        loss: pick(noise, &[0, 0, 1_000, 20_000, 200_000]) as u32,
        reorder: pick(noise, &[0, 0, 10_000, 300_000]) as u32,
        duplicate: pick(noise, &[0, 0, 10_000, 300_000]) as u32,
        marks: pick(noise, &[0, 0, 1_000, 200_000, 1_000_000]) as u32,
        clears_ecn: pick(noise, &[0, 0, 0, 1]) == 1,
        mtu: 1500,
        dies_at: None,
    }
}

fn run(seed: u64) {
    let mut noise = Noise::new(seed + 1);
    let mut world = World::new(path(&mut noise), path(&mut noise), seed);
    let mut config = ConnectionConfig {
        ecn: [EcnMode::Accept, EcnMode::Request][noise.below(2) as usize],
        receive: [4_000, 65_535, 4 << 20][noise.below(3) as usize],
        transmit: [4_000, 65_535, 4 << 20][noise.below(3) as usize],
        ..ConnectionConfig::default()
    };
    if noise.below(3) == 0 {
        config.congestion = Algorithm::BBR;
        config.ecn = EcnMode::Off;
    }
    let dies = noise.below(8) == 0;
    if dies {
        let at = world.now - crate::time::Instant::BOOT + Duration::from_millis(noise.below(5_000));
        world.paths[0].config.dies_at = Some(at);
        world.paths[1].config.dies_at = Some(at);
    }
    let client = world.connect(config);
    let length = [1, 1_000, 100_000, 1_000_000][noise.below(4) as usize];
    let slow_reader = noise.below(4) == 0;
    let mut ends = None;
    let mut source = PatternWriter::new(0, client, length);
    source.writes_in_place = seed.is_multiple_of(2);
    let mut echo_sink = Sink::new(0, client);
    let mut failed = false;
    let mut turns = 0u64;
    let done = world.run_until(Duration::from_secs(20_000), |world| {
        turns += 1;
        if ends.is_none() {
            ends = world.accept().map(|server| {
                let mut source = PatternWriter::new(1, server, length / 2);
                source.writes_in_place = seed.is_multiple_of(3);
                (source, Sink::new(1, server))
            });
        }
        failed |= source.run(world).is_err() || echo_sink.run(world).is_err();
        let mut finished = false;
        if let Some((server_source, server_sink)) = &mut ends {
            failed |= server_source.run(world).is_err();
            if !slow_reader || turns.is_multiple_of(7) {
                failed |= server_sink.run(world).is_err();
            }
            finished = server_sink.is_finished && echo_sink.is_finished;
        }
        world.hosts.iter().for_each(|host| host.transport.check());
        assert!(
            turns < 3_000_000,
            "seed {seed}: it does not come to rest at {:?}: {source:?} {echo_sink:?} {ends:?}",
            world.now
        );
        failed || finished
    });
    assert!(
        done || dies,
        "seed {seed}: neither done nor an error: {source:?} {echo_sink:?} {ends:?} at {:?}",
        world.now
    );
    assert!(
        !failed || dies || world.paths.iter().any(|path| path.config.loss >= 200_000),
        "seed {seed}: an error on a path that works"
    );
    if !failed && done {
        let (_, sink) = ends.as_ref().expect("it is accepted");
        assert_eq!(
            (sink.position, echo_sink.position),
            (length, length / 2),
            "seed {seed}"
        );
    }
    let now = world.now;
    source.end(&mut world);
    world.hosts[0].transport.release(client, now);
    if let Some((source, _)) = &mut ends {
        source.end(&mut world);
        world.hosts[1].transport.release(source.id, now);
    }
    while let Some(id) = world.accept() {
        world.hosts[1].transport.release(id, now);
    }
    world.run_until(Duration::from_secs(3000), |world| {
        let late = world.accept();
        if let Some(id) = late {
            let now = world.now;
            world.hosts[1].transport.release(id, now);
        }
        false
    });
    for host in &world.hosts {
        assert_eq!(host.transport.population(), (0, 0, 0), "seed {seed}");
        assert_eq!(host.transport.pool().in_use(), 0, "seed {seed}");
        assert_eq!(host.transport.pool().committed(), 0, "seed {seed}");
    }
}

/// `TCP_SEEDS` sets how many worlds there are, `TCP_SEED` runs one of them.
#[test]
fn all_bytes_arrive_or_there_is_an_error() {
    let variable = |name| {
        std::env::var(name)
            .ok()
            .and_then(|value| value.parse().ok())
    };
    if let Some(seed) = variable("TCP_SEED") {
        return run(seed);
    }
    let seeds = variable("TCP_SEEDS").unwrap_or(300);
    for seed in 0..seeds {
        run(seed);
    }
}
