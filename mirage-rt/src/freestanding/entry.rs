//! The entry of the unikernel, for the boot code of a target.

unsafe extern "Rust" {
    /// Defined by the image's `entry!`.
    fn __mirage_unikernel() -> !;
}

/// Runs the unikernel, once the machine is set up.
pub(crate) fn unikernel() -> ! {
    // SAFETY: defined by `entry!` with this signature; the only one of its name in an image.
    unsafe { __mirage_unikernel() }
}

/// Defines the unikernel, which evaluates `$start`, its stack and the notes of its image.
#[doc(hidden)]
#[macro_export]
macro_rules! __entry {
    ($image:path, $start:expr) => {
        const _: () = {
            $crate::__notes!($image);
            // A section `.bss.…` takes no space in the image.
            #[cfg(not(test))]
            #[used]
            #[unsafe(link_section = ".bss.stack")]
            static STACK: $crate::__stack::Stack<{ $crate::__stack::pages($image.stack) }> =
                $crate::__stack::Stack::new();
            #[cfg_attr(not(test), unsafe(no_mangle))]
            extern "Rust" fn __mirage_unikernel() -> ! {
                $start
            }
            // A use: in tests it is not exported, and would be dead code.
            const _: fn() -> ! = __mirage_unikernel;
        };
    };
}
