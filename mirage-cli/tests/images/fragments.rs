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
                "fragments::programs_with_std_send_long_datagrams",
                programs_with_std_send_long_datagrams,
            ),
        ],
    )
    .collect()
}

/// The requests are reassembled and the replies fragmented; ping compares all bytes.
fn answers_long_pings(runner: Runner) {
    let measures = Namespace::with("measures", runner);
    for size in ["1473", "8000", "65000"] {
        let line = ["ping", "-s", size, "-c", "3", "-W", "30", "10.0.0.2"];
        let pings = measures.output(&line);
        assert!(pings.contains(" 3 received, 0% packet loss"), "{pings}");
        assert!(!pings.contains("wrong data byte"), "{pings}");
    }
}

fn long_datagrams_arrive(runner: Runner) {
    let measures = Namespace::with("measures", runner);
    // The last is the longest that there is.
    for length in [1000, 1473, 8000, 65_507] {
        let ask = format!(
            "exec 3<>/dev/udp/10.0.0.2/7; \
             seq 100000 | dd bs={length} count=1 iflag=fullblock status=none >&3; \
             timeout 30 head --lines 1 <&3"
        );
        let answer = measures.output(&["bash", "-c", &ask]);
        let sent = contents(length);
        assert_eq!(answer, format!("{length} {}\n", checksum(&sent)));
    }
}

/// The host's kernel reassembles what the unikernel sends back.
fn programs_with_std_send_long_datagrams(runner: Runner) {
    let serves = Namespace::with("serves", runner);
    for length in [1472, 1473, 20_000] {
        let ask = format!(
            "exec 3<>/dev/udp/10.0.0.2/7; \
             seq 100000 | dd bs={length} count=1 iflag=fullblock status=none >&3; \
             timeout 30 dd bs=65536 count=1 status=none <&3"
        );
        let answer = serves.output(&["bash", "-c", &ask]);
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
