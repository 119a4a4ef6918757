//! The processor: everything that depends on the instruction set, in a directory per architecture.
//!
//! A directory provides these names to the targets of its architecture. A target uses some of them, and
//! the linker drops the rest.
//!
//! | name | is |
//! |---|---|
//! | `ARCH` | the architecture, for the table of targets |
//! | `memory_functions` | `memcpy` and the other functions that compiled code calls |
//! | `frame_pointer` | the frame pointer of the caller, where a backtrace begins |
//! | `random` | the processor's random generator |
//! | `time_stamp` | a counter of constant rate |
//! | `entry_on_main_stack!` | the first instructions of an image that starts as a function |
//! | `context`, `thread_pointer` | switching between threads of programs with std |
//! | `system_call` | a system call of Linux |
//! | `hypercall` | a call of the `hvt` tender |
//! | `paging`, `descriptors`, `exceptions` | page tables, stacks and handlers in supervisor mode |
//! | `interrupts`, `local_apic` | interrupts of devices and of the timer |
//! | `reset` | resets the processor |
//!
//! Some names exist on one architecture only: on x86_64 `Port`, `cpuid`, `hypervisor`, `kvm_clock` and
//! `entry_pvh!`.

#[cfg(mirage_target)]
pub(crate) mod layout;

#[cfg(target_arch = "x86_64")]
mod x86_64;

#[cfg(target_arch = "x86_64")]
pub(crate) use self::x86_64::*;
