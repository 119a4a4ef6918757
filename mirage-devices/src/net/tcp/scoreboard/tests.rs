//! Tests of the scoreboard: its sums equal a recount, whatever happens.

use super::*;
use crate::net::tcp::delivery_rate::Snapshot;
use core::time::Duration;
use proptest::prelude::*;

const START: SeqNumber = SeqNumber(u32::MAX - 5000);

fn at(millis: u64) -> Instant {
    Instant::BOOT + Duration::from_millis(millis)
}

fn record(start: u32, end: u32, millis: u64) -> Record {
    Record {
        start: START + start,
        end: START + end,
        sent_at: at(millis),
        retransmitted: false,
        fate: Fate::InFlight,
        snapshot: Snapshot::IDLE,
    }
}

fn block(start: u32, end: u32) -> SackBlock {
    SackBlock {
        start: START + start,
        end: START + end,
    }
}

fn sums(scoreboard: &Scoreboard) -> (u32, u32) {
    let sum = |fate| {
        let records = scoreboard.records.iter();
        records
            .filter(|record| record.fate == fate)
            .map(Record::len)
            .sum()
    };
    (sum(Fate::Sacked), sum(Fate::Lost))
}

#[test]
fn data_that_is_sent_together_is_one_record() {
    let mut scoreboard = Scoreboard::default();
    scoreboard.push(record(0, 1000, 1));
    scoreboard.push(record(1000, 2000, 1));
    scoreboard.push(record(2000, 3000, 2));
    assert_eq!(scoreboard.records.len(), 2);
}

/// A peer that reports single bytes does not make as many records of them.
#[test]
fn the_number_of_records_is_limited() {
    let mut scoreboard = Scoreboard::default();
    scoreboard.push(record(0, 10_000, 1));
    let mut delivered = scoreboard.begin_acknowledgment();
    for start in (0..10_000).step_by(2) {
        scoreboard.on_sack(block(start, start + 1), 100, &mut delivered);
    }
    assert_eq!(scoreboard.records.len(), 100);
    assert_eq!(delivered.bytes, scoreboard.sacked());
    // What needs no more records is still marked.
    scoreboard.on_sack(block(0, 10_000), 100, &mut delivered);
    assert_eq!(scoreboard.sacked(), 10_000);
}

/// An acknowledgment that covers what came in order, and a block behind a gap, reports no reordering.
#[test]
fn data_before_a_gap_was_not_reordered() {
    let mut scoreboard = Scoreboard::default();
    for start in 0..5 {
        scoreboard.push(record(start * 1000, start * 1000 + 1000, start.into()));
    }
    let mut delivered = scoreboard.begin_acknowledgment();
    scoreboard.on_sack(block(3000, 4000), usize::MAX, &mut delivered);
    scoreboard.acknowledge(START + 2000, &mut delivered);
    assert!(!delivered.reordered);
    let mut delivered = scoreboard.begin_acknowledgment();
    scoreboard.acknowledge(START + 3000, &mut delivered);
    assert!(delivered.reordered);
}

#[test]
fn a_block_in_the_middle_splits_a_record() {
    let mut scoreboard = Scoreboard::default();
    scoreboard.push(record(0, 5000, 1));
    let mut delivered = scoreboard.begin_acknowledgment();
    scoreboard.on_sack(block(1000, 2000), usize::MAX, &mut delivered);
    scoreboard.on_sack(block(2000, 3000), usize::MAX, &mut delivered);
    assert_eq!(delivered.bytes, 2000);
    assert_eq!(scoreboard.in_flight(5000), 3000);
    assert_eq!(scoreboard.records.len(), 3, "runs are joined");
    // The same again delivers nothing.
    let mut delivered = scoreboard.begin_acknowledgment();
    scoreboard.on_sack(block(1000, 3000), usize::MAX, &mut delivered);
    assert_eq!(delivered.bytes, 0);
}

#[test]
fn what_arrives_late_was_reordered_and_not_lost() {
    let mut scoreboard = Scoreboard::default();
    for index in 0..4 {
        scoreboard.push(record(index * 1000, (index + 1) * 1000, index.into()));
    }
    let mut delivered = scoreboard.begin_acknowledgment();
    scoreboard.on_sack(block(3000, 4000), usize::MAX, &mut delivered);
    assert!(!delivered.reordered);
    assert_eq!(scoreboard.mark_lost(at(3), START + 4000, |_| true), 3000);
    assert_eq!(scoreboard.next_lost(), Some((START, START + 1000)));
    let mut delivered = scoreboard.begin_acknowledgment();
    scoreboard.acknowledge(START + 1000, &mut delivered);
    assert!(delivered.reordered && delivered.was_not_lost);
}

#[derive(Debug, Clone)]
enum Step {
    Push(u32),
    Acknowledge(u32),
    Select(u32, u32),
    MarkLost(u64),
    MarkAllLost,
    Unmark,
    Retransmit(u32),
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        (1..3000u32).prop_map(Step::Push),
        (1..3000u32).prop_map(Step::Acknowledge),
        (0..8000u32, 1..3000u32).prop_map(|(start, length)| Step::Select(start, length)),
        (0..50u64).prop_map(Step::MarkLost),
        Just(Step::MarkAllLost),
        Just(Step::Unmark),
        (1..1500u32).prop_map(Step::Retransmit),
    ]
}

proptest! {
    #[test]
    fn the_sums_equal_a_recount(steps in proptest::collection::vec(step(), 1..100)) {
        let mut scoreboard = Scoreboard::default();
        let (mut una, mut nxt) = (0u32, 0u32);
        let mut undelivered = 0;
        for (now, step) in steps.into_iter().enumerate() {
            let now = now as u64;
            let mut delivered = scoreboard.begin_acknowledgment();
            match step {
                Step::Push(length) => {
                    scoreboard.push(record(nxt, nxt + length, now));
                    nxt += length;
                    undelivered += length;
                }
                Step::Acknowledge(length) => {
                    una = nxt.min(una + length);
                    scoreboard.acknowledge(START + una, &mut delivered);
                }
                Step::Select(start, length) => {
                    let start = nxt.min(una + start);
                    scoreboard.on_sack(block(start, nxt.min(start + length)), usize::MAX, &mut delivered);
                }
                Step::MarkLost(ago) => {
                    scoreboard.mark_lost(at(now.saturating_sub(ago)), START + nxt, |_| true);
                }
                Step::MarkAllLost => scoreboard.mark_all_lost(),
                Step::Unmark => scoreboard.unmark_lost(),
                Step::Retransmit(length) => {
                    if let Some((start, end)) = scoreboard.next_lost() {
                        let end = end.min(start + length);
                        scoreboard.retransmitted(start, end, at(now), Snapshot::IDLE);
                    }
                }
            }
            undelivered -= delivered.bytes.min(undelivered);
            prop_assert_eq!((scoreboard.sacked, scoreboard.lost), sums(&scoreboard));
            let mut expected = START + una;
            for record in scoreboard.records.iter() {
                prop_assert_eq!(record.start, expected);
                prop_assert!(record.len() > 0);
                expected = record.end;
            }
            prop_assert_eq!(expected, START + nxt);
            prop_assert_eq!(scoreboard.next_lost().is_some(), scoreboard.lost > 0);
        }
    }
}
