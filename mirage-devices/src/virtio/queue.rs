//! A split virtqueue (section 2.7).
//!
//! Its memory is laid out as legacy devices want it; later ones take any layout.

use super::{
    DeviceError, Transport,
    memory::{PAGE, Shared},
};
use alloc::{vec, vec::Vec};
use core::{
    ptr::{read_volatile, write_volatile},
    sync::atomic::{Ordering, fence},
};

/// The request goes on in another descriptor.
const NEXT: u16 = 1;

/// The device writes to the descriptor's buffer.
const WRITE: u16 = 2;

/// In the available ring: the device need not interrupt.
const NO_INTERRUPT: u16 = 1;

/// In the used ring: the driver need not notify.
const NO_NOTIFY: u16 = 1;

/// Where the parts of a queue are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct QueueAddresses {
    /// The descriptor table.
    pub descriptors: u64,
    /// The available ring, which the driver writes.
    pub available: u64,
    /// The used ring, which the device writes.
    pub used: u64,
}

/// What the device put into the used ring makes no sense.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Violation {
    /// More buffers than it has.
    Index,
    /// A buffer that it does not have.
    Buffer,
    /// More bytes than fit into the buffer.
    Length,
}

impl Violation {
    /// What the device did.
    pub(super) fn what(self) -> &'static str {
        match self {
            Self::Index => "it returned more buffers than it was given",
            Self::Buffer => "it returned a buffer that it was not given",
            Self::Length => "it returned more bytes than fit into a buffer",
        }
    }
}

/// A buffer that the device is done with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Used {
    /// Its descriptor.
    pub(super) id: u16,
    /// How many bytes the device wrote.
    pub(super) length: u32,
}

/// A descriptor (section 2.7.5).
#[repr(C)]
struct Descriptor {
    address: u64,
    length: u32,
    flags: u16,
    next: u16,
}

/// An entry of the used ring (section 2.7.8).
#[repr(C)]
struct UsedElement {
    id: u32,
    length: u32,
}

/// A queue.
pub(super) struct Queue {
    number: u16,
    size: u16,
    memory: Shared,
    /// Offsets of the rings in the memory.
    available: usize,
    used: usize,
    /// Buffers offered, modulo 2^16.
    offered: u16,
    /// Of those, how many the device has been told of.
    published: u16,
    /// Buffers taken back, modulo 2^16.
    taken: u16,
    /// By descriptor: the bytes of a buffer that the device has.
    lent: Vec<Option<u32>>,
    /// Whether the device should interrupt, as it was last told.
    interrupts: bool,
}

/// The memory that a queue of so many descriptors takes, in bytes: its rings in whole pages, and
/// what is noted of each buffer.
pub(super) const fn memory(descriptors: usize) -> usize {
    let (available, used) = (18 * descriptors + 6, 8 * descriptors + 6);
    let noted = descriptors * size_of::<Option<u32>>();
    available.next_multiple_of(PAGE) + used.next_multiple_of(PAGE) + noted
}

impl Queue {
    /// Queue `number` of the device, with up to `size` descriptors (a power of two).
    pub(super) fn new(
        transport: &mut impl Transport,
        number: u16,
        size: u16,
    ) -> Result<Self, DeviceError> {
        let size = size.min(transport.largest_queue(number));
        if !size.is_power_of_two() {
            return Err(DeviceError::Queue(number));
        }
        let available = 16 * usize::from(size);
        let used = (available + 6 + 2 * usize::from(size)).next_multiple_of(PAGE);
        let queue = Self {
            number,
            size,
            memory: Shared::new(used + 6 + 8 * usize::from(size))?,
            available,
            used,
            offered: 0,
            published: 0,
            taken: 0,
            lent: vec![None; size.into()],
            interrupts: true,
        };
        transport.activate_queue(number, size, queue.addresses())?;
        Ok(queue)
    }

    /// How many descriptors it has.
    pub(super) fn size(&self) -> u16 {
        self.size
    }

    fn addresses(&self) -> QueueAddresses {
        let start = self.memory.address();
        QueueAddresses {
            descriptors: start,
            available: start + self.available as u64,
            used: start + self.used as u64,
        }
    }

    /// Says where the buffer of descriptor `id` is. The device must not have it.
    pub(super) fn describe(&mut self, id: u16, address: u64, length: u32, device_writes: bool) {
        let descriptor = self.memory.at::<Descriptor>(16 * usize::from(id));
        let value = Descriptor {
            address,
            length,
            flags: if device_writes { WRITE } else { 0 },
            next: 0,
        };
        // SAFETY: `at` gives a place within the queue's memory; all accesses to it are volatile.
        unsafe { write_volatile(descriptor, value) };
    }

