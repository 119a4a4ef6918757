//! Symbols of the unwinder, which the precompiled libraries name though a panic aborts.

/// Named by the precompiled `core`; never called.
#[unsafe(no_mangle)]
extern "C" fn rust_eh_personality() {}

/// Named by the precompiled `alloc`; never called.
#[unsafe(no_mangle)]
extern "C" fn _Unwind_Resume() -> ! {
    unreachable!("a panic aborts")
}
