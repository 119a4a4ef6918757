//! The requests that a block device has, and places for them.

use crate::{
    block::BlockError,
    virtio::{
        DeviceError, Transport,
        memory::{self, Shared},
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

/// What a request counts in, whatever the block size, in bytes.
pub(super) const SECTOR: u64 = 512;

/// Requests at a time, at most, and bytes of data in each. More data is several requests.
pub(super) const MOST_REQUESTS: u16 = 4;
pub(super) const DATA: usize = 32 << 10;

/// Descriptors of a request: header, data, status.
const PARTS: u16 = 3;

/// What is behind the data: the header (section 5.2.6), which ends at the status.
const HEADER: usize = 16;
const STATUS_OFFSET: usize = DATA + HEADER;
const SLOT: usize = DATA + 64;

/// Descriptors of the queue.
const DESCRIPTORS: u16 = (MOST_REQUESTS * PARTS).next_power_of_two();

/// What all of it takes, at most, in bytes.
pub(super) const MEMORY: usize =
    MOST_REQUESTS as usize * SLOT + memory::PAGE + queue::memory(DESCRIPTORS as usize);

/// A status that no device gives: it has given none.
pub(super) const NO_STATUS: u8 = 0xff;

/// What is asked for (section 5.2.6), and from which sector on.
#[derive(Clone, Copy)]
pub(super) enum Operation {
    Read(u64),
    Write(u64),
    Flush,
    Name,
}

impl Operation {
    /// The header of the request.
    fn header(self) -> [u8; HEADER] {
        let (kind, sector) = match self {
            Self::Read(sector) => (0_u32, sector),
            Self::Write(sector) => (1, sector),
            Self::Flush => (4, 0),
            Self::Name => (8, 0),
        };
        let mut header = [0; HEADER];
        header[..4].copy_from_slice(&kind.to_le_bytes());
        header[8..].copy_from_slice(&sector.to_le_bytes());
        header
    }

    fn device_writes(self) -> bool {
        matches!(self, Self::Read(_) | Self::Name)
    }
}

/// The device and its requests.
pub(super) struct Requests<T: Transport> {
    device: T,
    queue: Queue,
    memory: Shared,
    slots: Vec<Slot>,
    /// Who waits for a slot.
    waiting: Vec<Waker>,
    /// The device is given up.
    lost: bool,
}

/// A place for a request.
enum Slot {
    Free,
    /// The device works on it.
    Busy(Option<Waker>),
    /// The device works on it, and nobody waits for it.
    Abandoned,
    /// The device is done with it.
    Done(Result<(), BlockError>),
}

impl<T: Transport> Requests<T> {
    /// Lets the device work, without a request yet. If it cannot, it is given back.
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

    /// The queue and the memory of requests, and how many fit.
    fn places(device: &mut T) -> Result<(Queue, Shared, u16), DeviceError> {
        let queue = Queue::new(device, 0, DESCRIPTORS)?;
        let count = (queue.size() / PARTS).min(MOST_REQUESTS);
        if count == 0 {
            return Err(DeviceError::Queue(0));
        }
        // If there is none, the queue goes as well: a device uses none before it is started
        // (section 3.1.1).
        let memory = Shared::new(SLOT * usize::from(count))?;
        Ok((queue, memory, count))
    }

    /// The device is given up.
    pub(super) fn is_lost(&self) -> bool {
        self.lost
    }

    /// Takes what the device is done with, and notices when it has failed.
    pub(super) fn tend(&mut self, interrupted: bool) {
        let changed = interrupted && self.device.acknowledge_interrupt();
        let used = self.take_used();
        // A device in need says so by an interrupt, which may come with one for a request.
        let suspicious = changed || interrupted && !used;
        if suspicious && transport::needs_reset(&mut self.device) {
            self.give_up("it asks to be reset");
        }
    }

    /// A free slot.
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

    /// The data of a request that the device does not have.
    fn data(&mut self, slot: usize, length: usize) -> &mut [u8] {
        let start = self.memory.at::<u8>(SLOT * slot);
        // SAFETY: the data is within the memory, and only this borrow of it is alive: the device
        // is done with the request, or was never given it.
        unsafe { slice::from_raw_parts_mut(start, length.min(DATA)) }
    }

    /// Gives the device a request.
    fn begin(&mut self, slot: usize, operation: Operation, length: usize) {
        let start = SLOT * slot;
        let header = self.memory.at::<[u8; HEADER]>(start + DATA);
        // SAFETY: the device does not have the request.
        unsafe { header.write(operation.header()) };
        let status = self.memory.at::<u8>(start + STATUS_OFFSET);
        // SAFETY: as above.
        unsafe { status.write(NO_STATUS) };
        // There are as many slots as fit the queue: the number of a descriptor does too.
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
        queue.offer(first, written + 1);
        queue.publish(&mut self.device);
        self.slots[slot] = Slot::Busy(None);
    }

    /// Takes the requests that the device is done with; whether there were any.
    fn take_used(&mut self) -> bool {
        let mut any = false;
        while !self.lost {
            match self.queue.take() {
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
        // SAFETY: the device is done with the request.
        let result = match unsafe { status.read() } {
            0 => Ok(()),
            _ => Err(BlockError::Failed),
        };
        self.settle(slot, result);
    }

    /// Tells who waits for a request how it went, and frees the slot if nobody does.
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

    /// Has nothing more to do with the device.
    fn give_up(&mut self, why: &str) {
        log::error!("the virtio disk is broken: {why}");
        self.lost = true;
        self.stop();
        for slot in 0..self.slots.len() {
            if matches!(self.slots[slot], Slot::Busy(_) | Slot::Abandoned) {
                self.settle(slot, Err(BlockError::Lost));
            }
        }
        self.waiting.drain(..).for_each(Waker::wake);
    }

    /// Stops the device, so that it uses the buffers no more.
    fn stop(&mut self) {
        if transport::reset(&mut self.device).is_err() {
            self.queue.keep();
            self.memory.keep();
        }
    }
}

impl<T: Transport> Drop for Requests<T> {
    fn drop(&mut self) {
        self.stop();
    }
}

/// A request that the device has. Dropped, it goes on, and nobody waits for it.
pub(super) struct Request<T: Transport> {
    requests: Rc<RefCell<Requests<T>>>,
    slot: usize,
    length: usize,
}

impl<T: Transport> Request<T> {
    /// Gives the device a request with `length` bytes of data, which `fill` writes.
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

    /// Waits until the device is done, and shows the data to `look` if it succeeded.
    pub(super) async fn done(self, look: impl FnOnce(&[u8])) -> Result<(), BlockError> {
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
        look(self.requests.borrow_mut().data(self.slot, self.length));
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
