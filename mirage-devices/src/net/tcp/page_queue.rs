//! Bytes of a stream in pages of the pool: written and not acknowledged, or received and not read.
//!
//! The position of a byte in the stream determines its location, so data that arrives out of order is
//! copied once, and a connection holds no more pages than its window needs.

use super::{
    inline_deque::InlineDeque,
    pool::{LARGE_PAGE, Page, Pool, SMALL_PAGE},
};
use alloc::boxed::Box;

/// Size of a queue's own page in bytes: a segment of the size that every host can send (RFC 9293, section
/// 3.7.1).
pub const RESERVED_PAGE: usize = 536;

/// A part of the stream.
#[derive(Debug)]
enum Slot {
    /// A page with its bytes, as large as its capacity.
    Page(Page),
    /// The size of a part without a byte.
    Empty(u32),
}

impl Slot {
    /// The size in bytes.
    #[inline]
    fn size(&self) -> u32 {
        match self {
            Self::Page(page) => page.capacity() as u32,
            Self::Empty(size) => *size,
        }
    }

    fn page(&self) -> Option<&Page> {
        match self {
            Self::Page(page) => Some(page),
            Self::Empty(_) => None,
        }
    }

    /// Returns the page, which is taken from the pool if there was none.
    fn page_or_take(&mut self, pool: &mut Pool) -> Option<&mut Page> {
        if let Self::Empty(size) = self {
            *self = Self::Page(pool.take(*size as usize)?);
        }
        match self {
            Self::Page(page) => Some(page),
            Self::Empty(_) => None,
        }
    }
}

/// A queue of bytes; offsets count from its front.
#[derive(Debug)]
pub struct PageQueue {
    slots: InlineDeque<Slot>,
    /// The page for the first bytes when the pool has none, unless they are in it. It makes every
    /// connection go on, however slowly, when others have taken all memory.
    reserved: Option<Box<[u8; RESERVED_PAGE]>>,
    /// The bytes of the first slot that were consumed.
    consumed: u32,
}

impl PageQueue {
    /// Creates an empty queue.
    pub fn new() -> Self {
        Self {
            slots: InlineDeque::default(),
            reserved: Some(Box::new([0; RESERVED_PAGE])),
            consumed: 0,
        }
    }

    /// Writes `bytes` at `offset`, overwriting previous contents. Returns how many there was memory for:
    /// at least one if the queue is empty and `offset` is 0.
    #[inline(always)]
    pub fn write(&mut self, offset: u32, bytes: &[u8], pool: &mut Pool) -> usize {
        if self.slots.is_empty() && offset == 0 && bytes.len() <= SMALL_PAGE {
            return self.write_first(bytes, pool);
        }
        self.write_anywhere(offset, bytes, pool)
    }

    /// [`write`](Self::write) where neither the queue nor the bytes are expected to be small.
    #[inline(never)]
    pub fn write_anywhere(&mut self, offset: u32, bytes: &[u8], pool: &mut Pool) -> usize {
        let mut position = self.consumed + offset;
        let mut written = 0;
        if self.slots.is_empty() && offset == 0 {
            written = self.write_first(&bytes[..bytes.len().min(SMALL_PAGE)], pool);
            position = written as u32;
        }
        while written < bytes.len() {
            let Some((index, start)) = self.slot_at(position) else {
                break;
            };
            let Some(slot) = self.slots.get_mut(index) else {
                break;
            };
            let (at, size) = (position - start, slot.size());
            let Some(page) = slot.page_or_take(pool) else {
                self.remove_empty_end();
                break;
            };
            let count = (bytes.len() - written).min((size - at) as usize);
            write_at(page, at as usize, &bytes[written..written + count]);
            position += count as u32;
            written += count;
        }
        written
    }

    /// Removes the slots at the end that have no page, so that a queue without bytes is an empty one.
    #[cold]
    fn remove_empty_end(&mut self) {
        while let Some(Slot::Empty(_)) = self.slots.back() {
            self.slots.pop_back();
        }
    }

