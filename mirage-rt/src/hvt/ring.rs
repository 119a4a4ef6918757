//! The ring that some tenders share with the image.

use super::hypercall;
use crate::freestanding::{one_core::OneCore, range::Range};
use alloc::rc::Rc;
use core::{cell::RefCell, ptr::NonNull};
use mirage_devices::solo5::ring::{Ring, RingMemory};
use spin::Once;

/// The ring, which all interfaces use.
pub(super) type SharedRing = Rc<RefCell<Ring<fn()>>>;

/// The memory of the ring; `None` if the tender has none.
static PLACE: Once<Option<Range>> = Once::new();

static RING: Once<OneCore<Option<SharedRing>>> = Once::new();

/// Sets the memory of the ring. Called once, at boot.
pub(super) fn initialise(place: Option<Range>) {
    PLACE.call_once(|| place);
}

/// Returns the ring; `None` if the tender has none, or one that cannot be used.
pub(super) fn shared() -> Option<SharedRing> {
    let ring = RING.call_once(|| OneCore(open()));
    ring.0.clone()
}

fn open() -> Option<SharedRing> {
    let place = (*PLACE.get()?)?;
    let start = NonNull::new(place.start as *mut u8)?;
    // SAFETY: it lies behind the memory, aligned, which was checked in the boot information, and is
    // mapped; this is called once.
    let memory = unsafe { RingMemory::new(start) };
    let ring = Ring::new(memory, hypercall::kick as fn())?;
    Some(Rc::new(RefCell::new(ring)))
}
