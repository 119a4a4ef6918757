//! Repeated data that was not lost, and what tells it from data that was (RFC 5682; RFC 8985, section 7.4.2).

use super::{
    wire::{Script, data_len},
    world::waker,
};
use crate::net::tcp::{ConnectionId, options::SackBlock, segment::Flags};
use core::time::Duration;

const MILLISECOND: Duration = Duration::from_millis(1);
const SEGMENT: u32 = 1000;

/// The bytes that may be sent while nothing is in flight.
fn window(script: &mut Script, id: ConnectionId) -> usize {
    let _ = script.transport.write(id, &[1; 60_000], &waker());
    data_len(&script.flush())
}

/// The first of ten segments is lost, and its repetition fills the gap. Without SACK, the acknowledgment of
/// all does not tell that the others were received before: the timeout was real.
#[test]
fn a_timeout_whose_repetition_fills_the_gap_is_not_undone() {
    let mut script = Script::new();
    let mut syn = script.header(Flags::SYN);
    syn.options.mss(SEGMENT as u16);
    let id = script.open_with(syn);
    assert_eq!(script.write(id, &[1; 10_000]).len(), 10);
    let repeated = script.wait(1100 * MILLISECOND);
    assert_eq!((repeated.len(), repeated[0].seq), (1, script.ack));
    script.acknowledge(10_000, 65_000);
    let window = window(&mut script, id);
    assert!(window <= 7000, "{window}");
}

/// What the peer says of a probe.
#[derive(Debug, Clone, Copy)]
enum Report {
    /// Nothing: the original was lost.
    None,
    /// A duplicate, in the acknowledgment of the original or in one after it.
    AtOnce,
    AfterIt,
    /// A duplicate, after new data was acknowledged.
    Late,
    /// An acknowledgment that repeats the one before: there is no SACK.
    WithoutSack,
}

/// The window after the last of ten segments was repeated by a probe, and one more segment was delivered.
fn window_after_probe(report: Report) -> usize {
    let mut script = Script::new();
    let mut syn = script.header(Flags::SYN);
    syn.options.mss(SEGMENT as u16);
    if !matches!(report, Report::WithoutSack) {
        syn.options.sack_permitted();
    }
    let id = script.open_with(syn);
    script.write(id, &[1; 100]);
    script.wait(20 * MILLISECOND);
    script.acknowledge(100, 65_000);
    assert_eq!(script.write(id, &[1; 10_000]).len(), 10);
    let end = script.ack + 10 * SEGMENT;
    let probe = script.wait(60 * MILLISECOND);
    assert_eq!((probe.len(), probe[0].seq), (1, end - SEGMENT));

    script.ack = end;
    let mut header = script.header(Flags::ACK);
    header.window = 65_000;
    let mut duplicate = header;
    duplicate.options.sack(&[SackBlock {
        start: end - SEGMENT,
        end,
    }]);
    script.send(
        match report {
            Report::AtOnce => duplicate,
            _ => header,
        },
        b"",
    );
    match report {
        Report::AfterIt => drop(script.send(duplicate, b"")),
        Report::WithoutSack => drop(script.send(header, b"")),
        Report::None | Report::AtOnce | Report::Late => {}
    }
    assert_eq!(script.write(id, &[1; 1000]).len(), 1);
    script.wait(20 * MILLISECOND);
    script.acknowledge(SEGMENT, 65_000);
    if matches!(report, Report::Late) {
        duplicate.ack = script.ack;
        script.send(duplicate, b"");
    }
    window(&mut script, id)
}

/// A loss that a probe repaired reduces the window, and a needless probe does not.
#[test]
fn a_probe_reduces_the_window_only_after_a_loss() {
    let reduced = window_after_probe(Report::None);
    let reports = [
        Report::AtOnce,
        Report::AfterIt,
        Report::Late,
        Report::WithoutSack,
    ];
    for report in reports {
        let window = window_after_probe(report);
        assert!(window >= 10_000, "{report:?}: {window}");
        assert!(reduced < window * 8 / 10, "{report:?}: {reduced} {window}");
        assert!(reduced > window / 2, "{report:?}: {reduced} {window}");
    }
}
