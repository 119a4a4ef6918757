//! The requests of a block device, each in a slot.

use crate::{
    block::BlockError,
    messages::log,
    virtio::{
        DeviceError, Transport,
        memory::{self, DmaMemory},
        queue::{self, Queue},
        transport,
    },
};
use alloc::{rc::Rc, vec::Vec};
use core::{
    cell::RefCell,
    future::poll_fn,
    mem, slice,
    task::{Context, Poll, Waker},
};

/// The unit of the sector number and the capacity, in bytes, whatever the block size.
pub(super) const SECTOR: u64 = 512;

/// Maximum number of requests in flight, and of data bytes in each. More data is several requests.
pub(super) const MAX_REQUESTS: u16 = 4;
pub(super) const DATA: usize = 32 << 10;

/// Descriptors of a request: header, data, status.
const PARTS: u16 = 3;

/// A slot: the data, then the header of the request (section 5.2.6), then its status.
const HEADER: usize = 16;
const STATUS_OFFSET: usize = DATA + HEADER;
const SLOT: usize = DATA + 64;

/// Descriptors of the queue.
const DESCRIPTORS: u16 = (MAX_REQUESTS * PARTS).next_power_of_two();

/// Upper bound on the driver's memory, in bytes.
pub(super) const MEMORY: usize =
    MAX_REQUESTS as usize * SLOT + memory::PAGE + queue::memory(DESCRIPTORS as usize);

/// Types of requests, and the status of one that succeeded (section 5.2.6).
const VIRTIO_BLK_T_IN: u32 = 0;
const VIRTIO_BLK_T_OUT: u32 = 1;
const VIRTIO_BLK_T_FLUSH: u32 = 4;
const VIRTIO_BLK_T_GET_ID: u32 = 8;
const VIRTIO_BLK_S_OK: u8 = 0;

/// A status that no device writes.
pub(super) const NO_STATUS: u8 = 0xff;

/// A type of request and its first sector.
#[derive(Clone, Copy)]
pub(super) enum Operation {
    Read(u64),
    Write(u64),
    Flush,
    GetId,
}

impl Operation {
    /// The `struct virtio_blk_req` before the data.
    fn header(self) -> [u8; HEADER] {
        let (kind, sector) = match self {
            Self::Read(sector) => (VIRTIO_BLK_T_IN, sector),
            Self::Write(sector) => (VIRTIO_BLK_T_OUT, sector),
            Self::Flush => (VIRTIO_BLK_T_FLUSH, 0),
            Self::GetId => (VIRTIO_BLK_T_GET_ID, 0),
        };
        let mut header = [0; HEADER];
        header[..4].copy_from_slice(&kind.to_le_bytes());
        header[8..].copy_from_slice(&sector.to_le_bytes());
        header
    }

    fn device_writes(self) -> bool {
        matches!(self, Self::Read(_) | Self::GetId)
    }
}

/// The device and its requests.
pub(super) struct Requests<T: Transport> {
    device: T,
    queue: Queue,
    memory: DmaMemory,
    slots: Vec<Slot>,
    /// Tasks that wait for a slot.
    waiting: Vec<Waker>,
    /// The device has been given up.
    lost: bool,
}

/// A place for a request.
enum Slot {
    Free,
    /// The device has it.
    Busy(Option<Waker>),
    /// The device works on it, and its future was dropped.
    Abandoned,
    /// The device has used it.
    Done(Result<(), BlockError>),
}

impl<T: Transport> Requests<T> {
    /// Sets up the queue and starts the device. Returns the device on error.
    pub(super) fn new(mut device: T) -> Result<Self, (T, DeviceError)> {
        let (queue, memory, count) = match Self::places(&mut device) {
            Ok(places) => places,
            Err(error) => return Err((device, error)),
        };
        transport::start(&mut device);
        Ok(Self {
            device,
            queue,
            memory,
            slots: (0..count).map(|_| Slot::Free).collect(),
            waiting: Vec::new(),
            lost: false,
        })
    }

    /// The queue, the memory of the slots, and their number.
    fn places(device: &mut T) -> Result<(Queue, DmaMemory, u16), DeviceError> {
        let queue = Queue::new(device, 0, DESCRIPTORS)?;
        let count = (queue.size() / PARTS).min(MAX_REQUESTS);
        if count == 0 {
            return Err(DeviceError::Queue(0));
        }
        // On error the queue is freed as well: a device uses none before DRIVER_OK (section 3.1.1).
        let memory = DmaMemory::new(SLOT * usize::from(count))?;
        Ok((queue, memory, count))
    }

    /// Whether the device has been given up.
    pub(super) fn is_lost(&self) -> bool {
        self.lost
    }

    /// Completes the requests that the device has used, and gives the device up if it has failed.
    pub(super) fn poll(&mut self, interrupted: bool) {
        let changed = interrupted && self.device.acknowledge_interrupt();
        let used = self.take_used();
        // DEVICE_NEEDS_RESET comes with an interrupt, perhaps together with one for a request.
        let suspicious = changed || interrupted && !used;
        if suspicious && transport::needs_reset(&mut self.device) {
            self.give_up("it asks to be reset");
        }
    }

    /// Waits for a free slot.
    fn poll_slot(&mut self, context: &mut Context<'_>) -> Poll<Result<usize, BlockError>> {
        if self.lost {
            return Poll::Ready(Err(BlockError::Lost));
        }
        let mut slots = self.slots.iter();
        match slots.position(|slot| matches!(slot, Slot::Free)) {
            Some(slot) => Poll::Ready(Ok(slot)),
            None => {
                self.waiting.push(context.waker().clone());
                Poll::Pending
            }
        }
    }

