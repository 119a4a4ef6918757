//! The first instructions: to a stack of our own.
//!
//! The tender enters in 64-bit mode as a function would be called, with the address of its boot
//! information in `rdi`, on a stack without a guard page, with SSE on. On `hvt` every address below the
//! end of the memory maps to itself; on `spt` the processor's state is that of a process of the host.

use super::notes::AbiNote;
use crate::{arch::entry_on_main_stack, platform};

#[used]
#[unsafe(link_section = ".note.solo5.abi")]
static ABI: AbiNote = AbiNote::new(platform::TARGET);

entry_on_main_stack!(platform::boot::start);
