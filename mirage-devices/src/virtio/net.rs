//! The network device (section 5.1): frames are received and sent where the device reads and
//! writes them.

use super::{
    DeviceError, Transport,
    memory::DmaMemory,
    queue::{self, Queue, Used, Violation},
    transport,
};
use crate::{
    interrupt::Interrupt,
    messages::log,
    net::{
        ethernet,
        link::{Link, LinkLost, Receive, Transmit},
    },
};
use alloc::{rc::Rc, vec::Vec};
use core::{
    cell::RefCell,
    slice,
    task::{Context, Poll},
};

/// Feature bits (section 5.1.3).
const VIRTIO_NET_F_MTU: u64 = 1 << 3;
const VIRTIO_NET_F_MAC: u64 = 1 << 5;

/// Offsets in `struct virtio_net_config` (section 5.1.4).
const CONFIG_MAC: usize = 0;
const CONFIG_MTU: usize = 10;

/// Queue numbers (section 5.1.2): `receiveq1` and `transmitq1`.
const RECEIVEQ: u16 = 0;
const TRANSMITQ: u16 = 1;

/// Maximum number of buffers in each direction, and of their bytes. Large buffers are fewer.
const MAX_BUFFERS: usize = 64;
const MAX_MEMORY: usize = 256 << 10;

/// Alignment of buffers in bytes: they share no cache line.
const CACHE_LINE: usize = 64;

/// Receive buffers are published in batches of this size.
const BATCH: u16 = 16;

/// Length of `struct virtio_net_hdr` (section 5.1.6), which is all zeros without offloads.
const NET_HDR_LEN: usize = 12;
const LEGACY_NET_HDR_LEN: usize = 10;

/// Options of a network device.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct NetOptions {
    /// Its MAC address, instead of the device's own.
    pub mac: Option<[u8; 6]>,
    /// Its MAC address if neither is there.
    pub fallback_mac: Option<[u8; 6]>,
    /// The largest IP packet, in bytes, instead of the device's own or ordinary Ethernet's.
    pub mtu: Option<u16>,
}

/// A virtio network device.
pub struct VirtioNet<T: Transport, I> {
    mac: [u8; 6],
    mtu: usize,
    device: Rc<RefCell<T>>,
    receiver: Receiver<T>,
    transmitter: Transmitter<T>,
    interrupt: I,
    /// The device has failed.
    lost: bool,
}

/// Reads the MAC address of a device that has no driver yet; `None` if it has none of its own.
///
/// A driver may read the configuration before it sets FEATURES_OK (section 3.1.1).
pub fn mac_address(device: &mut impl Transport) -> Option<[u8; 6]> {
    let has_one = device.device_features() & VIRTIO_NET_F_MAC != 0;
    has_one.then(|| transport::read_config(device, CONFIG_MAC))
}

/// Upper bound on the driver's memory for a device with this MTU, in bytes.
pub const fn memory(mtu: u16) -> usize {
    let received = if mtu < ethernet::DEFAULT_MTU {
        ethernet::DEFAULT_MTU
    } else {
        mtu
    };
    let (receive, transmit) = (layout(NET_HDR_LEN, received), layout(NET_HDR_LEN, mtu));
    let buffers = receive.0 * receive.1 + transmit.0 * transmit.1;
    buffers + 2 * queue::memory(MAX_BUFFERS)
}

/// The number of buffers of a queue for packets of up to `mtu` bytes, and the length of each.
const fn layout(header: usize, mtu: u16) -> (usize, usize) {
    let length = (header + ethernet::HEADER_LEN + mtu as usize).next_multiple_of(CACHE_LINE);
    let fit = MAX_MEMORY / length;
    let count = if fit < MAX_BUFFERS { fit } else { MAX_BUFFERS };
    (1 << count.ilog2(), length)
}

impl<T: Transport, I: Interrupt> VirtioNet<T, I> {
    /// Sets up the device and starts it. It receives from now on.
    ///
    /// # Errors
    /// The device cannot be used, or memory for its buffers is exhausted.
    pub fn new(mut device: T, interrupt: I, options: NetOptions) -> Result<Self, DeviceError> {
        let features = transport::negotiate(&mut device, VIRTIO_NET_F_MTU | VIRTIO_NET_F_MAC)?;
        let own = transport::read_config::<6>(&mut device, CONFIG_MAC);
        let own = (features & VIRTIO_NET_F_MAC != 0).then_some(own);
        let Some(mac) = options.mac.or(own).or(options.fallback_mac) else {
            return Err(transport::fail(&mut device, DeviceError::NoMacAddress));
        };
        let carried = match features & VIRTIO_NET_F_MTU {
            0 => ethernet::DEFAULT_MTU,
            _ => u16::from_le_bytes(transport::read_config(&mut device, CONFIG_MTU)),
        };
        let mtu = match options.mtu {
            Some(declared) if features & VIRTIO_NET_F_MTU != 0 && declared > carried => {
                let error = DeviceError::Mtu { declared, carried };
                return Err(transport::fail(&mut device, error));
            }
            Some(declared) => declared,
            None => carried,
        };
        if mtu < ethernet::MIN_IPV4_MTU {
            return Err(transport::fail(&mut device, DeviceError::SmallMtu(mtu)));
        }
        let header = if device.is_legacy() {
            LEGACY_NET_HDR_LEN
        } else {
            NET_HDR_LEN
        };
        match Self::with_queues(device, interrupt, mac, mtu, header) {
            Ok(net) => Ok(net),
            Err((mut device, error)) => Err(transport::fail(&mut device, error)),
        }
    }

