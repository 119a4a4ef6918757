//! Definitions of functions that take the place of the C library's.

use core::{
    ffi::{CStr, c_void},
    ptr,
    sync::atomic::{
        AtomicBool, AtomicPtr,
        Ordering::{Acquire, Relaxed, Release},
    },
};

/// Whether paths denote what is mounted.
static IS_CONFINED: AtomicBool = AtomicBool::new(false);

/// From now on, paths denote what is mounted, or the host's files.
pub(super) fn set_confined(is_confined: bool) {
    IS_CONFINED.store(is_confined, Release);
}

/// Returns whether paths denote what is mounted.
pub(in crate::unix::program) fn is_confined() -> bool {
    IS_CONFINED.load(Acquire)
}

/// A function of the C library that is no system call.
pub(in crate::unix::program) struct OfLibrary {
    name: &'static CStr,
    address: AtomicPtr<c_void>,
}

impl OfLibrary {
    pub(in crate::unix::program) const fn new(name: &'static CStr) -> Self {
        Self {
            name,
            address: AtomicPtr::new(ptr::null_mut()),
        }
    }

    /// Returns the address of the function that comes after the executable's; `None` if there is none.
    pub(in crate::unix::program) fn address(&self) -> Option<*mut c_void> {
        let mut address = self.address.load(Relaxed);
        if address.is_null() {
            // SAFETY: the name is a string.
            address = unsafe { libc::dlsym(libc::RTLD_NEXT, self.name.as_ptr()) };
            self.address.store(address, Relaxed);
        }
        (!address.is_null()).then_some(address)
    }
}

/// Calls the C library's function of this name and type; returns `$missing` if there is none.
macro_rules! call_library {
    ($name:ident($($argument:ident: $type:ty),*) -> $returned:ty, $missing:expr) => {{
        static FUNCTION: $crate::unix::program::files::functions::OfLibrary =
            $crate::unix::program::files::functions::OfLibrary::new(
                match ::core::ffi::CStr::from_bytes_with_nul(
                    concat!(stringify!($name), "\0").as_bytes(),
                ) {
                    Ok(name) => name,
                    Err(_) => c"",
                },
            );
        match FUNCTION.address() {
            None => $missing,
            Some(address) => {
                // SAFETY: the function of this name has this type.
                let function = unsafe {
                    ::core::mem::transmute::<
                        *mut ::core::ffi::c_void,
                        unsafe extern "C" fn($($type),*) -> $returned,
                    >(address)
                };
                // SAFETY: as the caller states.
                unsafe { function($($argument),*) }
            }
        }
    }};
}

/// Defines functions that are ours once the program has begun, and system calls before: the name and the type of
/// each, what it is, and the system call.
macro_rules! path_functions {
    ($(
        fn $name:ident($($argument:ident: $type:ty),*) -> $returned:ty
            = $ours:expr, $number:ident($($host:expr),*);
    )*) => { $(
        /// # Safety
        /// As that of the C library.
        #[unsafe(no_mangle)]
        unsafe extern "C" fn $name($($argument: $type),*) -> $returned {
            if $crate::unix::program::files::functions::is_confined() {
                #[allow(unused_unsafe, reason = "some are safe")]
                // SAFETY: as the caller states.
                return $crate::unix::program::files::locked(|| unsafe { $ours });
            }
            // SAFETY: as the caller states.
            unsafe { libc::syscall(libc::$number, $($host),*) as $returned }
        }
    )* };
}

/// Defines functions that are ours if their first parameter is the descriptor of a mounted file, and otherwise system
/// calls.
macro_rules! descriptor_functions {
    ($(
        fn $name:ident($descriptor:ident: c_int $(, $argument:ident: $type:ty)*) -> $returned:ty
            = $ours:expr, $number:ident($($host:expr),*);
    )*) => { $(
        /// # Safety
        /// As that of the C library.
        #[unsafe(no_mangle)]
        unsafe extern "C" fn $name($descriptor: c_int $(, $argument: $type)*) -> $returned {
            if $crate::unix::program::files::table::is_mounted($descriptor) {
                #[allow(unused_unsafe, reason = "some are safe")]
                // SAFETY: as the caller states.
                return $crate::unix::program::files::locked(|| unsafe { $ours });
            }
            // SAFETY: as the caller states.
            unsafe { libc::syscall(libc::$number, $($host),*) as $returned }
        }
    )* };
}

/// Defines functions that are ours once the program has begun, and those of the C library before. The last is what is
/// returned if the library has none.
macro_rules! library_functions {
    ($(
        fn $name:ident($($argument:ident: $type:ty),*) -> $returned:ty = $ours:expr, $missing:expr;
    )*) => { $(
        /// # Safety
        /// As that of the C library.
        #[unsafe(no_mangle)]
        unsafe extern "C" fn $name($($argument: $type),*) -> $returned {
            if $crate::unix::program::files::functions::is_confined() {
                #[allow(unused_unsafe, reason = "some are safe")]
                // SAFETY: as the caller states.
                return $crate::unix::program::files::locked(|| unsafe { $ours });
            }
            $crate::unix::program::files::functions::call_library!(
                $name($($argument: $type),*) -> $returned,
                $missing
            )
        }
    )* };
}

pub(in crate::unix::program) use call_library;
pub(super) use {descriptor_functions, library_functions, path_functions};
