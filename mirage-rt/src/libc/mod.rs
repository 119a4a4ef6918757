//! The C library that Rust's standard library asks for, on the runtime's own calls.
//!
//! The functions have the names, types and meanings of POSIX and of Linux on x86_64, where the standard library
//! is compiled for. Each file states what it leaves out. A function that is not here cannot be linked, which
//! `cargo mirage` explains.
//!
//! | file | functions |
//! |---|---|
//! | `child.rs` | child processes, of which there are none |
//! | `clock.rs` | clocks and sleeping |
//! | `control.rs` | flags of descriptors |
//! | `description.rs` | what a descriptor refers to |
//! | `descriptors.rs` | the table of file descriptors |
//! | `environment.rs` | environment variables |
//! | `epoll.rs`, `poll.rs` | waiting for several descriptors |
//! | `errno.rs` | error numbers |
//! | `eventfd.rs` | event counters |
//! | `files.rs` | descriptors of files; the functions are in the runtime's `files.rs` |
//! | `futex.rs` | futexes, on which `std::sync` is built |
//! | `heap.rs` | `malloc` and `mmap` |
//! | `math.rs` | `libm` |
//! | `names.rs` | names of hosts |
//! | `pair.rs` | pipes and pairs of sockets |
//! | `process.rs`, `start.rs` | the process, its end and its start |
//! | `pthread.rs` | threads, and their keys, attributes and mutexes |
//! | `random.rs` | random bytes |
//! | `resource.rs` | resource limits |
//! | `signal.rs` | signals |
//! | `socket.rs` | TCP and UDP |
//! | `strings.rs` | searching in memory |
//! | `system.rs` | what the system says of itself |
//! | `system_call.rs` | the function `syscall` |
//! | `unwind.rs` | symbols of the unwinder, which is never called |
//! | `users.rs` | users, of which there is one |
//! | `vectored.rs` | `readv` and `writev` |
//!
//! Functions that Rust declares as variadic have the fixed parameters that they use: by the System V ABI, they
//! are passed alike.

mod child;
mod clock;
mod console;
mod control;
mod description;
mod descriptors;
pub(crate) mod environment;
mod epoll;
mod errno;
mod eventfd;
pub(crate) mod files;
mod futex;
mod heap;
mod math;
mod names;
mod pair;
mod poll;
pub(crate) mod process;
mod pthread;
mod random;
mod resource;
mod signal;
mod socket;
pub(crate) mod start;
mod strings;
mod system;
mod system_call;
mod unwind;
mod users;
mod vectored;
mod wait_queue;

use errno::{Errno, fail};
pub(crate) use random::getrandom;
