//! A split virtqueue (section 2.7).
//!
//! Its memory has the layout of a legacy device's queue; version 1 devices accept any layout.

use super::{
    DeviceError,
    memory::{DmaMemory, PAGE, fence},
    transport::{QueueAddresses, Transport},
};
use alloc::{vec, vec::Vec};
use core::sync::atomic::Ordering;

/// The buffer continues in the descriptor `next`.
const VIRTQ_DESC_F_NEXT: u16 = 1;

/// The buffer is device-writable; else device-readable.
const VIRTQ_DESC_F_WRITE: u16 = 2;

/// In the avail ring: the driver does not need used buffer notifications.
const VIRTQ_AVAIL_F_NO_INTERRUPT: u16 = 1;

/// In the used ring: the device does not need available buffer notifications.
const VIRTQ_USED_F_NO_NOTIFY: u16 = 1;

/// How the device broke the rules of the used ring.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Violation {
    /// It returned more buffers than it has.
    Index,
    /// It returned a buffer that it does not have.
    Buffer,
    /// It returned more bytes than fit into the buffer.
    Length,
}

impl Violation {
    /// A description for the log.
    pub(super) fn what(self) -> &'static str {
        match self {
            Self::Index => "it returned more buffers than it was given",
            Self::Buffer => "it returned a buffer that it was not given",
            Self::Length => "it returned more bytes than fit into a buffer",
        }
    }
}

/// A buffer that the device has used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Used {
    /// The head of its descriptor chain.
    pub(super) id: u16,
    /// The number of bytes that the device wrote.
    pub(super) length: u32,
}

/// Offsets in `struct virtq_desc` (section 2.7.5).
mod virtq_desc {
    pub(super) const ADDR: usize = 0;
    pub(super) const LEN: usize = 8;
    pub(super) const FLAGS: usize = 12;
    pub(super) const NEXT: usize = 14;
    pub(super) const SIZE: usize = 16;
}

/// Offsets in `struct virtq_avail` (section 2.7.6) and `struct virtq_used` (section 2.7.8).
mod ring {
    pub(super) const FLAGS: usize = 0;
    pub(super) const IDX: usize = 2;
    pub(super) const RING: usize = 4;
}

/// Offsets in `struct virtq_used_elem` (section 2.7.8).
mod virtq_used_elem {
    pub(super) const ID: usize = 0;
    pub(super) const LEN: usize = 4;
    pub(super) const SIZE: usize = 8;
}

/// A queue.
pub(super) struct Queue {
    number: u16,
    size: u16,
    memory: DmaMemory,
    /// Offsets of the rings in the memory.
    avail: usize,
    used: usize,
    /// The next index of the avail ring, modulo 2^16.
    avail_index: u16,
    /// The avail index that the device sees.
    published: u16,
    /// The next index of the used ring, modulo 2^16.
    used_index: u16,
    /// By descriptor: the length in bytes of a buffer that the device has.
    in_flight: Vec<Option<u32>>,
    /// Whether used buffer notifications are enabled.
    interrupts: bool,
}

/// The memory of a queue in bytes: its rings in whole pages, and the driver's record of each buffer.
pub(super) const fn memory(descriptors: usize) -> usize {
    let (avail, used) = (18 * descriptors + 6, 8 * descriptors + 6);
    let in_flight = descriptors * size_of::<Option<u32>>();
    avail.next_multiple_of(PAGE) + used.next_multiple_of(PAGE) + in_flight
}

/// The offset of descriptor `id`.
fn descriptor(id: u16) -> usize {
    virtq_desc::SIZE * usize::from(id)
}

impl Queue {
    /// Sets up queue `number` of the device with up to `size` descriptors (a power of two).
    pub(super) fn new(
        transport: &mut impl Transport,
        number: u16,
        size: u16,
    ) -> Result<Self, DeviceError> {
        let size = size.min(transport.max_queue_size(number));
        if !size.is_power_of_two() {
            return Err(DeviceError::Queue(number));
        }
        let avail = 16 * usize::from(size);
        let used = (avail + 6 + 2 * usize::from(size)).next_multiple_of(PAGE);
        let queue = Self {
            number,
            size,
            memory: DmaMemory::new(used + 6 + 8 * usize::from(size))?,
            avail,
            used,
            avail_index: 0,
            published: 0,
            used_index: 0,
            in_flight: vec![None; size.into()],
            interrupts: true,
        };
        transport.enable_queue(number, size, queue.addresses())?;
        Ok(queue)
    }

    /// The number of descriptors.
    pub(super) fn size(&self) -> u16 {
        self.size
    }

    fn addresses(&self) -> QueueAddresses {
        let start = self.memory.address();
        QueueAddresses {
            descriptor_table: start,
            avail_ring: start + self.avail as u64,
            used_ring: start + self.used as u64,
        }
    }

