//! The memory of a queue of two descriptors, by loom's atomics. An access is relaxed, as a volatile one
//! is: fences alone order them.

use super::DeviceError;
use loom::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};
use std::{cell::RefCell, collections::BTreeMap};

pub use loom::sync::atomic::fence;

pub const PAGE: usize = 4096;

/// The offsets of integers: two descriptors, the avail ring and the used ring.
const OFFSETS: [usize; 18] = [
    0, 8, 12, 14, 16, 24, 28, 30, 32, 34, 36, 38, 4096, 4098, 4100, 4104, 4108, 4112,
];

thread_local! {
    /// The memory that was allocated last, for the device.
    static LAST: RefCell<Option<DmaMemory>> = const { RefCell::new(None) };
}

/// Clones are the same memory.
#[derive(Clone)]
pub struct DmaMemory(Arc<BTreeMap<usize, AtomicU64>>);

/// An integer of up to 64 bits.
pub trait Word: TryFrom<u64> + Into<u64> {}

impl<T: TryFrom<u64> + Into<u64>> Word for T {}

impl DmaMemory {
    pub fn new(_length: usize) -> Result<Self, DeviceError> {
        let integers = OFFSETS.map(|offset| (offset, AtomicU64::new(0)));
        let memory = Self(Arc::new(integers.into()));
        LAST.set(Some(memory.clone()));
        Ok(memory)
    }

    /// The memory that was allocated last.
    pub fn last() -> Self {
        LAST.take().expect("memory was allocated")
    }

    pub fn address(&self) -> u64 {
        0
    }

    pub fn read<T: Word>(&self, offset: usize) -> T {
        let value = self.0[&offset].load(Ordering::Relaxed);
        T::try_from(value).unwrap_or_else(|_| unreachable!("it was written as a `T`"))
    }

    pub fn write<T: Word>(&self, offset: usize, value: T) {
        self.0[&offset].store(value.into(), Ordering::Relaxed);
    }

    pub fn leak(&mut self) {}
}
