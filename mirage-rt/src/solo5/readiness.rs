//! Which devices can be read, as the tender says by their handles, and who waits for that.

use core::task::{Context, Poll, Waker};
use mirage_devices::interrupt::Interrupt;
use spin::Mutex;

/// Handles: a set of them has a bit for each.
const HANDLES: usize = 64;

static DEVICES: Mutex<Devices> = Mutex::new(Devices {
    wakers: [const { None }; HANDLES],
    readable: 0,
});

struct Devices {
    /// By handle: the task that waits.
    wakers: [Option<Waker>; HANDLES],
    /// The handles that could be read and have not been asked about since.
    readable: u64,
}

/// Tells when a device can be read.
pub(crate) struct Readable(u8);

impl Readable {
    /// Of the device with this handle, 1 to 63.
    pub(crate) fn new(handle: u8) -> Self {
        Self(handle % HANDLES as u8)
    }
}

impl Interrupt for Readable {
    fn poll_raised(&mut self, context: &mut Context<'_>) -> Poll<()> {
        let mut devices = DEVICES.lock();
        let bit = 1 << self.0;
        if devices.readable & bit != 0 {
            devices.readable &= !bit;
            return Poll::Ready(());
        }
        let waker = &mut devices.wakers[usize::from(self.0)];
        match waker {
            Some(waker) => waker.clone_from(context.waker()),
            None => *waker = Some(context.waker().clone()),
        }
        Poll::Pending
    }
}

/// Whether any task waits.
pub(crate) fn is_awaited() -> bool {
    DEVICES.lock().wakers.iter().any(Option::is_some)
}

/// Wakes the tasks that wait for the devices whose handles are in `set`.
pub(crate) fn raise(mut set: u64) {
    DEVICES.lock().readable |= set;
    while set != 0 {
        let handle = set.trailing_zeros() as usize;
        set &= set - 1;
        let waker = DEVICES.lock().wakers[handle].take();
        if let Some(waker) = waker {
            waker.wake();
        }
    }
}
