//! Statics and wake-ups on a machine of which one core is used.

use core::cell::OnceCell;

/// A value that only the one core touches, never an interrupt handler.
pub(crate) struct OneCore<T>(pub(crate) T);

// SAFETY: there is one core, and handlers only set flags: nothing else can touch the value.
unsafe impl<T> Send for OneCore<T> {}
// SAFETY: as above.
unsafe impl<T> Sync for OneCore<T> {}

/// A constant that `thread_local!` defines, so that the compiler knows `initialise`.
pub(crate) struct LocalKey<T: 'static> {
    value: &'static OneCore<OnceCell<T>>,
    initialise: fn() -> T,
}

impl<T> LocalKey<T> {
    /// Returns a key whose first use calls `initialise`.
    pub(crate) const fn new(value: &'static OneCore<OnceCell<T>>, initialise: fn() -> T) -> Self {
        Self { value, initialise }
    }

    /// Calls `f` with the value.
    pub(crate) fn with<R>(&self, f: impl FnOnce(&T) -> R) -> R {
        f(self.value.0.get_or_init(self.initialise))
    }
}

/// Defines what `std::thread_local!` does. The one core is the only thread.
macro_rules! local_key {
    ($(#[$attribute:meta])* static $name:ident: $type:ty = $value:expr;) => {
        $(#[$attribute])*
        const $name: $crate::freestanding::one_core::LocalKey<$type> = {
            static VALUE: $crate::freestanding::one_core::OneCore<::core::cell::OnceCell<$type>> =
                $crate::freestanding::one_core::OneCore(::core::cell::OnceCell::new());
            $crate::freestanding::one_core::LocalKey::new(&VALUE, || $value)
        };
    };
}

// The built-in attribute `thread_local` would make a macro of this name ambiguous here.
pub(crate) use local_key as thread_local;

/// Would wake the executor from another core, of which there is none: it does nothing.
pub(crate) struct Unparker;

impl Unparker {
    pub(crate) fn new() -> Self {
        Self
    }

    pub(crate) fn unpark(&self) {}
}
