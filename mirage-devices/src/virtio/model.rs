//! The device's side of virtio, for tests. It follows the specification unless a test makes it do
//! otherwise.

use super::{DeviceError, QueueAddresses, Transport};
use crate::interrupt::Interrupt;
use alloc::{collections::BTreeMap, rc::Rc, vec, vec::Vec};
use core::{
    cell::{RefCell, RefMut},
    task::{Context, Poll, Waker},
};

/// Features that every modern device has.
pub(super) const VIRTIO_F_VERSION_1: u64 = 1 << 32;

/// Bits of the device status.
const DRIVER_OK: u8 = 4;
const FEATURES_OK: u8 = 8;
const DEVICE_NEEDS_RESET: u8 = 64;

/// A device. Clones are the same device: the driver has one, the test another.
#[derive(Clone)]
pub(super) struct Model(Rc<RefCell<State>>);

/// What the device is and does.
pub(super) struct State {
    pub(super) legacy: bool,
    pub(super) features: u64,
    pub(super) accepted: u64,
    pub(super) configuration: Vec<u8>,
    /// How often the configuration changes between two looks at its generation.
    pub(super) changes: u32,
    /// By queue: the most descriptors.
    pub(super) limits: Vec<u16>,
    pub(super) status: u8,
    /// A reset does not end.
    pub(super) never_resets: bool,
    /// It gives back only what it has taken, so that it must never see too many buffers.
    pub(super) honest: bool,
    pub(super) refuses_features: bool,
    /// The transport reports whether an interrupt is for a changed configuration or status.
    pub(super) says_causes: bool,
    /// Whether the device asks to be notified.
    pub(super) notified: Vec<u16>,
    pub(super) interrupts: usize,
    raised: bool,
    changed: bool,
    generation: u32,
    waker: Option<Waker>,
    queues: BTreeMap<u16, Queue>,
}

/// A queue, as the device sees it.
#[derive(Clone, Copy)]
struct Queue {
    size: u16,
    addresses: QueueAddresses,
    /// Buffers taken, and given back.
    taken: u16,
    used: u16,
}

/// A buffer that the driver has given to the device.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Buffer {
    pub(super) id: u16,
    address: u64,
    pub(super) length: u32,
    pub(super) device_writes: bool,
}

impl Model {
    /// A device with these features and this configuration, and `queues` queues of 256.
    pub(super) fn new(features: u64, configuration: &[u8], queues: usize) -> Self {
        Self(Rc::new(RefCell::new(State {
            legacy: false,
            features: features | VIRTIO_F_VERSION_1,
            accepted: 0,
            configuration: configuration.to_vec(),
            changes: 0,
            limits: vec![256; queues],
            status: 0,
            never_resets: false,
            honest: true,
            refuses_features: false,
            says_causes: false,
            notified: Vec::new(),
            interrupts: 0,
            raised: false,
            changed: false,
            generation: 0,
            waker: None,
            queues: BTreeMap::new(),
        })))
    }

    pub(super) fn state(&self) -> RefMut<'_, State> {
        self.0.borrow_mut()
    }

    /// The device's interrupt.
    pub(super) fn interrupt(&self) -> Line {
        Line(self.clone())
    }

    /// The descriptors of a queue; `None` unless the driver has enabled it.
    pub(super) fn queue_size(&self, queue: u16) -> Option<u16> {
        self.state().queues.get(&queue).map(|queue| queue.size)
    }

    fn queue(&self, queue: u16) -> Queue {
        self.state().queues[&queue]
    }

    /// Writes a number into the used ring of `queue`, which is `offset` bytes long before it.
    pub(super) fn write_used(&self, queue: u16, offset: usize, value: u16) {
        let queue = self.queue(queue);
        assert!(offset + 2 <= 4 + 8 * usize::from(queue.size));
        poke(queue.addresses.used_ring + offset as u64, value);
    }

    /// Takes the next buffer that the driver has made available.
    pub(super) fn take(&self, number: u16) -> Option<Buffer> {
        let request = self.take_request(number)?;
        assert_eq!(request.len(), 1, "a buffer is one descriptor");
        request.first().copied()
    }

    /// Takes the next request that the driver has made available: its buffers, those that the
    /// device writes last (section 2.7.4.2).
    pub(super) fn take_request(&self, number: u16) -> Option<Vec<Buffer>> {
        let mut state = self.state();
        assert_ne!(state.status & DRIVER_OK, 0, "DRIVER_OK is not set");
        let honest = state.honest;
        let queue = state.queues.get_mut(&number)?;
        let index = peek::<u16>(queue.addresses.avail_ring + 2);
        if index == queue.taken {
            return None;
        }
        let waiting = index.wrapping_sub(queue.taken);
        if waiting > queue.size {
            assert!(!honest, "more buffers than descriptors");
            return None;
        }
        let slot = u64::from(queue.taken % queue.size);
        let id = peek::<u16>(queue.addresses.avail_ring + 4 + 2 * slot);
        queue.taken = queue.taken.wrapping_add(1);
        let mut request: Vec<Buffer> = Vec::new();
        let mut next = Some(id);
        while let Some(id) = next {
            assert!(id < queue.size, "a descriptor that is not there");
            assert!(
                request.len() < queue.size.into(),
                "a request without an end"
            );
            let descriptor = queue.addresses.descriptor_table + 16 * u64::from(id);
            let flags = peek::<u16>(descriptor + 12);
            assert_eq!(flags & !3, 0, "flags that no feature was accepted for");
            let device_writes = flags & 2 != 0;
            let written = request.last().is_some_and(|last| last.device_writes);
            assert!(
                device_writes || !written,
                "what the device reads comes first"
            );
            request.push(Buffer {
                id,
                address: peek(descriptor),
                length: peek(descriptor + 8),
                device_writes,
            });
            next = (flags & 1 != 0).then(|| peek(descriptor + 14));
        }
        Some(request)
    }

    /// What is in a buffer.
    pub(super) fn read(&self, buffer: Buffer) -> Vec<u8> {
        assert!(!buffer.device_writes);
        (0..u64::from(buffer.length))
            .map(|offset| peek(buffer.address + offset))
            .collect()
    }

    /// Writes to a buffer.
    pub(super) fn write(&self, buffer: Buffer, bytes: &[u8]) {
        assert!(buffer.device_writes && bytes.len() <= buffer.length as usize);
        for (offset, byte) in (0..).zip(bytes) {
            poke(buffer.address + offset, *byte);
        }
    }

    /// Puts an element into the used ring, and interrupts if the driver wants that.
    pub(super) fn give_back(&self, number: u16, id: u32, length: u32) {
        let mut queue = self.queue(number);
        let slot = u64::from(queue.used % queue.size);
        poke(queue.addresses.used_ring + 4 + 8 * slot, id);
        poke(queue.addresses.used_ring + 8 + 8 * slot, length);
        queue.used = queue.used.wrapping_add(1);
        poke(queue.addresses.used_ring + 2, queue.used);
        let wanted = peek::<u16>(queue.addresses.avail_ring) & 1 == 0;
        self.state().queues.insert(number, queue);
        if wanted {
            self.raise();
        }
    }

    /// Sets whether the device wants to be notified of buffers in `queue`.
    pub(super) fn want_notifications(&self, queue: u16, wanted: bool) {
        poke(self.queue(queue).addresses.used_ring, u16::from(!wanted));
    }

    /// Asks to be reset.
    pub(super) fn need_reset(&self) {
        {
            let mut state = self.state();
            state.status |= DEVICE_NEEDS_RESET;
            state.changed = true;
        }
        self.raise();
    }

    /// Interrupts.
    pub(super) fn raise(&self) {
        let mut state = self.state();
        state.interrupts += 1;
        state.raised = true;
        if let Some(waker) = state.waker.take() {
            waker.wake();
        }
    }
}