    /// The data of a request, which the device must not have.
    fn data(&mut self, slot: usize, length: usize) -> &mut [u8] {
        let start = self.memory.at::<u8>(SLOT * slot);
        // SAFETY: the data is within the memory, and this is its only borrow: the device has used the
        // request, or does not have it yet.
        unsafe { slice::from_raw_parts_mut(start, length.min(DATA)) }
    }

    /// Makes a request available to the device.
    fn begin(&mut self, slot: usize, operation: Operation, length: usize) {
        let start = SLOT * slot;
        let header = self.memory.at::<[u8; HEADER]>(start + DATA);
        // SAFETY: the device does not have the request.
        unsafe { header.write(operation.header()) };
        let status = self.memory.at::<u8>(start + STATUS_OFFSET);
        // SAFETY: as above.
        unsafe { status.write(NO_STATUS) };
        // Fits: the queue has as many descriptors as all slots need.
        let first = PARTS * slot as u16;
        let (data, last) = (first + 1, first + 2);
        let address = self.memory.address() + start as u64;
        let writes = operation.device_writes();
        let queue = &mut self.queue;
        queue.describe(first, address + DATA as u64, HEADER as u32, false);
        queue.describe(last, address + STATUS_OFFSET as u64, 1, true);
        if length == 0 {
            queue.link(first, last);
        } else {
            queue.describe(data, address, length as u32, writes);
            queue.link(first, data);
            queue.link(data, last);
        }
        let written = if writes { length as u32 } else { 0 };
        queue.push_avail(first, written + 1);
        queue.publish(&mut self.device);
        self.slots[slot] = Slot::Busy(None);
    }

    /// Completes the requests that the device has used. Returns whether there were any.
    fn take_used(&mut self) -> bool {
        let mut any = false;
        while !self.lost {
            match self.queue.pop_used() {
                Ok(Some(used)) => self.finish(usize::from(used.id / PARTS)),
                Ok(None) => break,
                Err(violation) => self.give_up(violation.what()),
            }
            any = true;
        }
        any
    }

    fn finish(&mut self, slot: usize) {
        let status = self.memory.at::<u8>(SLOT * slot + STATUS_OFFSET);
        // SAFETY: the device has used the request.
        let result = match unsafe { status.read() } {
            VIRTIO_BLK_S_OK => Ok(()),
            _ => Err(BlockError::Failed),
        };
        self.settle(slot, result);
    }

    /// Wakes the task that waits for a request, or frees the slot if none does.
    fn settle(&mut self, slot: usize, result: Result<(), BlockError>) {
        match mem::replace(&mut self.slots[slot], Slot::Done(result)) {
            Slot::Busy(Some(waker)) => waker.wake(),
            Slot::Abandoned => self.free(slot),
            Slot::Busy(None) | Slot::Done(_) | Slot::Free => {}
        }
    }

    fn free(&mut self, slot: usize) {
        self.slots[slot] = Slot::Free;
        self.waiting.drain(..).for_each(Waker::wake);
    }

    /// Resets the device for good, and fails all requests.
    fn give_up(&mut self, why: &str) {
        log!(Error, "the virtio disk is broken: {why}");
        self.lost = true;
        self.stop();
        for slot in 0..self.slots.len() {
            if matches!(self.slots[slot], Slot::Busy(_) | Slot::Abandoned) {
                self.settle(slot, Err(BlockError::Lost));
            }
        }
        self.waiting.drain(..).for_each(Waker::wake);
    }

    /// Resets the device, so that it no longer uses the buffers.
    fn stop(&mut self) {
        if transport::reset(&mut self.device).is_err() {
            self.queue.leak();
            self.memory.leak();
        }
    }
}

impl<T: Transport> Drop for Requests<T> {
    fn drop(&mut self) {
        self.stop();
    }
}

/// A request that the device has. Dropping it abandons the result, not the request.
pub(super) struct Request<T: Transport> {
    requests: Rc<RefCell<Requests<T>>>,
    slot: usize,
    length: usize,
}

impl<T: Transport> Request<T> {
    /// Waits for a slot, and begins a request with `length` bytes of data, which `fill` writes.
    pub(super) async fn begin(
        requests: &Rc<RefCell<Requests<T>>>,
        operation: Operation,
        length: usize,
        fill: impl FnOnce(&mut [u8]),
    ) -> Result<Self, BlockError> {
        let slot = poll_fn(|context| requests.borrow_mut().poll_slot(context)).await?;
        let mut places = requests.borrow_mut();
        fill(places.data(slot, length));
        places.begin(slot, operation, length);
        Ok(Self {
            requests: requests.clone(),
            slot,
            length,
        })
    }

    /// Waits for the request to complete, and passes its data to `read` if it succeeded.
    pub(super) async fn done(self, read: impl FnOnce(&[u8])) -> Result<(), BlockError> {
        poll_fn(
            |context| match &mut self.requests.borrow_mut().slots[self.slot] {
                Slot::Done(result) => Poll::Ready(*result),
                slot => {
                    *slot = Slot::Busy(Some(context.waker().clone()));
                    Poll::Pending
                }
            },
        )
        .await?;
        read(self.requests.borrow_mut().data(self.slot, self.length));
        Ok(())
    }
}

impl<T: Transport> Drop for Request<T> {
    fn drop(&mut self) {
        let mut requests = self.requests.borrow_mut();
        match requests.slots[self.slot] {
            Slot::Done(_) => requests.free(self.slot),
            _ => requests.slots[self.slot] = Slot::Abandoned,
        }
    }
}
