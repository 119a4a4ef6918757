//! Tests of the queue of pages.

use super::*;
use crate::net::tcp::Budget;
use alloc::vec;
use proptest::prelude::*;

#[test]
fn one_byte_here_and_there_takes_no_more_pages_than_the_window() {
    let mut pool = Pool::new(Budget::new(0));
    let mut queue = PageQueue::new();
    for offset in (1..30_000).step_by(2) {
        assert_eq!(queue.write(offset, &[7], &mut pool), 1);
    }
    assert!(queue.footprint() <= 30_000 + LARGE_PAGE);
    queue.clear(&mut pool);
    assert_eq!(pool.in_use(), 0);
}

proptest! {
    /// Bytes are read as they were written, whether they were copied or pages were appended.
    #[test]
    fn appended_pages_keep_their_place(steps in proptest::collection::vec((1..=LARGE_PAGE, 0..3u8, 0..40_000u32), 1..60)) {
        let mut pool = Pool::new(Budget::new(0));
        let mut queue = PageQueue::new();
        let byte = |position: u64| (position % 251) as u8;
        let (mut front, mut end) = (0u64, 0u64);
        for (length, kind, consumed) in steps {
            let size = if kind == 1 { SMALL_PAGE } else { LARGE_PAGE };
            let length = length.min(size);
            let next = end + length as u64;
            let bytes: alloc::vec::Vec<_> = (end..next).map(byte).collect();
            let queued = (end - front) as u32;
            let mut page = pool.take_filled(size, length).unwrap();
            pool.lend(&page);
            page.copy_from_slice(&bytes);
            let appended = match kind {
                0 => Err(page),
                _ => queue.append(queued, page, &mut pool),
            };
            if let Err(page) = appended {
                queue.take_back(page, &mut pool);
                prop_assert_eq!(queue.write(queued, &bytes, &mut pool), length);
            }
            end = next;
            prop_assert!(queue.footprint() as u64 <= 2 * (end - front) + 2 * LARGE_PAGE as u64);
            let mut read = vec![0; (end - front) as usize];
            queue.copy_to(0, &mut read);
            prop_assert!((front..end).map(byte).eq(read.iter().copied()));
            let consumed = u64::from(consumed).min(end - front);
            front += consumed;
            queue.consume(consumed as u32, front == end, &mut pool);
        }
        queue.clear(&mut pool);
        prop_assert_eq!(pool.in_use(), 0);
    }

    /// Pages are taken with the bytes that are next, and never with others.
    #[test]
    fn pages_are_taken_in_order(steps in proptest::collection::vec((1..6_000u32, 0..3u8, 0..4_000u32), 1..60)) {
        let mut pool = Pool::new(Budget::new(0));
        let mut queue = PageQueue::new();
        let byte = |position: u64| (position % 251) as u8;
        let bytes = |from: u64, to: u64| (from..to).map(byte).collect::<alloc::vec::Vec<_>>();
        let (mut front, mut end) = (0u64, 0u64);
        for (length, kind, gap) in steps {
            let offset = (end - front) as u32;
            let next = end + u64::from(length);
            if kind == 0 {
                // Behind a gap, which is filled afterwards.
                let behind = next + u64::from(gap);
                queue.write(offset + length + gap, &bytes(behind, behind + 100), &mut pool);
            }
            queue.write(offset, &bytes(end, next), &mut pool);
            end = next;
            if kind == 1 {
                let consumed = u64::from(gap).min(end - front);
                front += consumed;
                queue.consume(consumed as u32, front == end, &mut pool);
            }
            if kind == 2
                && let Some((page, start)) = queue.take_front((end - front) as u32)
            {
                let length = (page.len() - start) as u64;
                prop_assert!(length > 0 && length <= end - front);
                prop_assert_eq!(&page[start..], bytes(front, front + length));
                front += length;
                pool.lend(&page);
                pool.take_back(page);
            }
            let mut read = vec![0; (end - front) as usize];
            queue.copy_to(0, &mut read);
            prop_assert_eq!(read, bytes(front, end));
        }
        queue.clear(&mut pool);
        prop_assert_eq!(pool.in_use(), 0);
    }

    /// Bytes are read as they were written, whatever is written, read and consumed in between.
    #[test]
    fn bytes_keep_their_place(chunks in proptest::collection::vec((0..40_000u32, 1..5_000u32, 0..50_000u32), 1..40)) {
        let mut pool = Pool::new(Budget::new(0));
        let mut queue = PageQueue::new();
        let byte = |position: u64| (position % 251) as u8;
        let (mut front, mut end) = (0u64, 0u64);
        for (back, length, consumed) in chunks {
            // Rewrites some bytes that are there, and appends.
            let offset = ((end - front) as u32).saturating_sub(back);
            let start = front + u64::from(offset);
            let bytes: alloc::vec::Vec<_> = (start..start + u64::from(length)).map(byte).collect();
            prop_assert_eq!(queue.write(offset, &bytes, &mut pool), bytes.len());
            end = end.max(start + u64::from(length));
            let mut read = vec![0; (end - front) as usize];
            queue.copy_to(0, &mut read);
            prop_assert!((front..end).map(byte).eq(read.iter().copied()));
            let consumed = u64::from(consumed).min(end - front);
            front += consumed;
            queue.consume(consumed as u32, front == end, &mut pool);
        }
        queue.clear(&mut pool);
        prop_assert_eq!(pool.in_use(), 0);
    }
}