    /// Has a request go on from the buffer of descriptor `id`, once described, to that of `next`.
    pub(super) fn link(&mut self, id: u16, next: u16) {
        let flags = self.memory.at::<u16>(16 * usize::from(id) + 12);
        // SAFETY: as in `describe`.
        unsafe { write_volatile(flags, read_volatile(flags) | NEXT) };
        let place = self.memory.at::<u16>(16 * usize::from(id) + 14);
        // SAFETY: as in `describe`.
        unsafe { write_volatile(place, next) };
    }

    /// Changes the length of the buffer of descriptor `id`, as for [`Self::describe`].
    pub(super) fn set_length(&mut self, id: u16, length: u32) {
        let place = self.memory.at::<u32>(16 * usize::from(id) + 8);
        // SAFETY: as in `describe`.
        unsafe { write_volatile(place, length) };
    }

    /// Puts the buffer of descriptor `id`, of `length` bytes, into the available ring. The device
    /// sees it after [`Self::publish`]. Of a request of several buffers, `id` is the first, and
    /// `length` what the device may write.
    pub(super) fn offer(&mut self, id: u16, length: u32) {
        self.lent[usize::from(id)] = Some(length);
        let slot = usize::from(self.offered % self.size);
        let place = self.memory.at::<u16>(self.available + 4 + 2 * slot);
        // SAFETY: as in `describe`.
        unsafe { write_volatile(place, id) };
        self.offered = self.offered.wrapping_add(1);
    }

    /// Buffers that were offered and not published.
    pub(super) fn unpublished(&self) -> u16 {
        self.offered.wrapping_sub(self.published)
    }

    /// Shows the device what was offered, and notifies it if it wants that.
    pub(super) fn publish(&mut self, transport: &mut impl Transport) {
        if self.unpublished() == 0 {
            return;
        }
        // What the buffers hold is written before the device may look.
        fence(Ordering::Release);
        let place = self.memory.at::<u16>(self.available + 2);
        // SAFETY: as in `describe`.
        unsafe { write_volatile(place, self.offered) };
        self.published = self.offered;
        // The device stops looking before it asks to be notified (section 2.7.13.4.1).
        fence(Ordering::SeqCst);
        let flags = self.memory.at::<u16>(self.used);
        // SAFETY: as in `describe`.
        if unsafe { read_volatile(flags) } & NO_NOTIFY == 0 {
            transport.notify(self.number);
        }
    }

    /// Whether the device is done with a buffer.
    pub(super) fn has_used(&self) -> bool {
        self.used_index() != self.taken
    }

    fn used_index(&self) -> u16 {
        let place = self.memory.at::<u16>(self.used + 2);
        // SAFETY: as in `describe`.
        unsafe { read_volatile(place) }
    }

    /// Takes back the oldest buffer that the device is done with.
    pub(super) fn take(&mut self) -> Result<Option<Used>, Violation> {
        let ready = self.used_index().wrapping_sub(self.taken);
        if ready == 0 {
            return Ok(None);
        }
        if ready > self.published.wrapping_sub(self.taken) {
            return Err(Violation::Index);
        }
        // The entry is read after the index that says it is there.
        fence(Ordering::Acquire);
        let slot = usize::from(self.taken % self.size);
        let place = self.memory.at::<UsedElement>(self.used + 4 + 8 * slot);
        // SAFETY: as in `describe`; any bits are an element.
        let UsedElement { id, length } = unsafe { read_volatile(place) };
        let lent = usize::try_from(id)
            .ok()
            .and_then(|id| self.lent.get_mut(id))
            .and_then(Option::take)
            .ok_or(Violation::Buffer)?;
        self.taken = self.taken.wrapping_add(1);
        if length > lent {
            return Err(Violation::Length);
        }
        // The index of a descriptor fits: the queue's size does.
        Ok(Some(Used {
            id: id as u16,
            length,
        }))
    }

    /// Says whether the device should interrupt when it is done with a buffer.
    pub(super) fn want_interrupts(&mut self, wanted: bool) {
        if self.interrupts == wanted {
            return;
        }
        self.interrupts = wanted;
        let place = self.memory.at::<u16>(self.available);
        // SAFETY: as in `describe`.
        unsafe { write_volatile(place, if wanted { 0 } else { NO_INTERRUPT }) };
        if wanted {
            // A buffer that the device is done with before it sees this is found by the next look.
            fence(Ordering::SeqCst);
        }
    }

    /// Leaves the queue's memory to a device that does not stop using it.
    pub(super) fn keep(&mut self) {
        self.memory.keep();
    }
}
