//! Windows that the peer closes, and the persist timer (RFC 9293, section 3.8.6.1).

use super::{wire::Script, world::waker};
use crate::net::tcp::segment::Flags;
use core::time::Duration;

const SECOND: Duration = Duration::from_secs(1);
/// A zero window is probed as long as the peer answers; when it opens, data flows at once.
#[test]
fn a_closed_window_is_probed() {
    let (mut script, id) = Script::established();
    let mut header = script.header(Flags::ACK);
    header.window = 0;
    script.send(header, b"");
    script
        .transport
        .write(id, &[1; 100], &waker())
        .expect("it is open");
    assert!(script.flush().is_empty());
    let mut probes = 0;
    for _ in 0..2000 {
        for probe in script.wait(SECOND) {
            assert_eq!(probe.data.len(), 1, "{probe:?}");
            probes += 1;
            script.send(header, b"");
        }
        assert_eq!(script.transport.error(id), None);
    }
    assert!((25..60).contains(&probes), "{probes}");
    header.window = 1000;
    let answers = script.send(header, b"");
    let data: usize = answers.iter().map(|answer| answer.data.len()).sum();
    assert_eq!(data, 100, "{answers:?}");
}

/// The peer takes the byte of a probe.
#[test]
fn a_probe_may_be_taken() {
    let (mut script, id) = Script::established();
    let mut header = script.header(Flags::ACK);
    header.window = 0;
    script.send(header, b"");
    script
        .transport
        .write(id, &[1; 100], &waker())
        .expect("it is open");
    script.flush();
    assert_eq!(script.wait(2 * SECOND).len(), 1);
    header.ack = script.ack + 1;
    header.window = 1000;
    let data: usize = script
        .send(header, b"")
        .iter()
        .map(|answer| answer.data.len())
        .sum();
    assert_eq!(data, 99);
}

/// A window that closes while data is in flight does not stop retransmission.
#[test]
fn data_in_flight_is_repeated_into_a_closed_window() {
    let (mut script, id) = Script::established();
    script
        .transport
        .write(id, &[1; 500], &waker())
        .expect("it is open");
    assert_eq!(script.flush().len(), 1);
    let mut header = script.header(Flags::ACK);
    header.window = 0;
    header.seq = script.seq;
    script.send(header, b"");
    let repeated = script.wait(3 * SECOND);
    assert!(!repeated.is_empty());
    assert_eq!(repeated[0].seq, script.ack);
}