    /// Writes descriptor `id`, which the device must not have.
    pub(super) fn describe(&mut self, id: u16, address: u64, length: u32, device_writes: bool) {
        let flags = if device_writes { VIRTQ_DESC_F_WRITE } else { 0 };
        let descriptor = descriptor(id);
        self.memory.write(descriptor + virtq_desc::ADDR, address);
        self.memory.write(descriptor + virtq_desc::LEN, length);
        self.memory.write(descriptor + virtq_desc::FLAGS, flags);
        self.memory.write(descriptor + virtq_desc::NEXT, 0_u16);
    }

    /// Chains descriptor `next` after descriptor `id`, which has been described.
    pub(super) fn link(&mut self, id: u16, next: u16) {
        let flags = descriptor(id) + virtq_desc::FLAGS;
        let value: u16 = self.memory.read(flags);
        self.memory.write(flags, value | VIRTQ_DESC_F_NEXT);
        self.memory.write(descriptor(id) + virtq_desc::NEXT, next);
    }

    /// Changes the length of the buffer of descriptor `id`, which the device must not have.
    pub(super) fn set_length(&mut self, id: u16, length: u32) {
        self.memory.write(descriptor(id) + virtq_desc::LEN, length);
    }

    /// Puts the chain that begins with descriptor `id` into the avail ring. The device sees it after
    /// [`Self::publish`]. `length` is the number of bytes that the device may write.
    pub(super) fn push_avail(&mut self, id: u16, length: u32) {
        self.in_flight[usize::from(id)] = Some(length);
        let slot = usize::from(self.avail_index % self.size);
        self.memory.write(self.avail + ring::RING + 2 * slot, id);
        self.avail_index = self.avail_index.wrapping_add(1);
    }

    /// The number of buffers in the avail ring that the device does not see yet.
    pub(super) fn unpublished(&self) -> u16 {
        self.avail_index.wrapping_sub(self.published)
    }

    /// Publishes the avail index, and notifies the device unless it suppresses notifications.
    pub(super) fn publish(&mut self, transport: &mut impl Transport) {
        if self.unpublished() == 0 {
            return;
        }
        // The buffers are written before the index that makes them available.
        fence(Ordering::Release);
        self.memory.write(self.avail + ring::IDX, self.avail_index);
        self.published = self.avail_index;
        // The index is written before the flags are read (section 2.7.13.4.1).
        fence(Ordering::SeqCst);
        let flags: u16 = self.memory.read(self.used + ring::FLAGS);
        if flags & VIRTQ_USED_F_NO_NOTIFY == 0 {
            transport.notify(self.number);
        }
    }

    /// Whether there is a used buffer.
    pub(super) fn has_used(&self) -> bool {
        self.device_used_index() != self.used_index
    }

    fn device_used_index(&self) -> u16 {
        self.memory.read(self.used + ring::IDX)
    }

    /// Takes the next buffer from the used ring.
    pub(super) fn pop_used(&mut self) -> Result<Option<Used>, Violation> {
        let ready = self.device_used_index().wrapping_sub(self.used_index);
        if ready == 0 {
            return Ok(None);
        }
        if ready > self.published.wrapping_sub(self.used_index) {
            return Err(Violation::Index);
        }
        // The index is read before the element.
        fence(Ordering::Acquire);
        let slot = usize::from(self.used_index % self.size);
        let element = self.used + ring::RING + virtq_used_elem::SIZE * slot;
        let id: u32 = self.memory.read(element + virtq_used_elem::ID);
        let length: u32 = self.memory.read(element + virtq_used_elem::LEN);
        let capacity = usize::try_from(id)
            .ok()
            .and_then(|id| self.in_flight.get_mut(id))
            .and_then(Option::take)
            .ok_or(Violation::Buffer)?;
        self.used_index = self.used_index.wrapping_add(1);
        if length > capacity {
            return Err(Violation::Length);
        }
        // A valid descriptor index fits: the queue size is a `u16`.
        Ok(Some(Used {
            id: id as u16,
            length,
        }))
    }

    /// Enables or disables used buffer notifications.
    pub(super) fn set_interrupts(&mut self, enabled: bool) {
        if self.interrupts == enabled {
            return;
        }
        self.interrupts = enabled;
        let flags = if enabled {
            0
        } else {
            VIRTQ_AVAIL_F_NO_INTERRUPT
        };
        self.memory.write(self.avail + ring::FLAGS, flags);
        if enabled {
            // A buffer that is used before the device sees the flags is found by the next
            // `has_used`.
            fence(Ordering::SeqCst);
        }
    }

    /// Never frees the queue's memory, because the device may still use it.
    pub(super) fn leak(&mut self) {
        self.memory.leak();
    }
}
