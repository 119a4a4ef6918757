//! The network device (section 5.1): frames are received and sent where the device reads and
//! writes them.

use super::{
    DeviceError, Transport,
    memory::Shared,
    queue::{self, Queue, Used, Violation},
    transport,
};
use crate::{
    interrupt::Interrupt,
    net::link::{Link, LinkLost, Receive, Transmit},
};
use alloc::{rc::Rc, vec::Vec};
use core::{
    cell::RefCell,
    slice,
    task::{Context, Poll},
};

/// Features (section 5.1.3): the device says the largest packet, and its address.
const MTU: u64 = 1 << 3;
const MAC: u64 = 1 << 5;

/// Offsets in the device's configuration (section 5.1.4).
const MAC_OFFSET: usize = 0;
const MTU_OFFSET: usize = 10;

const RECEIVE_QUEUE: u16 = 0;
const TRANSMIT_QUEUE: u16 = 1;

/// Buffers of each direction, at most, and bytes for them: few are enough where they are large.
const MOST_BUFFERS: usize = 64;
const MOST_MEMORY: usize = 256 << 10;

/// Buffers begin on cache lines of their own, in bytes.
const LINE: usize = 64;

/// Buffers given back to the device are shown to it this many at a time.
const BATCH: u16 = 16;

/// The header before each frame (section 5.1.6), zero for what is used here.
const HEADER: usize = 12;
const LEGACY_HEADER: usize = 10;

/// Bytes of an Ethernet header.
const ETHERNET_HEADER: usize = 14;

/// The largest packet on ordinary Ethernet, and what every network with IPv4 carries.
pub const ETHERNET_MTU: u16 = 1500;
const LEAST_MTU: u16 = 68;

/// What can be said of a network device.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct NetOptions {
    /// Its MAC address, instead of the device's own.
    pub mac: Option<[u8; 6]>,
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

/// The MAC address that a device has, before a driver has it; `None` if it has none of its own.
///
/// Virtio 1.2, section 3.1.1: a driver may read the configuration before it accepts the device.
pub fn mac_address(device: &mut impl Transport) -> Option<[u8; 6]> {
    let has_one = device.offered_features() & MAC != 0;
    has_one.then(|| transport::configuration(device, MAC_OFFSET))
}

/// The memory that a driver takes for a device of this MTU, in bytes, at most.
pub const fn memory(mtu: u16) -> usize {
    let received = if mtu < ETHERNET_MTU {
        ETHERNET_MTU
    } else {
        mtu
    };
    let (receive, transmit) = (layout(HEADER, received), layout(HEADER, mtu));
    let buffers = receive.0 * receive.1 + transmit.0 * transmit.1;
    buffers + 2 * queue::memory(MOST_BUFFERS)
}

/// How many buffers a queue has for packets of up to `mtu` bytes, and the bytes of each.
const fn layout(header: usize, mtu: u16) -> (usize, usize) {
    let length = (header + ETHERNET_HEADER + mtu as usize).next_multiple_of(LINE);
    let fit = MOST_MEMORY / length;
    let count = if fit < MOST_BUFFERS {
        fit
    } else {
        MOST_BUFFERS
    };
    (1 << count.ilog2(), length)
}

