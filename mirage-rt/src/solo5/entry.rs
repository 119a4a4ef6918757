//! The first instructions: to a stack of our own.
//!
//! The tender enters in 64-bit mode as a function would be called, with the address of its boot
//! information in `rdi`, on a stack without a guard page, with SSE on. On `hvt` every address below the
//! end of the memory maps to itself; on `spt` the processor's state is that of a process of the host.

use crate::{arch::entry_on_main_stack, platform};
use mirage_solo5::{Abi, note::AbiNote};

#[used]
#[unsafe(link_section = ".note.solo5.abi")]
static ABI: AbiNote = AbiNote::new(Abi::for_target(platform::TARGET).expect("a target of Solo5"));

entry_on_main_stack!(platform::boot::start);
