//! Programs with std: how they begin, and what they may use.
//!
//! A program with std has its own `main`, which the standard library calls, in an image on a thread of its own.
//! Before it begins, the devices of the graph are started. Ports are declared but not opened: the program
//! [binds](std::net::TcpListener::bind) them, or receives them as parameters of `main`.

mod declared;
#[cfg(mirage_target)]
mod drain;
#[cfg(mirage_target)]
mod exit;
mod files;
#[cfg(mirage_target)]
mod image;
#[cfg(not(mirage_target))]
mod unix;

use self::declared::DeclarePort;
use crate::{
    graph::net::{OpenPort, PortDevice},
    net::Network,
};
use alloc::boxed::Box;
use core::{any::Any, ffi::CStr, net::Ipv4Addr};
use mirage_graph::thread;

#[cfg(mirage_target)]
pub(crate) use self::declared::{DeclaredPort, with as with_declared};
#[cfg(mirage_target)]
pub(crate) use self::exit::exit_machine;
pub use self::files::{NO_FILES, TreeNode, mount};
#[cfg(mirage_target)]
pub use self::image::{boot, run};
#[cfg(not(mirage_target))]
pub use self::unix::{run, start, start_with_arguments};

/// How many times as large the default stacks are: frames are larger without optimisation.
const FACTOR: u64 = if cfg!(debug_assertions) {
    thread::UNOPTIMISED
} else {
    1
};

/// The default stack of the main thread, in bytes.
pub const DEFAULT_MAIN_STACK: u64 = thread::DEFAULT_MAIN_STACK * FACTOR;

/// The default stack of any other thread, in bytes.
pub const DEFAULT_STACK: u64 = thread::DEFAULT_STACK * FACTOR;

/// The threads and the environment of a program with std.
#[derive(Debug)]
pub struct Process {
    /// The stack of the main thread, in bytes.
    pub main_stack: u64,
    /// The maximum number of other threads.
    pub threads: u16,
    /// The stack of each of them, in bytes.
    pub stack: u64,
    /// The environment variables, texts `NAME=VALUE`.
    pub environment: &'static [&'static CStr],
}

/// Returns the memory of `count` stacks, in bytes.
pub const fn stacks(stack: u64, count: u16) -> u64 {
    thread::memory(stack, count)
}

/// Lets the program use a network.
pub fn attach(network: &Network) {
    declared::with(|declared| declared.networks.push(network.clone()));
}

/// Lets the program bind a port.
#[allow(private_bounds, reason = "ports of this crate only")]
pub fn declare<P, const COUNT: usize>(port: PortDevice<P, COUNT>)
where
    P: DeclarePort + OpenPort + 'static,
{
    let number = port.number();
    declared::with(|declared| P::declare(declared, number, Box::new(move || port.open())));
}

/// Stores what `main` receives.
pub(crate) fn store(devices: Box<dyn Any>) {
    declared::with(|declared| declared.devices = Some(devices));
}

/// Returns what `main` receives, once.
///
/// # Panics
/// Panics if it is called twice: `main` cannot be called by the program.
pub fn devices<D: 'static>() -> D {
    let devices = declared::with(|declared| declared.devices.take());
    let devices = devices.and_then(|devices| devices.downcast().ok());
    *devices.expect("the entry calls `main` once")
}

/// A socket that `main` receives.
#[diagnostic::on_unimplemented(
    message = "a port is no `{Self}` in a program with std",
    label = "expected `std::net::TcpListener` or `std::net::UdpSocket`"
)]
pub trait FromPort: Sized {
    /// Binds the port.
    fn bind(name: &str, port: u16) -> Self;
}

impl FromPort for std::net::TcpListener {
    fn bind(name: &str, port: u16) -> Self {
        opened(name, Self::bind((Ipv4Addr::UNSPECIFIED, port)))
    }
}

impl FromPort for std::net::UdpSocket {
    fn bind(name: &str, port: u16) -> Self {
        opened(name, Self::bind((Ipv4Addr::UNSPECIFIED, port)))
    }
}

/// Returns a socket, or ends the process with status 1 and the reason.
fn opened<S>(name: &str, socket: std::io::Result<S>) -> S {
    socket.unwrap_or_else(|error| {
        std::eprintln!("error: `{name}` did not start: {error}");
        std::process::exit(1)
    })
}
