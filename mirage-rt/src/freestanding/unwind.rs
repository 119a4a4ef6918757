//! Symbols of the unwinder, which the precompiled libraries refer to although panics abort.

/// Referred to by the precompiled `core`, never called. The standard library has its own.
#[cfg(not(feature = "std"))]
#[unsafe(no_mangle)]
extern "C" fn rust_eh_personality() {}

/// Referred to by the precompiled `alloc`, never called.
#[unsafe(no_mangle)]
extern "C" fn _Unwind_Resume() -> ! {
    unreachable!("a panic aborts")
}
