//! Bytes of a stream in pages of the pool: written and not acknowledged, or received and not read.
//!
//! The position of a byte in the stream determines its location, so data that arrives out of order is
//! copied once, and a connection holds no more pages than its window needs.

use super::{
    inline_deque::InlineDeque,
    pool::{LARGE_PAGE, Page, Pool, SMALL_PAGE},
};

/// Memory for the bytes is exhausted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OutOfMemory;

/// A part of the stream. It has memory once there is a byte in it.
#[derive(Debug)]
struct Slot {
    size: u32,
    page: Option<Page>,
}

/// A queue of bytes; offsets count from its front.
#[derive(Debug, Default)]
pub struct PageQueue {
    slots: InlineDeque<Slot>,
    /// The bytes of the first slot that were consumed.
    consumed: u32,
    /// The slot that was last looked for, and the offset of its first byte from the first byte of the
    /// first slot. Most accesses are at or just behind the previous one.
    recent: (u32, u32),
}

impl PageQueue {
    /// Writes `bytes` at `offset`, overwriting previous contents.
    ///
    /// # Errors
    /// Returns [`OutOfMemory`] if memory for some of them is exhausted. Others may have been written.
    #[inline(always)]
    pub fn write(&mut self, offset: u32, bytes: &[u8], pool: &mut Pool) -> Result<(), OutOfMemory> {
        if self.slots.is_empty() && offset == 0 && bytes.len() <= SMALL_PAGE {
            return self.write_first(bytes, pool);
        }
        self.write_on(offset, bytes, pool)
    }

    #[inline(never)]
    fn write_on(
        &mut self,
        offset: u32,
        mut bytes: &[u8],
        pool: &mut Pool,
    ) -> Result<(), OutOfMemory> {
        let mut position = self.consumed + offset;
        while !bytes.is_empty() {
            let (index, start) = self.slot_at(position);
            let slot = self.slots.get_mut(index).ok_or(OutOfMemory)?;
            let page = match &mut slot.page {
                Some(page) => page,
                empty => empty.insert(pool.take(slot.size as usize).ok_or(OutOfMemory)?),
            };
            let at = position - start;
            let count = bytes.len().min((slot.size - at) as usize);
            write_at(page, at as usize, &bytes[..count]);
            position += count as u32;
            bytes = &bytes[count..];
        }
        Ok(())
    }

    /// Writes to an empty queue, which is the common case on a connection that carries requests.
    #[inline(always)]
    fn write_first(&mut self, bytes: &[u8], pool: &mut Pool) -> Result<(), OutOfMemory> {
        let mut page = pool.take(SMALL_PAGE).ok_or(OutOfMemory)?;
        page.extend_from_slice(bytes);
        self.slots.push_back(Slot {
            size: SMALL_PAGE as u32,
            page: Some(page),
        });
        Ok(())
    }

    /// Copies the bytes from `offset` on to `bytes`. All of them have been written.
    #[inline(always)]
    pub fn copy_to(&mut self, offset: u32, bytes: &mut [u8]) {
        if let InlineDeque::One(Slot {
            page: Some(page), ..
        }) = &self.slots
        {
            let start = (self.consumed + offset) as usize;
            bytes.copy_from_slice(&page[start..start + bytes.len()]);
            return;
        }
        self.copy_pages_to(offset, bytes);
    }

    #[inline(never)]
    fn copy_pages_to(&mut self, offset: u32, mut bytes: &mut [u8]) {
        let mut position = self.consumed + offset;
        while !bytes.is_empty() {
            let (index, start) = self.slot_at(position);
            let Some(page) = self.slots.get(index).and_then(|slot| slot.page.as_ref()) else {
                return;
            };
            let data = &page[(position - start) as usize..];
            let count = data.len().min(bytes.len());
            let (now, later) = bytes.split_at_mut(count);
            now.copy_from_slice(&data[..count]);
            position += count as u32;
            bytes = later;
        }
    }

    /// The bytes at the front that are contiguous in memory, of the `available` ones.
    pub fn front(&self, available: u32) -> &[u8] {
        let page = self.slots.front().and_then(|slot| slot.page.as_deref());
        let data = page.map_or(&[][..], |page| &page[self.consumed as usize..]);
        &data[..data.len().min(available as usize)]
    }

    /// Removes `count` bytes from the front. `last` is whether they are all that is queued.
    #[inline(always)]
    pub fn consume(&mut self, count: u32, last: bool, pool: &mut Pool) {
        if last && let Some(slot) = self.slots.take_only() {
            if let Some(page) = slot.page {
                pool.give_back(page);
            }
            self.consumed = 0;
            self.recent = (0, 0);
            return;
        }
        self.consume_slots(count, last, pool);
    }

