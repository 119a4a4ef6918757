//! Packets that are longer than the MTU, from and to the host's kernel.

use crate::harness::{Runner, namespace::Namespace, trials};
use libtest_mimic::Trial;

/// The tests.
pub fn list() -> Vec<Trial> {
    trials(
        &[Runner::Q35, Runner::Spt],
        [
            ("fragments::answers_long_pings", answers_long_pings),
            ("fragments::long_datagrams_arrive", long_datagrams_arrive),
            (
                "fragments::long_datagrams_are_sent",
                long_datagrams_are_sent,
            ),
            (
                "fragments::programs_with_std_send_long_datagrams",
                programs_with_std_send_long_datagrams,
            ),
        ],
    )
    .collect()
}

/// The addresses of the unikernel, and the longest datagram to each.
const ADDRESSES: [(&str, usize); 2] = [("10.0.0.2", 65_507), ("fd00::2", 65_527)];

/// Runs the unikernel with both families, and waits until it listens.
fn measures(runner: Runner) -> Namespace {
    let measures = Namespace::with_ipv6("measures", runner, &[], &[]);
    measures.running().wait_for(" is at 10.0.0.2:");
    measures
}

/// The requests are reassembled and the replies fragmented; ping compares all bytes.
fn answers_long_pings(runner: Runner) {
    let measures = measures(runner);
    for (address, _) in ADDRESSES {
        for size in ["1453", "1473", "8000", "65000"] {
            let line = ["ping", "-s", size, "-c", "3", "-W", "30", address];
            let pings = measures.output(&line);
            assert!(pings.contains(" 3 received, 0% packet loss"), "{pings}");
            assert!(!pings.contains("wrong data byte"), "{pings}");
        }
    }
}

fn long_datagrams_arrive(runner: Runner) {
    let measures = measures(runner);
    for (address, longest) in ADDRESSES {
        for length in [1000, 1473, 8000, longest] {
            let answer = measures.output(&["bash", "-c", &send(address, 7, length, "head -n 1")]);
            let sent = contents(length);
            assert_eq!(answer, format!("{length} {}\n", checksum(&sent)));
        }
    }
}

/// The host's kernel reassembles what the unikernel sends back.
fn long_datagrams_are_sent(runner: Runner) {
    let measures = measures(runner);
    for (address, longest) in ADDRESSES {
        for length in [1452, 1453, 20_000, longest] {
            let answer = measures.output(&["bash", "-c", &send(address, 8, length, ONE)]);
            assert!(answer.as_bytes() == contents(length), "{}", answer.len());
        }
    }
}

/// Reads one datagram.
const ONE: &str = "dd bs=65536 count=1 status=none";

/// Returns a program for bash that sends `length` bytes to a port, and reads the answer by `read`.
fn send(address: &str, port: u16, length: usize, read: &str) -> String {
    format!(
        "exec 3<>/dev/udp/{address}/{port}; \
         seq 100000 | dd bs={length} count=1 iflag=fullblock status=none >&3; \
         timeout 30 {read} <&3"
    )
}

fn programs_with_std_send_long_datagrams(runner: Runner) {
    let serves = Namespace::with("serves", runner);
    for length in [1472, 1473, 20_000] {
        let answer = serves.output(&["bash", "-c", &send("10.0.0.2", 7, length, ONE)]);
        assert_eq!(answer.len(), length);
        assert!(answer.as_bytes() == contents(length));
    }
}

/// Returns the start of what `seq` writes.
fn contents(length: usize) -> Vec<u8> {
    let lines = (1..=100_000).flat_map(|number| format!("{number}\n").into_bytes());
    lines.take(length).collect()
}

/// Adds up all bytes, each times its position, as the unikernel does.
fn checksum(bytes: &[u8]) -> u32 {
    let products = (1_u32..).zip(bytes);
    products.fold(0, |sum, (position, byte)| {
        sum.wrapping_add(position.wrapping_mul((*byte).into()))
    })
}
