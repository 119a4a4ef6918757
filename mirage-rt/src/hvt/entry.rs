//! The first instructions: to a stack of our own.
//!
//! The tender enters in 64-bit mode as a function would be called, with the address of its boot
//! information in `rdi`, on a stack without a guard page; SSE is on, and every address below the end of
//! the memory maps to itself.

use crate::solo5::notes::AbiNote;
use core::arch::global_asm;

/// `hvt`, in the note.
#[used]
#[unsafe(link_section = ".note.solo5.abi")]
static ABI: AbiNote = AbiNote::new(1);

global_asm!(
    ".section .text.entry, \"ax\", @progbits",
    ".global _start",
    "_start:",
    "lea rsp, [rip + __main_stack_top]",
    "xor ebp, ebp", // the end of every backtrace
    "call {START}",
    "ud2",
    ".text",
    START = sym super::boot::start,
);
