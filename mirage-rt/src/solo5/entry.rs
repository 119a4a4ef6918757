//! The first instructions: to a stack of our own.
//!
//! The tender enters in 64-bit mode as a function would be called, with the address of its boot
//! information in `rdi`, on a stack without a guard page, with SSE on. On `hvt` every address below the
//! end of the memory maps to itself; on `spt` the processor's state is that of a process of the host.

use super::notes::AbiNote;
use crate::platform;
use core::arch::global_asm;

#[used]
#[unsafe(link_section = ".note.solo5.abi")]
static ABI: AbiNote = AbiNote::new(platform::TARGET);

global_asm!(
    ".section .text.entry, \"ax\", @progbits",
    ".global _start",
    "_start:",
    "lea rsp, [rip + __main_stack_top]",
    "xor ebp, ebp", // the end of every backtrace
    "call {START}",
    "ud2",
    ".text",
    START = sym platform::boot::start,
);
