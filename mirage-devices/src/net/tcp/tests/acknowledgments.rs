//! When acknowledgments are sent (RFC 9293, sections 3.8.6.3 and 3.10.7.4).

use super::wire::Script;
use crate::net::tcp::segment::Flags;
use alloc::{vec, vec::Vec};
use core::time::Duration;

/// Segments in order, each of which is processed before the next.
#[test]
fn segments_of_a_batch_are_acknowledged_together() {
    let (mut script, _) = Script::established();
    for _ in 0..10 {
        let header = script.header(Flags::ACK);
        let mut bytes = vec![0; header.len()];
        header.write(&mut bytes);
        bytes.extend([7; 1000]);
        script.receive(&bytes);
        script.seq = script.seq + 1000;
    }
    let answers = script.flush();
    let acknowledged: Vec<_> = answers.iter().map(|answer| answer.ack).collect();
    assert_eq!(acknowledged, [script.seq]);
}

#[test]
fn an_acknowledgment_waits_less_than_half_a_second() {
    let (mut script, _) = Script::established();
    assert!(script.data(b"hello").is_empty());
    assert!(script.wait(Duration::from_millis(10)).is_empty());
    let answers = script.wait(Duration::from_millis(400));
    assert_eq!(answers.len(), 1);
    assert_eq!(answers[0].ack, script.seq);
    assert!(script.wait(Duration::from_secs(10)).is_empty());
}

#[test]
fn an_acknowledgment_goes_with_data() {
    let (mut script, id) = Script::established();
    assert!(script.data(b"hello").is_empty());
    let answers = script.write(id, b"world");
    assert_eq!((answers.len(), answers[0].ack), (1, script.seq));
    script.acknowledge(5, 20_000);
    assert!(script.wait(Duration::from_secs(10)).is_empty());
}

/// The first segments of a connection are acknowledged one by one, later ones in pairs.
#[test]
fn every_second_full_segment_is_acknowledged_at_once() {
    let (mut script, id) = Script::established();
    let mut silent = Vec::new();
    for number in 0..100 {
        if script.data(&[7; 1000]).is_empty() {
            silent.push(number);
        }
        script.read(id).expect("it is open");
        script.flush();
    }
    assert!(silent.len() >= 30, "{silent:?}");
    assert!(silent.windows(2).all(|pair| pair[1] - pair[0] >= 2));
}
