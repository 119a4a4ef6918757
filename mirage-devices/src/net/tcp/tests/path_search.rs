//! Paths that drop large packets without an ICMP error (RFC 4821).

mod probes;

use super::{
    path::{PathConfig, Sent},
    world::{PatternWriter, Sink, World},
};
use crate::net::tcp::{
    EcnMode,
    congestion::Algorithm,
    listener::ConnectionConfig,
    segment::{Flags, Segment},
};
use core::time::Duration;
use std::vec::Vec;

const SECOND: Duration = Duration::from_secs(1);

/// A transfer from host A to host B.
#[derive(Debug, Clone, Copy)]
struct Config {
    /// The longest packets that the path carries.
    mtu: usize,
    /// The share of the other packets that it loses, in millionths.
    loss: u32,
    is_ipv6: bool,
    algorithm: Algorithm,
    /// The receive window.
    receive: u32,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            mtu: 1500,
            loss: 0,
            is_ipv6: false,
            algorithm: Algorithm::CUBIC,
            receive: 1 << 20,
        }
    }
}

struct Transfer {
    world: World,
    source: PatternWriter,
    sink: Sink,
}

impl Transfer {
    fn new(config: Config) -> Self {
        let back = PathConfig {
            delay: Duration::from_millis(5),
            rate: 12_500_000,
            queue: 250_000,
            ..PathConfig::default()
        };
        let path = PathConfig {
            mtu: config.mtu,
            loss: config.loss,
            ..back
        };
        let mut world = World::new(path, back, 5);
        if config.is_ipv6 {
            world = world.with_ipv6();
        }
        world.captures = true;
        let (client, server) = world.establish(ConnectionConfig {
            ecn: EcnMode::Request,
            congestion: config.algorithm,
            receive: config.receive,
            ..ConnectionConfig::default()
        });
        let mut source = PatternWriter::new(0, client, 0);
        source.is_closed = true;
        Self {
            world,
            source,
            sink: Sink::new(1, server),
        }
    }

    /// Transfers `length` bytes more. Returns how long that takes.
    fn run(&mut self, length: u64) -> Duration {
        self.source.length += length;
        let Self {
            world,
            source,
            sink,
        } = self;
        world.captured.clear();
        let start = world.now;
        let done = world.run_until(60 * SECOND, |world| {
            source.run(world).expect("the path works");
            sink.run(world).expect("the path works");
            sink.position == source.length
        });
        assert!(done, "{sink:?}");
        for host in &world.hosts {
            host.transport.check();
        }
        world.now - start
    }

    /// The length of the longest of the last packets that the path has carried.
    fn max_len(&self) -> usize {
        let mtu = self.world.paths[0].config.mtu;
        let sent = self.sent().map(Sent::len).filter(|length| *length <= mtu);
        let last: Vec<_> = sent.collect();
        let last = &last[last.len().saturating_sub(100)..];
        last.iter().copied().max().expect("data was sent")
    }

    /// What host A has sent.
    fn sent(&self) -> impl Iterator<Item = &Sent> {
        let captured = self.world.captured.iter();
        captured
            .filter(|(host, ..)| *host == 0)
            .map(|(_, _, sent)| sent)
    }

    /// How often the peer was told that the window has become smaller.
    fn reductions(&self) -> usize {
        let flags = self
            .sent()
            .map(|sent| Segment::parse(&sent.payload).expect("a segment").flags);
        flags.filter(|flags| flags.contains(Flags::CWR)).count()
    }

    fn timeouts(&self) -> u64 {
        self.world.hosts[0].transport.counters().timeouts
    }

    fn retransmissions(&self) -> u64 {
        self.world.hosts[0].transport.counters().retransmissions
    }

    /// The path has been found, to 32 bytes.
    fn assert_found(&self, config: Config) {
        let (longest, mtu) = (self.max_len(), self.world.paths[0].config.mtu);
        assert!(mtu - longest < 32, "{config:?}: {longest} of {mtu}");
    }
}

const ALGORITHMS: [Algorithm; 3] = [Algorithm::CUBIC, Algorithm::RENO, Algorithm::BBR];

/// The search takes two timeouts, or a few more if the path is very narrow, and none later.
#[test]
fn the_size_of_a_path_is_found() {
    for algorithm in ALGORITHMS {
        for (is_ipv6, mtus) in [
            (false, &[552, 600, 1000, 1280, 1300, 1400, 1492][..]),
            (true, &[1280, 1300, 1400, 1492]),
        ] {
            for &mtu in mtus {
                let config = Config {
                    mtu,
                    is_ipv6,
                    algorithm,
                    ..Config::default()
                };
                let mut transfer = Transfer::new(config);
                transfer.run(2_500_000);
                let timeouts = transfer.timeouts();
                assert!((2..=4).contains(&timeouts), "{config:?}: {timeouts}");
                transfer.run(1_000_000);
                transfer.assert_found(config);
                assert_eq!(transfer.timeouts(), timeouts, "{config:?}");
            }
        }
    }
}

