//! A queue of datagrams with limits on their number and their bytes.
//!
//! The bytes are in a ring in which each datagram is contiguous, so that it is read in place. The
//! ring grows as needed and allocates nothing for a datagram after that.

use crate::net::{
    ip::{DatagramInfo, MAX_DATAGRAM_LEN},
    spare::has_spare,
};
use alloc::vec::Vec;
use core::ops::Range;

/// The first number of entries. A power of two, as all later ones.
const MIN_ENTRIES: usize = 8;

/// The first size of a ring in bytes.
const MIN_RING: usize = 512;

/// Why a datagram was not queued.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum QueueFull {
    /// The queue has as many datagrams or bytes as it may have.
    Limit,
    /// Memory could not be allocated.
    OutOfMemory,
}

#[derive(Debug, Clone, Copy)]
struct Entry {
    info: DatagramInfo,
    start: usize,
    length: usize,
}

impl Entry {
    const UNUSED: Self = Self {
        info: DatagramInfo::UNSPECIFIED,
        start: 0,
        length: 0,
    };

    fn range(&self) -> Range<usize> {
        self.start..self.start + self.length
    }
}

/// The memory of a queue with these limits, in bytes, at most.
pub(super) const fn memory(max_datagrams: usize, max_bytes: usize) -> usize {
    let max_len = if max_bytes < MAX_DATAGRAM_LEN {
        max_bytes
    } else {
        MAX_DATAGRAM_LEN
    };
    let entries = max_datagrams.next_power_of_two() * size_of::<Entry>();
    max_bytes + 2 * max_len + 1 + entries
}

/// A queue of datagrams.
#[derive(Debug)]
pub(super) struct DatagramQueue {
    /// A ring too, whose length is a power of two or 0.
    entries: Vec<Entry>,
    first: usize,
    count: usize,
    /// How many datagrams the entries and the limit allow.
    slots: usize,
    ring: Vec<u8>,
    /// Where the next datagram is written, if it fits there.
    end: usize,
    /// How many bytes the limit allows that are free at `end`, or fewer than these.
    room: usize,
    /// How many bytes the datagrams have.
    bytes: usize,
    max_datagrams: usize,
    max_bytes: usize,
}

impl DatagramQueue {
    pub(super) fn new(max_datagrams: usize, max_bytes: usize) -> Self {
        Self {
            entries: Vec::new(),
            first: 0,
            count: 0,
            slots: 0,
            ring: Vec::new(),
            end: 0,
            room: 0,
            bytes: 0,
            max_datagrams,
            max_bytes,
        }
    }

    #[inline]
    pub(super) fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// Returns whether a datagram of `length` bytes is within the limits.
    #[inline]
    pub(super) fn has_room(&self, length: usize) -> bool {
        self.count < self.max_datagrams && length <= self.max_bytes - self.bytes
    }

    /// Returns the length of the longest datagram that the limits allow, in bytes.
    pub(super) fn max_length(&self) -> usize {
        self.max_bytes
    }

    /// Returns the ring, to see whether it has grown.
    #[cfg(test)]
    pub(super) fn ring(&self) -> &[u8] {
        &self.ring
    }

    /// Appends a datagram.
    #[inline(always)]
    pub(super) fn push(&mut self, info: &DatagramInfo, payload: &[u8]) -> Result<(), QueueFull> {
        let length = payload.len();
        if length > self.room || self.count >= self.slots {
            self.make_room(length)?;
        }
        let entry = Entry {
            info: *info,
            start: self.end,
            length,
        };
        let index = self.index(self.count);
        self.entries[index] = entry;
        self.ring[entry.range()].copy_from_slice(payload);
        self.end += length;
        self.room -= length;
        self.bytes += length;
        self.count += 1;
        Ok(())
    }

    /// Passes the oldest datagram to `read`, if there is one. Removes it if `read` succeeds.
    #[inline(always)]
    pub(super) fn take<R, E>(
        &mut self,
        read: impl FnOnce(&DatagramInfo, &[u8]) -> Result<R, E>,
    ) -> Option<Result<R, E>> {
        let entry = self.front_entry()?;
        let length = entry.length;
        let result = read(&entry.info, &self.ring[entry.range()]);
        if result.is_ok() {
            self.bytes -= length;
            self.first = self.index(1);
            self.count -= 1;
            if self.count == 0 {
                self.end = 0;
                self.room = self.ring.len().min(self.max_bytes);
            }
        }
        Some(result)
    }

    #[inline(always)]
    fn front_entry(&self) -> Option<&Entry> {
        match self.count {
            0 => None,
            _ => self.entries.get(self.first),
        }
    }

    /// Where the entry after `offset` others is.
    #[inline(always)]
    fn index(&self, offset: usize) -> usize {
        (self.first + offset) & self.entries.len().wrapping_sub(1)
    }

    /// Finds room for a datagram of `length` bytes.
    #[inline(never)]
    fn make_room(&mut self, length: usize) -> Result<(), QueueFull> {
        if !self.has_room(length) {
            return Err(QueueFull::Limit);
        }
        let first = self.front_entry().map_or(0, |entry| entry.start);
        if self.free_after(self.end, first) < length {
            if self.end >= first && first > length {
                self.end = 0;
            } else {
                self.grow(length)?;
            }
        }
        if self.count == self.entries.len() {
            self.grow_entries()?;
        }
        self.slots = self.entries.len().min(self.max_datagrams);
        let first = self.front_entry().map_or(0, |entry| entry.start);
        let free = self.free_after(self.end, first);
        self.room = free.min(self.max_bytes - self.bytes);
        Ok(())
    }

    /// Returns how many contiguous bytes are free at `end` if the oldest datagram is at `first`. After
    /// the datagrams at the end of the ring, one byte stays free, so that `end` is at the first datagram
    /// only if the ring is not full.
    fn free_after(&self, end: usize, first: usize) -> usize {
        if end < first {
            first - end - 1
        } else {
            self.ring.len() - end
        }
    }

    /// Makes room for `length` more bytes after the last datagram, unless too little memory is left for tasks.
    #[cold]
    fn grow(&mut self, length: usize) -> Result<(), QueueFull> {
        let indices = (0..self.count).map(|offset| self.index(offset));
        let lengths = indices.map(|index| self.entries[index].length);
        // With room for two more of the longest, datagrams within the limits find a position.
        let longest = lengths.max().unwrap_or(0).max(length);
        let size = (self.ring.len() * 2).min(self.max_bytes + 2 * longest + 1);
        let size = size.max(self.bytes + length).max(MIN_RING);
        let mut ring = Vec::new();
        if ring.try_reserve_exact(size).is_err() || !has_spare(0, 0) {
            return Err(QueueFull::OutOfMemory);
        }
        for offset in 0..self.count {
            let index = self.index(offset);
            let start = ring.len();
            ring.extend_from_slice(&self.ring[self.entries[index].range()]);
            self.entries[index].start = start;
        }
        self.end = ring.len();
        ring.resize(size, 0);
        self.ring = ring;
        Ok(())
    }

    /// Makes room for more entries, on the same condition.
    #[cold]
    fn grow_entries(&mut self) -> Result<(), QueueFull> {
        let count = self.entries.len();
        let size = (count * 2).max(MIN_ENTRIES);
        if self.entries.try_reserve_exact(size - count).is_err() || !has_spare(0, 0) {
            return Err(QueueFull::OutOfMemory);
        }
        self.entries.rotate_left(self.first);
        self.first = 0;
        self.entries.resize(size, Entry::UNUSED);
        Ok(())
    }
}
