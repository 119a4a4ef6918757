//! The ring through which an `hvt` tender takes frames without a call for each
//! (`include/hvt_ring.h` of Solo5, since 0.11). One ring serves all network devices.
//!
//! The ring can also read frames. That is not used: each read would need a request and a response,
//! like a call.

use crate::messages::log;
use alloc::vec::Vec;
use core::{
    ptr::NonNull,
    sync::atomic::{AtomicU32, Ordering, fence},
};

/// Length of the ring in bytes.
pub const LENGTH: usize = 49_280;

/// Offsets: the index after the last written entry, the index of the first entry that the tender has
/// not taken, whether the tender sleeps, and the entries.
const TAIL: usize = 0;
const HEAD: usize = 64;
const NEEDS_KICK: usize = 72;
const ENTRIES: usize = 128;

/// The number of entries.
const COUNT: u32 = 1024;

/// The operation that writes a frame.
const NET_WRITE: u32 = 1;

/// Maximum number of frames in flight, and the size of their buffers in bytes. Longer frames are
/// written by a call.
const BUFFERS: u32 = 64;
const BUFFER: usize = 2048;

/// The memory of a driver, in bytes.
pub const MEMORY: usize = BUFFERS as usize * BUFFER;

/// How often to check whether the tender has taken a frame if too many are in flight.
const MAX_SPINS: usize = 10_000;

/// An entry.
#[repr(C)]
struct Entry {
    operation: u32,
    handle: u32,
    data: u64,
    length: u32,
    id: u32,
    reserved: u64,
}

/// The memory of a ring.
pub struct RingMemory(NonNull<u8>);

impl RingMemory {
    /// Wraps the ring at `start`.
    ///
    /// # Safety
    /// `start` must be aligned to 64 bytes. The next [`LENGTH`] bytes must be valid forever, and only
    /// the tender may use them otherwise.
    pub const unsafe fn new(start: NonNull<u8>) -> Self {
        Self(start)
    }

    fn word(&self, offset: usize) -> &AtomicU32 {
        // SAFETY: the word is aligned and within the ring's memory, and both sides access it
        // atomically.
        unsafe { self.0.add(offset).cast().as_ref() }
    }

    /// Writes the entry with this index. The tender does not read it before the tail is advanced.
    fn write(&mut self, index: u32, entry: Entry) {
        let offset = ENTRIES + (index % COUNT) as usize * size_of::<Entry>();
        // SAFETY: the entry is aligned and within the ring's memory.
        unsafe { self.0.add(offset).cast::<Entry>().write_volatile(entry) };
    }
}

/// The ring. Indices wrap around at 2^32.
pub struct Ring<K> {
    memory: RingMemory,
    /// Wakes the tender.
    kick: K,
    /// The index of the next entry, and of the first entry that has not been published.
    next: u32,
    published: u32,
    /// The index of the first entry that the tender has not taken, as last read.
    head: u32,
    /// The frames in flight, each in the buffer of its entry.
    buffers: Vec<u8>,
    /// The tender has violated the protocol.
    violated: bool,
}

impl<K: FnMut()> Ring<K> {
    /// Creates a ring in `memory`. `kick` wakes a sleeping tender. Returns `None` if the ring is in
    /// use, or if its buffers cannot be allocated.
    pub fn new(memory: RingMemory, kick: K) -> Option<Self> {
        let next = memory.word(TAIL).load(Ordering::Relaxed);
        let head = memory.word(HEAD).load(Ordering::Relaxed);
        let mut buffers = Vec::new();
        if head != next || buffers.try_reserve_exact(MEMORY).is_err() {
            return None;
        }
        buffers.resize(MEMORY, 0);
        Some(Self {
            memory,
            kick,
            next,
            published: next,
            head,
            buffers,
            violated: false,
        })
    }

    /// Queues a frame of `length` bytes, written by `fill`, for the device with this handle. Returns
    /// `None` without calling `fill` if the frame is too long or the queue stays full; the caller then
    /// writes it by a call.
    pub fn push<R>(
        &mut self,
        handle: u8,
        length: usize,
        fill: impl FnOnce(&mut [u8]) -> R,
    ) -> Option<R> {
        if length > BUFFER || !self.has_room_soon() {
            return None;
        }
        let start = (self.next % BUFFERS) as usize * BUFFER;
        let frame = &mut self.buffers[start..start + length];
        let result = fill(frame);
        let entry = Entry {
            operation: NET_WRITE,
            handle: handle.into(),
            data: frame.as_ptr() as u64,
            length: length as u32,
            id: 0,
            reserved: 0,
        };
        self.memory.write(self.next, entry);
        self.next = self.next.wrapping_add(1);
        Some(result)
    }

    /// Publishes the queued frames.
    pub fn flush(&mut self) {
        if self.next == self.published {
            return;
        }
        self.memory.word(TAIL).store(self.next, Ordering::Release);
        self.published = self.next;
        // The tender announces that it sleeps and then checks the tail once more. With the fence, either
        // it sees the new tail or we see that it sleeps.
        fence(Ordering::SeqCst);
        if self.memory.word(NEEDS_KICK).load(Ordering::Relaxed) != 0 {
            (self.kick)();
        }
    }

    /// Returns whether a buffer is free or becomes free within [`MAX_SPINS`] checks.
    fn has_room_soon(&mut self) -> bool {
        for _ in 0..MAX_SPINS {
            if self.violated {
                return false;
            }
            if self.has_room() {
                return true;
            }
            self.flush();
            core::hint::spin_loop();
        }
        false
    }

    fn has_room(&mut self) -> bool {
        let head = self.memory.word(HEAD).load(Ordering::Acquire);
        // The head only advances, and not beyond the published entries.
        if head.wrapping_sub(self.head) > self.published.wrapping_sub(self.head) {
            log!(
                Error,
                "the tender is broken: it took frames that were not queued"
            );
            self.violated = true;
            return false;
        }
        self.head = head;
        self.next.wrapping_sub(head) < BUFFERS
    }
}

#[cfg(test)]
mod tests;