impl<T: Transport, I: Interrupt> VirtioNet<T, I> {
    /// Sets the device up; it receives from now on.
    ///
    /// # Errors
    /// The device cannot be used, or memory for its buffers is exhausted.
    pub fn new(mut device: T, interrupt: I, options: NetOptions) -> Result<Self, DeviceError> {
        let features = transport::negotiate(&mut device, MTU | MAC)?;
        let own = transport::configuration::<6>(&mut device, MAC_OFFSET);
        let own = (features & MAC != 0).then_some(own);
        let Some(mac) = options.mac.or(own) else {
            return Err(transport::fail(&mut device, DeviceError::NoMacAddress));
        };
        let carried = match features & MTU {
            0 => ETHERNET_MTU,
            _ => u16::from_le_bytes(transport::configuration(&mut device, MTU_OFFSET)),
        };
        let mtu = match options.mtu {
            Some(declared) if features & MTU != 0 && declared > carried => {
                let error = DeviceError::Mtu { declared, carried };
                return Err(transport::fail(&mut device, error));
            }
            Some(declared) => declared,
            None => carried,
        };
        if mtu < LEAST_MTU {
            return Err(transport::fail(&mut device, DeviceError::SmallMtu(mtu)));
        }
        let header = if device.is_legacy() {
            LEGACY_HEADER
        } else {
            HEADER
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
        // Devices may receive ordinary frames whatever the MTU.
        let received = mtu.max(ETHERNET_MTU);
        let made = Buffers::new(&mut device, RECEIVE_QUEUE, header, received).and_then(|receive| {
            Ok((
                receive,
                Buffers::new(&mut device, TRANSMIT_QUEUE, header, mtu)?,
            ))
        });
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

    /// Whether there is anything to do. If not, the device interrupts when there is.
    fn is_ready(&mut self) -> bool {
        // Frames that cannot be answered are not looked at: only room counts then.
        let starved = self.transmitter.starved;
        self.receiver.buffers.queue.want_interrupts(!starved);
        self.transmitter.buffers.queue.want_interrupts(starved);
        let ready = if starved {
            self.transmitter.has_room_again()
        } else {
            self.receiver.has_frame()
        };
        if ready {
            self.receiver.buffers.queue.want_interrupts(false);
            self.transmitter.buffers.queue.want_interrupts(false);
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
        // A device in need says so by an interrupt, which may come with one for a buffer; when it
        // has done nothing for so long that room ran out, it is looked at as well.
        let suspicious = changed || !ready && (interrupted || self.transmitter.starved);
        if suspicious && transport::needs_reset(&mut *self.device.borrow_mut()) {
            log::error!("the virtio network device has failed");
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
    /// Stops the device, so that it uses the buffers no more.
    fn drop(&mut self) {
        if transport::reset(&mut *self.device.borrow_mut()).is_err() {
            self.receiver.buffers.keep();
            self.transmitter.buffers.keep();
        }
    }
}

/// A queue and the buffers of its descriptors.
struct Buffers {
    queue: Queue,
    memory: Shared,
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
        // If there is none, the queue goes as well: a device uses none before it is started
        // (section 3.1.1).
        let memory = Shared::new(length * usize::from(queue.size()))?;
        for id in 0..queue.size() {
            let address = memory.address() + (length * usize::from(id)) as u64;
            queue.describe(id, address, length as u32, number == RECEIVE_QUEUE);
        }
        Ok(Self {
            queue,
            memory,
            header,
            length,
        })
    }

    /// The first `length` bytes of the frame in a buffer that the device does not have.
    fn frame(&mut self, id: u16, length: usize) -> &mut [u8] {
        let length = length.min(self.length - self.header);
        let start = self
            .memory
            .at::<u8>(self.length * usize::from(id) + self.header);
        // SAFETY: the buffer is within the memory, and only this borrow of it is alive: the device
        // has given the buffer back, or was never given it.
        unsafe { slice::from_raw_parts_mut(start, length) }
    }

    fn keep(&mut self) {
        self.queue.keep();
        self.memory.keep();
    }
}

/// Says once why the device is given up.
fn report(violation: Violation) {
    log::error!("the virtio network device is broken: {}", violation.what());
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
            buffers.queue.offer(id, buffers.length as u32);
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

    fn give_back(&mut self, id: u16) {
        self.buffers.queue.offer(id, self.buffers.length as u32);
        if self.buffers.queue.unpublished() >= BATCH {
            self.publish();
        }
    }

    /// The oldest buffer with a frame in it.
    fn next(&mut self) -> Option<Used> {
        while self.front.is_none() && !self.violated {
            match self.buffers.queue.take() {
                Ok(None) => return None,
                // Too short for a frame: there is nothing in it.
                Ok(Some(used))
                    if (used.length as usize) < self.buffers.header + ETHERNET_HEADER =>
                {
                    self.give_back(used.id);
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
            self.give_back(used.id);
        }
    }
}

/// The transmitting half.
pub struct Transmitter<T> {
    buffers: Buffers,
    device: Rc<RefCell<T>>,
    /// Descriptors that the device does not have.
    free: Vec<u16>,
    /// A frame was to be sent and there was no room.
    starved: bool,
    violated: bool,
}

impl<T: Transport> Transmitter<T> {
    fn new(mut buffers: Buffers, device: Rc<RefCell<T>>) -> Self {
        // What has been sent is taken back when room is needed.
        buffers.queue.want_interrupts(false);
        Self {
            free: (0..buffers.queue.size()).collect(),
            buffers,
            device,
            starved: false,
            violated: false,
        }
    }

    /// Takes back what has been sent.
    fn reclaim(&mut self) {
        while !self.violated {
            match self.buffers.queue.take() {
                Ok(None) => return,
                Ok(Some(used)) => self.free.push(used.id),
                Err(violation) => {
                    report(violation);
                    self.violated = true;
                }
            }
        }
    }

    /// Whether there is room that was missing before.
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
        // The header before the frame is zero since the memory was made.
        let result = fill(self.buffers.frame(id, length));
        self.buffers.queue.set_length(id, whole as u32);
        // The device writes nothing into a buffer that it sends.
        self.buffers.queue.offer(id, 0);
        Some(result)
    }

    fn flush(&mut self) {
        self.buffers.queue.publish(&mut *self.device.borrow_mut());
    }
}

#[cfg(test)]
mod tests;