    #[inline(never)]
    fn consume_slots(&mut self, count: u32, last: bool, pool: &mut Pool) {
        self.consumed += count;
        while let Some(slot) = self.slots.front() {
            if !last && self.consumed < slot.size {
                return;
            }
            let size = slot.size;
            if let Some(Slot {
                page: Some(page), ..
            }) = self.slots.pop_front()
            {
                pool.give_back(page);
            }
            self.consumed = self.consumed.saturating_sub(size);
            self.recent = match self.recent {
                (index @ 1.., start) => (index - 1, start - size),
                (0, _) => (0, 0),
            };
        }
        self.consumed = 0;
    }

    /// Releases all memory.
    pub fn clear(&mut self, pool: &mut Pool) {
        self.consume(0, true, pool);
    }

    /// Bytes of the pages that hold data.
    #[cfg(test)]
    pub fn footprint(&self) -> usize {
        let pages = self.slots.iter().filter_map(|slot| slot.page.as_ref());
        pages.map(|page| page.capacity()).sum()
    }

    /// The slot of a position, and the position of its first byte. Positions count from the first byte
    /// of the first slot; slots are added as needed.
    fn slot_at(&mut self, position: u32) -> (usize, u32) {
        let (mut index, mut start) = self.recent;
        while start > position {
            index -= 1;
            start -= self.slots.get(index as usize).map_or(0, |slot| slot.size);
        }
        loop {
            let size = match self.slots.get(index as usize) {
                Some(slot) => slot.size,
                None => self.add_slot(start),
            };
            if position < start + size {
                self.recent = (index, start);
                return (index as usize, start);
            }
            index += 1;
            start += size;
        }
    }

    /// Adds a slot behind the others, which have `before` bytes, and returns its size.
    fn add_slot(&mut self, before: u32) -> u32 {
        let size = if before as usize >= LARGE_PAGE {
            LARGE_PAGE as u32
        } else {
            SMALL_PAGE as u32
        };
        self.slots.push_back(Slot { size, page: None });
        size
    }
}

/// Writes `bytes` at `at`, which the page has room for. Bytes that are skipped are 0 until they are
/// written.
fn write_at(page: &mut Page, at: usize, bytes: &[u8]) {
    if at == page.len() {
        page.extend_from_slice(bytes);
        return;
    }
    let end = at + bytes.len();
    if page.len() < end {
        page.resize(end, 0);
    }
    page[at..end].copy_from_slice(bytes);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::net::tcp::Budget;
    use alloc::vec;
    use proptest::prelude::*;

    #[test]
    fn one_byte_here_and_there_takes_no_more_pages_than_the_window() {
        let mut pool = Pool::new(Budget::new(0));
        let mut queue = PageQueue::default();
        for offset in (1..30_000).step_by(2) {
            queue
                .write(offset, &[7], &mut pool)
                .expect("there is memory");
        }
        assert!(queue.footprint() <= 30_000 + LARGE_PAGE);
        queue.clear(&mut pool);
        assert_eq!(pool.in_use(), 0);
    }

    proptest! {
        /// Bytes are read as they were written, whatever is written, read and consumed in between.
        #[test]
        fn bytes_keep_their_place(chunks in proptest::collection::vec((0..40_000u32, 1..5_000u32, 0..50_000u32), 1..40)) {
            let mut pool = Pool::new(Budget::new(0));
            let mut queue = PageQueue::default();
            let byte = |position: u64| (position % 251) as u8;
            let (mut front, mut end) = (0u64, 0u64);
            for (back, length, consumed) in chunks {
                // Rewrites some bytes that are there, and appends.
                let offset = ((end - front) as u32).saturating_sub(back);
                let start = front + u64::from(offset);
                let bytes: alloc::vec::Vec<_> = (start..start + u64::from(length)).map(byte).collect();
                queue.write(offset, &bytes, &mut pool).expect("there is memory");
                end = end.max(start + u64::from(length));
                let mut read = vec![0; (end - front) as usize];
                queue.copy_to(0, &mut read);
                prop_assert!((front..end).map(byte).eq(read.iter().copied()));
                prop_assert_eq!(queue.front(end.wrapping_sub(front) as u32).first(), read.first());
                let consumed = u64::from(consumed).min(end - front);
                front += consumed;
                queue.consume(consumed as u32, front == end, &mut pool);
            }
            queue.clear(&mut pool);
            prop_assert_eq!(pool.in_use(), 0);
        }
    }
}