    /// Writes to an empty queue, which is the common case on a connection that carries requests.
    #[inline(always)]
    fn write_first(&mut self, bytes: &[u8], pool: &mut Pool) -> usize {
        let Some(mut page) = pool.take(SMALL_PAGE) else {
            return self.write_reserved(bytes);
        };
        page.extend_from_slice(bytes);
        self.slots.set_only(Slot::Page(page));
        bytes.len()
    }

    /// Writes to the reserved page.
    #[cold]
    fn write_reserved(&mut self, bytes: &[u8]) -> usize {
        let Some(mut page) = self.take_reserved() else {
            return 0;
        };
        let count = bytes.len().min(RESERVED_PAGE);
        page[..count].copy_from_slice(&bytes[..count]);
        self.slots.set_only(Slot::Page(page));
        count
    }

    /// Returns a page to where it came from.
    #[inline(always)]
    fn give_back(&mut self, page: Page, pool: &mut Pool) {
        if page.capacity() == RESERVED_PAGE {
            self.restore_reserved(page);
        } else {
            pool.give_back(page);
        }
    }

    /// Takes the reserved page, whose length is its capacity.
    #[cold]
    pub fn take_reserved(&mut self) -> Option<Page> {
        let reserved: Box<[u8]> = self.reserved.take()?;
        Some(reserved.into_vec())
    }

    #[cold]
    fn restore_reserved(&mut self, mut page: Page) {
        page.resize(RESERVED_PAGE, 0);
        self.reserved = page.into_boxed_slice().try_into().ok();
    }

    /// The bytes by which the `queued` ones may grow before a page begins or, at the end of a page, in the next
    /// one.
    pub fn left_in_last_page(&self, queued: u32) -> u32 {
        let left = match self.slots.back() {
            Some(Slot::Page(last)) if last.capacity() == RESERVED_PAGE => {
                (RESERVED_PAGE as u32).saturating_sub(self.consumed + queued)
            }
            Some(Slot::Page(last)) => (last.capacity() - last.len()) as u32,
            Some(Slot::Empty(_)) | None => 0,
        };
        match left {
            0 => LARGE_PAGE as u32,
            left => left,
        }
    }

    /// Appends the bytes of a page that a task has filled to the `queued` ones, without copying them: the page
    /// becomes a part of the queue. Returns it if they have to be copied:
    ///
    /// - if the page before it is not full, because a byte's position determines its page;
    /// - if they are less than half of a large page, so that the queue takes no more than twice the memory of
    ///   its bytes.
    pub fn append(&mut self, queued: u32, page: Page, pool: &mut Pool) -> Result<(), Page> {
        let capacity = page.capacity();
        let is_full = match self.slots.back() {
            None => true,
            Some(Slot::Page(last)) if last.capacity() == RESERVED_PAGE => {
                self.consumed + queued == RESERVED_PAGE as u32
            }
            Some(Slot::Page(last)) => last.len() == last.capacity(),
            Some(Slot::Empty(_)) => false,
        };
        let fits = match capacity {
            LARGE_PAGE => page.len() >= LARGE_PAGE / 2,
            // There are only a few of them, and none behind a large one.
            SMALL_PAGE => {
                let last = self.slots.back().map_or(0, Slot::size);
                last < LARGE_PAGE as u32 && self.slots.len() < LARGE_PAGE / SMALL_PAGE
            }
            RESERVED_PAGE => self.slots.is_empty(),
            _ => false,
        };
        if !is_full || !fits || !self.slots.try_push_back(Slot::Empty(capacity as u32)) {
            return Err(page);
        }
        pool.reclaim(&page);
        if let Some(slot) = self.slots.back_mut() {
            *slot = Slot::Page(page);
        }
        Ok(())
    }

    /// Takes back a page that a task does not need any more. Memory that is neither the queue's nor a pool's is
    /// freed.
    pub fn take_back(&mut self, page: Page, pool: &mut Pool) {
        if page.capacity() == RESERVED_PAGE {
            self.restore_reserved(page);
        } else {
            pool.take_back(page);
        }
    }

