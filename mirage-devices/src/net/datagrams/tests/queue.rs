//! The ring, compared with a queue of vectors.

use super::*;
use crate::net::datagrams::queue::DatagramQueue;
use proptest::prelude::*;
use std::{collections::VecDeque, convert::Infallible};

/// Lengths that often fill the ring exactly, and others.
fn length() -> impl Strategy<Value = usize> {
    prop_oneof![
        (0..=7_usize).prop_map(|hundreds| hundreds * 100),
        0..=700_usize
    ]
}

/// Removes the oldest datagram; returns its payload.
fn pop(queue: &mut DatagramQueue) -> Option<Vec<u8>> {
    let taken = queue.take(|_, data| Ok::<_, Infallible>(data.to_vec()));
    taken.map(|Ok(data)| data)
}

proptest! {
    #[test]
    fn the_ring_is_a_queue(steps in prop::collection::vec((any::<bool>(), length()), 1..400)) {
        let mut queue = DatagramQueue::new(16, 2000);
        let mut model = VecDeque::<Vec<u8>>::new();
        for (index, (push, length)) in steps.into_iter().enumerate() {
            if push {
                let payload = std::vec![index as u8; length];
                let bytes: usize = model.iter().map(Vec::len).sum();
                let fits = model.len() < 16 && bytes + length <= 2000;
                let expected = if fits { Ok(()) } else { Err(QueueFull::Limit) };
                prop_assert_eq!(queue.push(&info(), &payload), expected);
                if fits {
                    model.push_back(payload);
                }
            } else {
                let expected = model.pop_front();
                prop_assert_eq!(pop(&mut queue), expected);
            }
            let front = queue.take(|_, data| Err::<(), _>(data.to_vec()));
            let front = front.map(|left| left.unwrap_err());
            prop_assert_eq!(front.as_ref(), model.front(), "it is left there");
            prop_assert_eq!(queue.is_empty(), model.is_empty());
            prop_assert!(queue.ring().len() <= 2000 + 2 * 700 + 1);
        }
        while let Some(expected) = model.pop_front() {
            prop_assert_eq!(pop(&mut queue), Some(expected));
        }
    }
}

#[test]
fn a_ring_that_is_filled_to_the_byte_is_not_empty() {
    let mut queue = DatagramQueue::new(16, 2000);
    let push = |queue: &mut DatagramQueue, value, length| {
        queue.push(&info(), &std::vec![value; length]).unwrap();
    };
    push(&mut queue, 1, 100);
    push(&mut queue, 2, 412);
    assert_eq!(queue.ring().len(), 512);
    pop(&mut queue);
    for (value, length) in [(3, 50), (4, 50), (5, 300)] {
        push(&mut queue, value, length);
    }
    for (value, length) in [(2, 412), (3, 50), (4, 50), (5, 300)] {
        assert_eq!(pop(&mut queue), Some(std::vec![value; length]));
    }
}

#[test]
fn a_queue_in_use_stops_allocating() {
    for waiting in 0..4 {
        let mut queue = DatagramQueue::new(16, 4000);
        let mut lengths = [64, 700, 0, 1, 511].into_iter().cycle();
        let mut step = |queue: &mut DatagramQueue| {
            let payload = std::vec![7; lengths.next().unwrap()];
            queue.push(&info(), &payload).unwrap();
        };
        (0..waiting).for_each(|_| step(&mut queue));
        let mut rings = Vec::new();
        for _ in 0..1000 {
            step(&mut queue);
            pop(&mut queue);
            rings.push(queue.ring().as_ptr());
        }
        rings.dedup();
        assert!(rings.len() <= 4, "{waiting} waiting: {} rings", rings.len());
    }
}
