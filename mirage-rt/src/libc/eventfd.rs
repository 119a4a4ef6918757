//! Event counters (eventfd(2)).

use super::{Errno, description::Description, descriptors, errno::returned, wait_queue::WaitQueue};
use alloc::rc::Rc;
use core::{
    any::Any,
    cell::Cell,
    ffi::{c_int, c_uint},
};

/// The largest value.
const MAX: u64 = u64::MAX - 1;

struct EventCounter {
    value: Cell<u64>,
    is_semaphore: bool,
    queue: WaitQueue,
}

impl Description for EventCounter {
    fn read(&self, buffer: &mut [u8]) -> Result<usize, Errno> {
        let Some(place) = buffer.first_chunk_mut() else {
            return Err(Errno(::libc::EINVAL));
        };
        let value = self.value.get();
        if value == 0 {
            return Err(Errno(::libc::EAGAIN));
        }
        let taken = if self.is_semaphore { 1 } else { value };
        *place = taken.to_ne_bytes();
        self.value.set(value - taken);
        self.queue.wake();
        Ok(size_of::<u64>())
    }

    fn write(&self, data: &[u8]) -> Result<usize, Errno> {
        // More than one number is refused, as by newer versions of Linux.
        let Ok(added) = data.try_into() else {
            return Err(Errno(::libc::EINVAL));
        };
        let added = u64::from_ne_bytes(added);
        if added > MAX {
            return Err(Errno(::libc::EINVAL));
        }
        let sum = self.value.get().checked_add(added);
        let sum = sum.filter(|sum| *sum <= MAX).ok_or(Errno(::libc::EAGAIN))?;
        self.value.set(sum);
        self.queue.wake();
        Ok(size_of::<u64>())
    }

    fn poll(&self) -> u32 {
        let value = self.value.get();
        let readable = if value > 0 { ::libc::EPOLLIN } else { 0 };
        let writable = if value < MAX { ::libc::EPOLLOUT } else { 0 };
        (readable | writable) as u32
    }

    fn has_messages(&self) -> bool {
        true
    }

    fn queue(&self) -> Option<&WaitQueue> {
        Some(&self.queue)
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}

/// Creates a counter.
#[unsafe(no_mangle)]
extern "C" fn eventfd(initial: c_uint, flags: c_int) -> c_int {
    if flags & !(::libc::EFD_SEMAPHORE | ::libc::EFD_NONBLOCK | ::libc::EFD_CLOEXEC) != 0 {
        return returned(Err(Errno(::libc::EINVAL)));
    }
    let create = || {
        descriptors::check_free()?;
        let counter = EventCounter {
            value: Cell::new(initial.into()),
            is_semaphore: flags & ::libc::EFD_SEMAPHORE != 0,
            queue: WaitQueue::new(),
        };
        let is_nonblocking = flags & ::libc::EFD_NONBLOCK != 0;
        descriptors::add(Rc::new(counter), is_nonblocking)
    };
    returned(create())
}