impl Transport for Model {
    fn is_legacy(&self) -> bool {
        self.0.borrow().legacy
    }

    fn status(&mut self) -> u8 {
        let state = self.state();
        state.status
    }

    fn set_status(&mut self, status: u8) {
        let mut state = self.state();
        if status == 0 {
            state.queues.clear();
            state.accepted = 0;
        }
        if status == 0 && state.never_resets {
            return;
        }
        let refused = if state.refuses_features {
            FEATURES_OK
        } else {
            0
        };
        state.status = status & !refused;
    }

    fn device_features(&mut self) -> u64 {
        let state = self.state();
        if state.legacy {
            state.features & 0xffff_ffff
        } else {
            state.features
        }
    }

    fn set_driver_features(&mut self, features: u64) {
        self.state().accepted = features;
    }

    fn max_queue_size(&mut self, queue: u16) -> u16 {
        let state = self.state();
        state.limits.get(usize::from(queue)).copied().unwrap_or(0)
    }

    fn enable_queue(
        &mut self,
        queue: u16,
        size: u16,
        addresses: QueueAddresses,
    ) -> Result<(), DeviceError> {
        let mut state = self.state();
        assert!(size.is_power_of_two() && size <= state.limits[usize::from(queue)]);
        assert!(addresses.descriptor_table.is_multiple_of(4096));
        assert!(addresses.used_ring.is_multiple_of(4096));
        assert_eq!(
            addresses.avail_ring - addresses.descriptor_table,
            16 * u64::from(size)
        );
        let queue = state.queues.insert(
            queue,
            Queue {
                size,
                addresses,
                taken: 0,
                used: 0,
            },
        );
        assert!(queue.is_none(), "a queue is set up once");
        Ok(())
    }

    fn notify(&mut self, queue: u16) {
        self.state().notified.push(queue);
    }

    fn read_config(&mut self, offset: usize) -> u8 {
        let state = self.state();
        state.configuration.get(offset).copied().unwrap_or(0)
    }

    fn config_generation(&mut self) -> u32 {
        let mut state = self.state();
        if state.changes > 0 {
            state.changes -= 1;
            state.generation += 1;
        }
        state.generation
    }

    fn acknowledge_interrupt(&mut self) -> bool {
        let mut state = self.state();
        core::mem::take(&mut state.changed) && state.says_causes
    }
}

/// The interrupt of a [`Model`].
pub(super) struct Line(Model);

impl Interrupt for Line {
    fn poll_raised(&mut self, context: &mut Context<'_>) -> Poll<()> {
        let mut state = self.0.state();
        if core::mem::take(&mut state.raised) {
            return Poll::Ready(());
        }
        state.waker = Some(context.waker().clone());
        Poll::Pending
    }
}

fn peek<T>(address: u64) -> T {
    // SAFETY: the driver has made this memory available, and keeps it until it has reset the device.
    unsafe { (address as *const T).read_volatile() }
}

fn poke<T>(address: u64, value: T) {
    // SAFETY: as above.
    unsafe { (address as *mut T).write_volatile(value) };
}