/// Nothing arrives, whatever its size: the last segments are no smaller than the families' floors.
#[test]
fn the_floors_are_those_of_the_families() {
    for (is_ipv6, floor) in [(false, 552), (true, 1280)] {
        let mut transfer = Transfer::new(Config {
            is_ipv6,
            ..Config::default()
        });
        transfer.world.paths[0].config.mtu = 100;
        transfer.source.length = 10_000;
        let Transfer { world, source, .. } = &mut transfer;
        world.run_until(60 * SECOND, |world| {
            source.run(world).expect("it is not given up yet");
            false
        });
        let lengths = transfer.sent().map(Sent::len);
        let data = lengths.filter(|length| *length > 100);
        assert_eq!(data.min(), Some(floor));
    }
}

/// Losses that have nothing to do with the size neither end the search early nor make segments small.
#[test]
fn the_size_of_a_path_with_losses_is_found() {
    for algorithm in ALGORITHMS {
        for is_ipv6 in [false, true] {
            let config = Config {
                mtu: 1400,
                loss: 10_000,
                is_ipv6,
                algorithm,
                ..Config::default()
            };
            let mut transfer = Transfer::new(config);
            transfer.run(4_000_000);
            transfer.run(1_000_000);
            transfer.assert_found(config);
        }
    }
}

/// A receive window needs room for a probe and the segment behind it. Without it, the first size that passes is kept.
#[test]
fn small_windows_do_not_stop_the_data() {
    for algorithm in ALGORITHMS {
        for (receive, is_searched) in [(6000, true), (2400, false)] {
            let config = Config {
                mtu: 1400,
                algorithm,
                receive,
                ..Config::default()
            };
            let mut transfer = Transfer::new(config);
            transfer.run(500_000);
            transfer.run(500_000);
            assert_eq!(transfer.max_len() > 1280, is_searched, "{config:?}");
        }
    }
}

/// A path that becomes narrower is noticed, and one that becomes wider after ten minutes.
#[test]
fn changes_of_the_path_are_followed() {
    for algorithm in ALGORITHMS {
        for is_ipv6 in [false, true] {
            let config = Config {
                is_ipv6,
                algorithm,
                ..Config::default()
            };
            let mut transfer = Transfer::new(config);
            transfer.run(1_000_000);
            assert_eq!((transfer.max_len(), transfer.timeouts()), (1500, 0));
            for mtu in [1450, 1330] {
                transfer.world.paths[0].config.mtu = mtu;
                transfer.run(3_000_000);
                transfer.assert_found(config);
            }
            let timeouts = transfer.timeouts();
            for mtu in [1400, 1500] {
                transfer.world.paths[0].config.mtu = mtu;
                let before = transfer.max_len();
                transfer.run(1_000_000);
                assert_eq!(transfer.max_len(), before, "{config:?}");
                transfer.world.run_until(601 * SECOND, |_| false);
                transfer.run(3_000_000);
                transfer.assert_found(config);
            }
            assert_eq!(transfer.max_len(), 1500);
            assert_eq!(transfer.timeouts(), timeouts);
        }
    }
}

/// All is lost for three seconds, whatever its size. Then segments are as large as before.
#[test]
fn a_path_that_was_down_is_used_as_before() {
    for algorithm in ALGORITHMS {
        let config = Config {
            algorithm,
            ..Config::default()
        };
        let mut transfer = Transfer::new(config);
        transfer.run(1_000_000);
        transfer.world.paths[0].config.dies_at = Some(Duration::ZERO);
        transfer.source.length += 1_000_000;
        let Transfer { world, source, .. } = &mut transfer;
        world.run_until(3 * SECOND, |world| {
            source.run(world).expect("the path works");
            false
        });
        world.paths[0].config.dies_at = None;
        assert!(transfer.timeouts() >= 3, "{config:?}");
        let timeouts = transfer.timeouts();
        transfer.run(1_000_000);
        assert_eq!(transfer.max_len(), 1500, "{config:?}");
        assert!(transfer.timeouts() <= timeouts + 1, "{config:?}");
    }
}

/// The loss of probes does not reduce the window: the peer would be told so by CWR.
#[test]
fn a_search_is_no_sign_of_congestion() {
    for algorithm in [Algorithm::CUBIC, Algorithm::RENO] {
        let mut transfer = Transfer::new(Config {
            mtu: 1280,
            algorithm,
            receive: 100_000,
            ..Config::default()
        });
        transfer.run(30_000);
        assert!(transfer.timeouts() > 0 && transfer.reductions() > 0);
        let retransmissions = transfer.retransmissions();
        transfer.run(3_000_000);
        assert_eq!(transfer.reductions(), 0);
        // Nine probes, each sent again in two segments.
        let repeated = transfer.retransmissions() - retransmissions;
        assert_eq!(repeated, 18);
    }
}

/// Nor does it slow BBR down, which takes losses into its model.
#[test]
fn a_search_does_not_slow_bbr_down() {
    let mut times = [1280, 1500].map(|mtu| {
        let mut transfer = Transfer::new(Config {
            mtu: 1280,
            algorithm: Algorithm::BBR,
            ..Config::default()
        });
        transfer.run(30_000);
        transfer.world.paths[0].config.mtu = mtu;
        transfer.run(4_000_000)
    });
    times.sort();
    assert!(times[1] < times[0] * 108 / 100, "{times:?}");
}
