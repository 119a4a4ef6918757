//! What statics hold on a machine of which one core is used.

/// A value that only the one core touches, never an interrupt handler.
pub(crate) struct OneCore<T>(pub(crate) T);

// SAFETY: there is one core, and handlers only set flags: nothing else can touch the value.
unsafe impl<T> Send for OneCore<T> {}
// SAFETY: as above.
unsafe impl<T> Sync for OneCore<T> {}