    fn with_queues(
        mut device: T,
        interrupt: I,
        mac: [u8; 6],
        mtu: u16,
        header: usize,
    ) -> Result<Self, (T, DeviceError)> {
        // Devices may receive frames of ordinary size whatever the MTU.
        let received = mtu.max(ethernet::DEFAULT_MTU);
        let made = Buffers::new(&mut device, RECEIVEQ, header, received)
            .and_then(|receive| Ok((receive, Buffers::new(&mut device, TRANSMITQ, header, mtu)?)));
        let (receive, transmit) = match made {
            Ok(made) => made,
            Err(error) => return Err((device, error)),
        };
        transport::start(&mut device);
        let device = Rc::new(RefCell::new(device));
        Ok(Self {
            mac,
            mtu: mtu.into(),
            receiver: Receiver::new(receive, device.clone()),
            transmitter: Transmitter::new(transmit, device.clone()),
            device,
            interrupt,
            lost: false,
        })
    }

    /// Whether there is work. If not, the device interrupts when there is.
    fn is_ready(&mut self) -> bool {
        // A received frame that cannot be answered must wait: only transmit buffers matter then.
        let starved = self.transmitter.starved;
        self.receiver.buffers.queue.set_interrupts(!starved);
        self.transmitter.buffers.queue.set_interrupts(starved);
        let ready = if starved {
            self.transmitter.has_room_again()
        } else {
            self.receiver.has_frame()
        };
        if ready {
            self.receiver.buffers.queue.set_interrupts(false);
            self.transmitter.buffers.queue.set_interrupts(false);
        }
        ready
    }

    fn violated(&self) -> bool {
        self.receiver.violated || self.transmitter.violated
    }
}

impl<T: Transport, I: Interrupt> Link for VirtioNet<T, I> {
    type Receiver = Receiver<T>;
    type Transmitter = Transmitter<T>;

    fn mac_address(&self) -> [u8; 6] {
        self.mac
    }

    fn mtu(&self) -> usize {
        self.mtu
    }

    fn split(&mut self) -> (&mut Receiver<T>, &mut Transmitter<T>) {
        (&mut self.receiver, &mut self.transmitter)
    }

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), LinkLost>> {
        let mut interrupted = false;
        let mut changed = false;
        while self.interrupt.poll_raised(context).is_ready() {
            interrupted = true;
            changed |= self.device.borrow_mut().acknowledge_interrupt();
        }
        self.receiver.publish();
        let ready = self.is_ready();
        if self.lost || self.violated() {
            return Poll::Ready(Err(LinkLost));
        }
        // DEVICE_NEEDS_RESET comes with an interrupt, perhaps together with one for a buffer. A
        // device that has left the driver without transmit buffers is checked as well.
        let suspicious = changed || !ready && (interrupted || self.transmitter.starved);
        if suspicious && transport::needs_reset(&mut *self.device.borrow_mut()) {
            log!(Error, "the virtio network device has failed");
            self.lost = true;
            return Poll::Ready(Err(LinkLost));
        }
        if ready {
            Poll::Ready(Ok(()))
        } else {
            Poll::Pending
        }
    }
}

impl<T: Transport, I> Drop for VirtioNet<T, I> {
    /// Resets the device, so that it no longer uses the buffers.
    fn drop(&mut self) {
        if transport::reset(&mut *self.device.borrow_mut()).is_err() {
            self.receiver.buffers.leak();
            self.transmitter.buffers.leak();
        }
    }
}

/// A queue and the buffers of its descriptors.
struct Buffers {
    queue: Queue,
    memory: DmaMemory,
    header: usize,
    /// Bytes of one buffer, header included.
    length: usize,
}

impl Buffers {
    fn new(
        device: &mut impl Transport,
        number: u16,
        header: usize,
        mtu: u16,
    ) -> Result<Self, DeviceError> {
        let (count, length) = layout(header, mtu);
        let mut queue = Queue::new(device, number, count as u16)?;
        // On error the queue is freed as well: a device uses none before DRIVER_OK (section 3.1.1).
        let memory = DmaMemory::new(length * usize::from(queue.size()))?;
        for id in 0..queue.size() {
            let address = memory.address() + (length * usize::from(id)) as u64;
            queue.describe(id, address, length as u32, number == RECEIVEQ);
        }
        Ok(Self {
            queue,
            memory,
            header,
            length,
        })
    }

