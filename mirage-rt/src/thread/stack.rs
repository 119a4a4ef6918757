//! The stacks of threads. The expansion defines them as statics of the declared number and size, so that they
//! are part of the image's memory.

use crate::{freestanding::one_core::OneCore, platform};
use alloc::vec::Vec;
use core::cell::{Cell, RefCell, UnsafeCell};
use core::mem::MaybeUninit;

pub(super) const PAGE: usize = 4096;

/// `COUNT` stacks of `PAGES` pages each, with a guard page below each.
#[repr(C, align(4096))]
pub struct Stacks<const COUNT: usize, const PAGES: usize>(
    UnsafeCell<MaybeUninit<[Guarded<PAGES>; COUNT]>>,
);

#[repr(C, align(4096))]
struct Guarded<const PAGES: usize> {
    _guard: [u8; PAGE],
    _stack: [[u8; PAGE]; PAGES],
}

// SAFETY: there are no references to the contents.
unsafe impl<const COUNT: usize, const PAGES: usize> Sync for Stacks<COUNT, PAGES> {}

impl<const COUNT: usize, const PAGES: usize> Stacks<COUNT, PAGES> {
    /// Returns stacks that take no space in the image.
    #[allow(
        clippy::new_without_default,
        reason = "it is made once, by the expansion"
    )]
    pub const fn new() -> Self {
        Self(UnsafeCell::new(MaybeUninit::zeroed()))
    }
}

/// Returns the address and the size of each slot, with its guard page.
pub fn slots<const COUNT: usize, const PAGES: usize>(
    stacks: &'static Stacks<COUNT, PAGES>,
) -> impl Iterator<Item = (*mut u8, usize)> {
    let first = stacks.0.get().cast::<Guarded<PAGES>>();
    (0..COUNT).map(move |index| {
        (
            first.wrapping_add(index).cast(),
            size_of::<Guarded<PAGES>>(),
        )
    })
}

/// The stacks that no thread uses.
struct Pool {
    /// That of the main thread.
    main: Cell<Option<Slot>>,
    others: RefCell<Vec<Slot>>,
    /// How many others there are.
    count: Cell<usize>,
}

/// A slot: its address, and its size with the guard page.
type Slot = (*mut u8, usize);

static POOL: OneCore<Pool> = OneCore(Pool {
    main: Cell::new(None),
    others: RefCell::new(Vec::new()),
    count: Cell::new(0),
});

/// Takes the declared slots, of which the first one is the main thread's, and protects their guard pages.
pub(super) fn initialise(mut slots: impl Iterator<Item = (*mut u8, usize)>) {
    let protect = |slot: &Slot| platform::protect_page(slot.0 as u64);
    let main = slots.next().inspect(protect);
    POOL.0.main.set(main);
    let others: Vec<_> = slots.inspect(protect).collect();
    POOL.0.count.set(others.len());
    *POOL.0.others.borrow_mut() = others;
}

/// Returns how many threads there can be beside the main thread.
pub(crate) fn count() -> usize {
    POOL.0.count.get()
}

/// A stack in use.
pub(super) struct Stack {
    slot: Slot,
    is_main: bool,
}

impl Stack {
    /// Takes the stack of the main thread, or another one. `None` if none is left.
    pub(super) fn take(is_main: bool) -> Option<Self> {
        let slot = match is_main {
            true => POOL.0.main.take(),
            false => POOL.0.others.borrow_mut().pop(),
        };
        slot.map(|slot| Self { slot, is_main })
    }

    /// Returns its end, from which it grows down.
    pub(super) fn top(&self) -> *mut u8 {
        let (start, size) = self.slot;
        start.wrapping_add(size)
    }

    /// Returns its lowest address and its size.
    pub(super) fn range(&self) -> (usize, usize) {
        let (start, size) = self.slot;
        (start as usize + PAGE, size - PAGE)
    }
}

impl Drop for Stack {
    fn drop(&mut self) {
        match self.is_main {
            true => POOL.0.main.set(Some(self.slot)),
            false => POOL.0.others.borrow_mut().push(self.slot),
        }
    }
}
