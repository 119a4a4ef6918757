//! The ring by which an `hvt` tender takes frames without a call for each (`include/hvt_ring.h` of
//! Solo5, since 0.11). One ring serves all network devices.
//!
//! It has a way back as well, for frames that are read. That is not used: each read would have to be
//! asked for, and answered, as by a call.

use alloc::vec::Vec;
use core::{
    ptr::NonNull,
    sync::atomic::{AtomicU32, Ordering, fence},
};

/// Bytes of the ring.
pub const LENGTH: usize = 49_280;

/// Where in it what is: how far entries were written and, by the tender, taken; whether the tender
/// sleeps; the entries.
const TAIL: usize = 0;
const HEAD: usize = 64;
const NEEDS_KICK: usize = 72;
const ENTRIES: usize = 128;

/// How many entries there are.
const COUNT: u32 = 1024;

/// The operation of an entry: a frame is written.
const NET_WRITE: u32 = 1;

/// Frames that may be under way, at most, and bytes for each: longer ones have to go by a call.
const BUFFERS: u32 = 64;
const BUFFER: usize = 2048;

/// The memory that a driver takes, in bytes.
pub const MEMORY: usize = BUFFERS as usize * BUFFER;

/// How often it is looked whether the tender has taken a frame, when too many are under way.
const PATIENCE: usize = 10_000;

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

/// A ring's memory.
pub struct RingMemory(NonNull<u8>);

impl RingMemory {
    /// The ring at `start`.
    ///
    /// # Safety
    /// There are [`LENGTH`] bytes, aligned to 64, that nobody uses but the tender, for good.
    pub const unsafe fn new(start: NonNull<u8>) -> Self {
        Self(start)
    }

    fn word(&self, offset: usize) -> &AtomicU32 {
        // SAFETY: the words lie in the ring's memory, aligned, and both sides use them as such.
        unsafe { self.0.add(offset).cast().as_ref() }
    }

    /// Writes the entry of an index. The tender does not look at it before it is told.
    fn write(&mut self, index: u32, entry: Entry) {
        let offset = ENTRIES + (index % COUNT) as usize * size_of::<Entry>();
        // SAFETY: the entry lies in the ring's memory, and is aligned.
        unsafe { self.0.add(offset).cast::<Entry>().write_volatile(entry) };
    }
}

/// The ring. Indices count on and on.
pub struct Ring<K> {
    memory: RingMemory,
    /// Wakes the tender.
    kick: K,
    /// The next entry, and the first that the tender does not know of.
    next: u32,
    shown: u32,
    /// The first entry that the tender has not taken, as it last said.
    head: u32,
    /// The frames under way, each in the buffer of its entry.
    buffers: Vec<u8>,
    /// The tender has broken the rules.
    violated: bool,
}

impl<K: FnMut()> Ring<K> {
    /// The ring in `memory`; `kick` wakes a tender that sleeps. `None` if it is in use, or memory for
    /// its buffers is exhausted.
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
            shown: next,
            head,
            buffers,
            violated: false,
        })
    }

    /// Queues a frame of `length` bytes, which `fill` writes, for the device with this handle. `None`,
    /// without calling `fill`, if it is too long, or the tender does not take what is queued: then
    /// it goes by a call.
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

    /// Shows the tender what is queued.
    pub fn flush(&mut self) {
        if self.next == self.shown {
            return;
        }
        self.memory.word(TAIL).store(self.next, Ordering::Release);
        self.shown = self.next;
        // The tender says that it sleeps, and then looks once more: one of the two sees the other.
        fence(Ordering::SeqCst);
        if self.memory.word(NEEDS_KICK).load(Ordering::Relaxed) != 0 {
            (self.kick)();
        }
    }

    /// Whether a buffer is free, or becomes so before patience ends.
    fn has_room_soon(&mut self) -> bool {
        for _ in 0..PATIENCE {
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
        // It goes forward, and takes no more than it was shown.
        if head.wrapping_sub(self.head) > self.shown.wrapping_sub(self.head) {
            log::error!("the tender is broken: it took frames that were not queued");
            self.violated = true;
            return false;
        }
        self.head = head;
        self.next.wrapping_sub(head) < BUFFERS
    }
}

#[cfg(test)]
mod tests;