    /// The first `length` bytes of the frame in a buffer, which the device must not have.
    fn frame(&mut self, id: u16, length: usize) -> &mut [u8] {
        let length = length.min(self.length - self.header);
        let start = self
            .memory
            .at::<u8>(self.length * usize::from(id) + self.header);
        // SAFETY: the buffer is within the memory, and this is its only borrow: the device has used
        // it, or does not have it yet.
        unsafe { slice::from_raw_parts_mut(start, length) }
    }

    fn leak(&mut self) {
        self.queue.leak();
        self.memory.leak();
    }
}

/// Logs why the device is given up.
fn report(violation: Violation) {
    log!(
        Error,
        "the virtio network device is broken: {}",
        violation.what()
    );
}

/// The receiving half.
pub struct Receiver<T> {
    buffers: Buffers,
    device: Rc<RefCell<T>>,
    front: Option<Used>,
    violated: bool,
}

impl<T: Transport> Receiver<T> {
    fn new(mut buffers: Buffers, device: Rc<RefCell<T>>) -> Self {
        for id in 0..buffers.queue.size() {
            buffers.queue.push_avail(id, buffers.length as u32);
        }
        buffers.queue.publish(&mut *device.borrow_mut());
        Self {
            buffers,
            device,
            front: None,
            violated: false,
        }
    }

    fn has_frame(&self) -> bool {
        self.front.is_some() || self.buffers.queue.has_used()
    }

    fn publish(&mut self) {
        self.buffers.queue.publish(&mut *self.device.borrow_mut());
    }

    fn recycle(&mut self, id: u16) {
        self.buffers
            .queue
            .push_avail(id, self.buffers.length as u32);
        if self.buffers.queue.unpublished() >= BATCH {
            self.publish();
        }
    }

    /// The oldest used buffer that has a frame.
    fn next(&mut self) -> Option<Used> {
        while self.front.is_none() && !self.violated {
            match self.buffers.queue.pop_used() {
                Ok(None) => return None,
                // Too short for a frame.
                Ok(Some(used))
                    if (used.length as usize) < self.buffers.header + ethernet::HEADER_LEN =>
                {
                    self.recycle(used.id);
                }
                Ok(used) => self.front = used,
                Err(violation) => {
                    report(violation);
                    self.violated = true;
                }
            }
        }
        self.front
    }
}

impl<T: Transport> Receive for Receiver<T> {
    fn front(&mut self) -> Option<&mut [u8]> {
        let used = self.next()?;
        let length = used.length as usize - self.buffers.header;
        Some(self.buffers.frame(used.id, length))
    }

    fn pop(&mut self) {
        if let Some(used) = self.front.take() {
            self.recycle(used.id);
        }
    }
}

/// The transmitting half.
pub struct Transmitter<T> {
    buffers: Buffers,
    device: Rc<RefCell<T>>,
    /// Free descriptors.
    free: Vec<u16>,
    /// A frame was to be sent and no descriptor was free.
    starved: bool,
    violated: bool,
}

impl<T: Transport> Transmitter<T> {
    fn new(mut buffers: Buffers, device: Rc<RefCell<T>>) -> Self {
        // Used buffers are reclaimed when a descriptor is needed.
        buffers.queue.set_interrupts(false);
        Self {
            free: (0..buffers.queue.size()).collect(),
            buffers,
            device,
            starved: false,
            violated: false,
        }
    }

    /// Frees the descriptors of frames that have been sent.
    fn reclaim(&mut self) {
        while !self.violated {
            match self.buffers.queue.pop_used() {
                Ok(None) => return,
                Ok(Some(used)) => self.free.push(used.id),
                Err(violation) => {
                    report(violation);
                    self.violated = true;
                }
            }
        }
    }

    /// Whether descriptors have become free after starvation.
    fn has_room_again(&mut self) -> bool {
        if !self.starved {
            return false;
        }
        self.reclaim();
        if !self.free.is_empty() {
            self.starved = false;
        }
        !self.starved
    }
}

impl<T: Transport> Transmit for Transmitter<T> {
    fn has_room(&mut self) -> bool {
        if self.free.is_empty() {
            self.reclaim();
            self.starved = self.free.is_empty();
        }
        !self.starved
    }

    fn push<R>(&mut self, length: usize, fill: impl FnOnce(&mut [u8]) -> R) -> Option<R> {
        let whole = self.buffers.header.checked_add(length)?;
        if whole > self.buffers.length || !self.has_room() {
            return None;
        }
        let id = self.free.pop()?;
        // The header before the frame has been zero since the memory was allocated.
        let result = fill(self.buffers.frame(id, length));
        self.buffers.queue.set_length(id, whole as u32);
        // A device-readable buffer: the device writes 0 bytes.
        self.buffers.queue.push_avail(id, 0);
        Some(result)
    }

    fn flush(&mut self) {
        self.buffers.queue.publish(&mut *self.device.borrow_mut());
    }
}

#[cfg(test)]
mod tests;
