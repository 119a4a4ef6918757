//! Data that was received out of order.

use crate::net::{
    spare::has_spare,
    tcp::{
        options::{MAX_SACK_BLOCKS, SackBlock},
        seq::SeqNumber,
    },
};
use alloc::{boxed::Box, vec::Vec};

/// Maximum number of ranges with gaps between them. Data beyond that is dropped.
const MAX_RANGES: usize = 64;

/// The ranges that were received out of order.
#[derive(Debug, Default)]
pub struct Reassembly(Option<Box<Ranges>>);

#[derive(Debug, Default)]
struct Ranges {
    /// In order, with gaps between them.
    ranges: Vec<SackBlock>,
    /// The starts of ranges, the one that changed last first.
    recent: Vec<SeqNumber>,
}

impl Reassembly {
    pub fn is_empty(&self) -> bool {
        self.0.is_none()
    }

    /// Whether a range can be added, of data from `nxt` on. What does not grow the list always can.
    pub fn can_add(&self, nxt: SeqNumber, start: SeqNumber, end: SeqNumber) -> bool {
        let Some(ranges) = &self.0 else {
            return start == nxt || has_spare(0, 0);
        };
        let joins = |range: &SackBlock| !start.is_after(range.end) && !end.is_before(range.start);
        start == nxt
            || ranges.ranges.iter().any(joins)
            || (ranges.ranges.len() < MAX_RANGES && has_spare(0, 0))
    }

    /// Adds a range, and returns the part of it that was there before, if it all was.
    pub fn add(&mut self, start: SeqNumber, end: SeqNumber) -> Option<SackBlock> {
        let Ranges { ranges, recent } = &mut **self.0.get_or_insert_default();
        let first = ranges.partition_point(|range| range.end.is_before(start));
        let behind = ranges.partition_point(|range| !range.start.is_after(end));
        let mut joined = SackBlock { start, end };
        let mut duplicate = None;
        for range in &ranges[first..behind] {
            if !range.start.is_after(start) && !range.end.is_before(end) {
                duplicate = Some(joined);
            }
            joined.start = joined.start.min(range.start);
            joined.end = joined.end.max(range.end);
        }
        recent.retain(|at| !ranges[first..behind].iter().any(|range| range.start == *at));
        ranges.splice(first..behind, [joined]);
        recent.insert(0, joined.start);
        recent.truncate(MAX_SACK_BLOCKS);
        duplicate
    }

    /// Removes the range that `nxt` has reached, and returns its end.
    pub fn take_contiguous(&mut self, nxt: SeqNumber) -> Option<SeqNumber> {
        let Ranges { ranges, recent } = &mut **self.0.as_mut()?;
        let mut reached = None;
        while let Some(first) = ranges.first()
            && !first.start.is_after(nxt)
        {
            let first = ranges.remove(0);
            recent.retain(|start| *start != first.start);
            if first.end.is_after(nxt) {
                reached = Some(first.end);
            }
        }
        if ranges.is_empty() {
            self.0 = None;
        }
        reached
    }

    /// The ranges, those that changed last first (RFC 2018, section 4).
    pub fn blocks(&self) -> impl Iterator<Item = SackBlock> + '_ {
        self.0.iter().flat_map(|ranges| {
            let range_at = |start: &SeqNumber| {
                let index = ranges
                    .ranges
                    .partition_point(|range| range.start.is_before(*start));
                ranges.ranges.get(index).copied()
            };
            ranges.recent.iter().filter_map(range_at)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::collections::BTreeSet;
    use proptest::prelude::*;

    const START: SeqNumber = SeqNumber(u32::MAX - 100);

    proptest! {
        /// The ranges are the bytes that were added, and the most recent one is reported first.
        #[test]
        fn ranges_are_what_was_added(added in proptest::collection::vec((1..300u32, 1..40u32), 1..40)) {
            let mut reassembly = Reassembly::default();
            let mut bytes = BTreeSet::new();
            let mut nxt = 0;
            for (start, length) in added {
                let start = start.max(nxt);
                let is_new = (start..start + length).any(|byte| !bytes.contains(&byte));
                let duplicate = reassembly.add(START + start, START + (start + length));
                prop_assert_eq!(duplicate.is_none(), is_new);
                bytes.extend(start..start + length);
                if let Some(end) = reassembly.take_contiguous(START + nxt) {
                    prop_assert!((nxt..end - START).all(|byte| bytes.remove(&byte)));
                    nxt = end - START;
                } else {
                    prop_assert!(!bytes.contains(&nxt));
                    let first = reassembly.blocks().next().expect("something was added");
                    prop_assert!((START + start).is_within(first.start, first.end));
                }
                let all: BTreeSet<_> = reassembly.0.iter()
                    .flat_map(|ranges| &ranges.ranges)
                    .flat_map(|range| range.start - START..range.end - START)
                    .collect();
                prop_assert_eq!(&all, &bytes);
            }
        }
    }
}
