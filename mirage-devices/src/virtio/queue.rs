//! A split virtqueue (section 2.7).
//!
//! Its memory has the layout of a legacy device's queue; version 1 devices accept any layout.

use super::{
    DeviceError,
    memory::{DmaMemory, PAGE},
    transport::{QueueAddresses, Transport},
};
use alloc::{vec, vec::Vec};
use core::{
    ptr::{read_volatile, write_volatile},
    sync::atomic::{Ordering, fence},
};

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

/// `struct virtq_desc` (section 2.7.5).
#[repr(C)]
struct VirtqDesc {
    address: u64,
    length: u32,
    flags: u16,
    next: u16,
}

/// `struct virtq_used_elem` (section 2.7.8).
#[repr(C)]
struct VirtqUsedElem {
    id: u32,
    length: u32,
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
        let descriptor = self.memory.at::<VirtqDesc>(16 * usize::from(id));
        let value = VirtqDesc {
            address,
            length,
            flags: if device_writes { VIRTQ_DESC_F_WRITE } else { 0 },
            next: 0,
        };
        // SAFETY: `at` gives a place within the queue's memory; all accesses to it are volatile.
        unsafe { write_volatile(descriptor, value) };
    }

    /// Chains descriptor `next` after descriptor `id`, which has been described.
    pub(super) fn link(&mut self, id: u16, next: u16) {
        let flags = self.memory.at::<u16>(16 * usize::from(id) + 12);
        // SAFETY: as in `describe`.
        unsafe { write_volatile(flags, read_volatile(flags) | VIRTQ_DESC_F_NEXT) };
        let place = self.memory.at::<u16>(16 * usize::from(id) + 14);
        // SAFETY: as in `describe`.
        unsafe { write_volatile(place, next) };
    }

    /// Changes the length of the buffer of descriptor `id`, which the device must not have.
    pub(super) fn set_length(&mut self, id: u16, length: u32) {
        let place = self.memory.at::<u32>(16 * usize::from(id) + 8);
        // SAFETY: as in `describe`.
        unsafe { write_volatile(place, length) };
    }

    /// Puts the chain that begins with descriptor `id` into the avail ring. The device sees it after
    /// [`Self::publish`]. `length` is the number of bytes that the device may write.
    pub(super) fn push_avail(&mut self, id: u16, length: u32) {
        self.in_flight[usize::from(id)] = Some(length);
        let slot = usize::from(self.avail_index % self.size);
        let place = self.memory.at::<u16>(self.avail + 4 + 2 * slot);
        // SAFETY: as in `describe`.
        unsafe { write_volatile(place, id) };
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
        let place = self.memory.at::<u16>(self.avail + 2);
        // SAFETY: as in `describe`.
        unsafe { write_volatile(place, self.avail_index) };
        self.published = self.avail_index;
        // The index is written before the flags are read (section 2.7.13.4.1).
        fence(Ordering::SeqCst);
        let flags = self.memory.at::<u16>(self.used);
        // SAFETY: as in `describe`.
        if unsafe { read_volatile(flags) } & VIRTQ_USED_F_NO_NOTIFY == 0 {
            transport.notify(self.number);
        }
    }

    /// Whether there is a used buffer.
    pub(super) fn has_used(&self) -> bool {
        self.device_used_index() != self.used_index
    }

    fn device_used_index(&self) -> u16 {
        let place = self.memory.at::<u16>(self.used + 2);
        // SAFETY: as in `describe`.
        unsafe { read_volatile(place) }
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
        let place = self.memory.at::<VirtqUsedElem>(self.used + 4 + 8 * slot);
        // SAFETY: as in `describe`; an element is valid for all bits.
        let VirtqUsedElem { id, length } = unsafe { read_volatile(place) };
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
        let place = self.memory.at::<u16>(self.avail);
        // SAFETY: as in `describe`.
        unsafe { write_volatile(place, flags) };
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
