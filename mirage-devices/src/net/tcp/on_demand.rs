//! Values that are allocated when they are needed.

use alloc::{boxed::Box, vec::Vec};

/// A value on the heap that most connections do without. It takes the space of a pointer.
#[derive(Debug)]
pub struct OnDemand<T>(Option<Allocated<T>>);

/// A value on the heap.
pub type Allocated<T> = Box<[T; 1]>;

/// Moves a value to the heap; `None` if memory for it is exhausted.
#[cold]
#[inline(never)]
pub fn allocate<T>(value: T) -> Option<Allocated<T>> {
    let mut values = Vec::new();
    values.try_reserve_exact(1).ok()?;
    values.push(value);
    values.into_boxed_slice().try_into().ok()
}

impl<T> OnDemand<T> {
    /// No value.
    pub const NONE: Self = Self(None);

    /// Returns whether there is a value.
    #[inline]
    pub const fn is_some(&self) -> bool {
        self.0.is_some()
    }

    /// Returns the value.
    #[inline]
    pub fn get(&self) -> Option<&T> {
        self.0.as_ref().map(|value| &value[0])
    }

    /// Returns the value.
    #[inline]
    pub fn get_mut(&mut self) -> Option<&mut T> {
        self.0.as_mut().map(|value| &mut value[0])
    }

    /// Returns the value, which is `make`'s if there was none; `None` if memory for it is exhausted.
    pub fn get_or_insert_with(&mut self, make: impl FnOnce() -> T) -> Option<&mut T> {
        if self.0.is_none() {
            self.0 = allocate(make());
        }
        self.get_mut()
    }

    /// Frees the value.
    pub fn clear(&mut self) {
        self.0 = None;
    }
}
