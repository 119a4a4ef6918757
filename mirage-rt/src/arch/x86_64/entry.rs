//! The first instructions of an image that is started in 64-bit mode, as a function would be called.

/// Defines the image's entry `_start`, which calls `$start` on the main stack with the argument that
/// the image was started with: `entry_on_main_stack!(start)`, where `start` is an
/// `extern "C" fn(u64) -> !`.
macro_rules! entry_on_main_stack {
    ($start:path) => {
        ::core::arch::global_asm!(
            ".section .text.entry, \"ax\", @progbits",
            ".global _start",
            "_start:",
            "lea rsp, [rip + __main_stack_top]",
            "xor ebp, ebp", // the end of every backtrace
            "call {START}",
            "ud2",
            ".text",
            START = sym $start,
        );
    };
}

pub(crate) use entry_on_main_stack;
