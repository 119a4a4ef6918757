//! The runtime of unikernels, which their programs depend on.
//!
//! ```no_run
//! # #![no_std]
//! #![cfg_attr(not(test), no_main)]
//! use mirage_rt::{
//!     io::Write,
//!     net::{Error, TcpListener},
//!     unikernel,
//! };
//!
//! #[unikernel(net = "virtio", ip = "10.0.0.2", tcp(http = 80))]
//! async fn main(http: TcpListener) -> Result<(), Error> {
//!     loop {
//!         let (mut connection, _) = http.accept().await?;
//!         mirage_rt::spawn(async move {
//!             let _ = connection.write_all(b"hello\n").await;
//!         });
//!     }
//! }
//! ```
//!
//! [`unikernel`] describes the attribute. The modules contain what `main` receives and uses. The
//! expansion of the attribute uses [`graph`].
//!
//! The default target is `unix`, a process of the host. `cargo mirage build` builds images.
//! The code of each target is in a directory of its own, and only `platform.rs` selects it.
#![no_std]

extern crate alloc;
#[cfg(any(not(mirage_target), feature = "std"))]
extern crate std;

mod application;
pub mod arguments;
pub mod block;
pub mod console;
pub mod device;
mod entry;
mod executor;
pub mod graph;
pub mod io;
mod join;
mod logger;
mod name;
pub mod net;
mod platform;
pub mod random;
mod readiness;
mod select;
mod shutdown;
pub mod sync;
pub mod task;
mod termination;
pub mod time;
mod try_join;

#[cfg(any(mirage_target, test))]
#[allow(
    dead_code,
    unused_imports,
    unused_macros,
    reason = "each target uses a part of it"
)]
mod arch;
#[cfg(all(feature = "std", any(mirage_target, target_env = "gnu")))]
mod files;
#[cfg(any(mirage_target, test))]
mod freestanding;
#[cfg(mirage_target)]
mod getrandom;
#[cfg(any(mirage_target = "hvt", test))]
mod hvt;
#[cfg(all(mirage_target, feature = "std"))]
mod libc;
#[cfg(feature = "std")]
#[doc(hidden)]
pub mod process;
#[cfg(any(mirage_target = "hvt", mirage_target = "spt", test))]
mod solo5;
#[cfg(any(mirage_target = "spt", test))]
mod spt;
#[cfg(mirage_target = "template")]
mod template;
#[cfg(all(mirage_target, feature = "std"))]
mod thread;
#[cfg(not(mirage_target))]
mod unix;
#[cfg(any(mirage_target = "virtio", test))]
mod virtio;

#[doc(hidden)]
pub use entry::{
    boot as __boot, boot_with_arguments as __boot_with_arguments, start as __start,
    start_with_arguments as __start_with_arguments,
};
#[doc(hidden)]
#[cfg(any(mirage_target = "hvt", mirage_target = "spt"))]
pub use solo5::notes as __solo5;

pub use application::Plan;
pub use executor::{spawn, try_spawn, yield_now};
#[doc(hidden)]
#[cfg(mirage_target)]
pub use freestanding::no_main;
#[doc(hidden)]
#[cfg(mirage_target)]
pub use freestanding::stack as __stack;
#[doc(hidden)]
pub use futures_util::future::{maybe_done as __maybe_done, try_maybe_done as __try_maybe_done};
/// The macros by which messages are logged, those of `log`.
pub use log;
#[doc(hidden)]
pub use mirage_macros::__planned;
pub use mirage_macros::{Args, application, unikernel};
pub use name::name;
#[doc(hidden)]
pub use select::__branch;
pub use shutdown::{SHUTDOWN_LIMIT, shutdown};
pub use termination::Termination;
#[doc(hidden)]
#[cfg(all(mirage_target, feature = "std"))]
pub use thread::{Stacks as __Stacks, slots as __slots};
#[doc(hidden)]
#[cfg(not(mirage_target))]
pub use unix::no_main;
#[cfg(not(mirage_target))]
pub use unix::test;