    /// Copies the bytes from `offset` on to `bytes`. All of them have been written.
    #[inline(always)]
    pub fn copy_to(&mut self, offset: u32, bytes: &mut [u8]) {
        if let InlineDeque::One(Slot::Page(page)) = &self.slots {
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
            let Some((index, start)) = self.slot_at(position) else {
                return;
            };
            let Some(page) = self.slots.get(index).and_then(Slot::page) else {
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

    /// Removes `count` bytes from the front. `last` is whether they are all that is queued.
    #[inline(always)]
    pub fn consume(&mut self, count: u32, last: bool, pool: &mut Pool) {
        if last && let Some(slot) = self.slots.take_only() {
            if let Slot::Page(page) = slot {
                self.give_back(page, pool);
            }
            self.consumed = 0;
            return;
        }
        self.consume_slots(count, last, pool);
    }

    #[inline(never)]
    fn consume_slots(&mut self, count: u32, last: bool, pool: &mut Pool) {
        self.consumed += count;
        while let Some(slot) = self.slots.front() {
            let size = slot.size();
            if !last && self.consumed < size {
                return;
            }
            if let Some(Slot::Page(page)) = self.slots.pop_front() {
                self.give_back(page, pool);
            }
            self.consumed = self.consumed.saturating_sub(size);
        }
        self.consumed = 0;
    }

    /// Removes the page at the front and returns it, with the number of its bytes that were consumed. `None` if
    /// not all of its bytes are among the `available` ones at the front, or if it is the queue's own.
    pub fn take_front(&mut self, available: u32) -> Option<(Page, usize)> {
        let Some(Slot::Page(page)) = self.slots.front() else {
            return None;
        };
        let is_readable = page.len() - self.consumed as usize <= available as usize;
        // Behind a gap at its end there are other slots, whose positions count from its beginning.
        let is_whole = self.slots.len() == 1 || page.len() == page.capacity();
        let is_own = page.capacity() == RESERVED_PAGE;
        if !is_readable || !is_whole || is_own {
            return None;
        }
        let consumed = core::mem::take(&mut self.consumed);
        match self.slots.pop_front() {
            Some(Slot::Page(page)) => Some((page, consumed as usize)),
            _ => None,
        }
    }

    /// Removes everything behind the first `count` bytes.
    pub fn truncate(&mut self, count: u32, pool: &mut Pool) {
        let end = self.consumed + count;
        let (mut kept, mut size) = (0, 0);
        while size < end
            && let Some(slot) = self.slots.get(kept)
        {
            size += slot.size();
            kept += 1;
        }
        while self.slots.len() > kept {
            if let Some(Slot::Page(page)) = self.slots.pop_back() {
                self.give_back(page, pool);
            }
        }
        if kept == 0 {
            self.consumed = 0;
        }
    }

    /// Releases all memory but the reserved page.
    pub fn clear(&mut self, pool: &mut Pool) {
        self.consume(0, true, pool);
    }

    /// Bytes of the pages that hold data.
    #[cfg(test)]
    pub fn footprint(&self) -> usize {
        let pages = self.slots.iter().filter_map(Slot::page);
        pages.map(|page| page.capacity()).sum()
    }

    /// The slot of a position, and the position of its first byte. Positions count from the first byte
    /// of the first slot; slots are added as needed. `None` if the heap is exhausted.
    ///
    /// There are a few small slots at most in front of the large ones.
    fn slot_at(&mut self, position: u32) -> Option<(usize, u32)> {
        let (mut index, mut start) = (0, 0);
        loop {
            let size = match self.slots.get(index) {
                Some(slot) => slot.size(),
                None => self.add_slot(start)?,
            };
            if position < start + size {
                return Some((index, start));
            }
            // Behind a large slot there are only large ones.
            let skipped = match self.slots.len() - index {
                left @ 2.. if size as usize == LARGE_PAGE => {
                    ((position - start) / size).min(left as u32 - 1)
                }
                _ => 1,
            };
            index += skipped as usize;
            start += skipped * size;
        }
    }

    /// Adds a slot behind the others, which have `before` bytes, and returns its size. `None` if the heap
    /// is exhausted.
    fn add_slot(&mut self, before: u32) -> Option<u32> {
        let size = if before as usize >= LARGE_PAGE {
            LARGE_PAGE as u32
        } else {
            SMALL_PAGE as u32
        };
        let added = self.slots.try_push_back(Slot::Empty(size));
        added.then_some(size)
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
mod tests;
