//! Programs with std: how they begin, and what they may use.
//!
//! A program with std has its own `main`, which the standard library calls, in an image on a thread of its own.
//! Before it begins, the devices of the graph are started. Ports are declared but not opened: the program
//! [binds](std::net::TcpListener::bind) them, or receives them as parameters of `main`.

#[cfg(mirage_target)]
mod declared;
#[cfg(mirage_target)]
mod drain;
#[cfg(mirage_target)]
mod exit;
mod files;
#[cfg(mirage_target)]
mod image;

use crate::{
    console::Console,
    graph::net::{ServicePort, TcpPort, UdpPort},
    platform,
    random::Random,
    time::Clock,
};
use alloc::boxed::Box;
use core::{any::Any, ffi::CStr, fmt::Write, net::Ipv4Addr};
use mirage_graph::{port::Protocol, thread};

#[cfg(mirage_target)]
use self::declared as target;
#[cfg(not(mirage_target))]
use crate::unix::program as target;

#[cfg(mirage_target)]
pub(crate) use self::declared::{Declared, DeclaredPort, with as with_declared};
#[cfg(mirage_target)]
pub(crate) use self::exit::exit;
pub use self::files::{NO_FILES, TreeNode, mount};
#[cfg(mirage_target)]
pub use self::image::{boot, run};
pub use target::{attach, declare, parameters};
#[cfg(not(mirage_target))]
pub use target::{run, start};

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

/// A value for a parameter of `main`, which the devices provide.
#[derive(Debug)]
pub struct Parameter(Box<dyn Any + Send>);

impl Parameter {
    /// Provides a value.
    pub fn new<P: Provided>(value: P) -> Self {
        Self(Box::new(value))
    }

    /// Receives the value.
    ///
    /// # Panics
    /// Panics if it has another type.
    pub fn receive<P: 'static>(self) -> P {
        *self.0.downcast().expect("a parameter has one type")
    }
}

/// What the devices can provide: on the host they run on a thread of their own.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be a parameter of `main` in a program with std",
    label = "it cannot be sent from the thread of the devices",
    note = "a device for a program with std provides a type that implements `Send`"
)]
pub trait Provided: Send + 'static {}

#[diagnostic::do_not_recommend]
impl<P: Send + 'static> Provided for P {}

/// Returns the console.
pub fn console() -> Console {
    Console
}

/// Returns the clock.
pub fn clock() -> Clock {
    Clock
}

/// Returns a random generator, or ends the process if the machine has no source of entropy.
pub fn random() -> Random {
    provided("random", platform::random())
}

/// A socket that `main` receives for a port of the graph.
#[diagnostic::on_unimplemented(
    message = "a `{Port}` is no `{Self}` in a program with std",
    label = "expected `std::net::TcpListener` for a TCP port, or `std::net::UdpSocket` for a UDP port"
)]
pub trait FromPort<Port>: Sized {
    /// Binds the port.
    fn bind(name: &str, port: &Port) -> Self;
}

impl FromPort<TcpPort> for std::net::TcpListener {
    fn bind(name: &str, port: &TcpPort) -> Self {
        bind_tcp(name, port.port)
    }
}

impl FromPort<ServicePort> for std::net::TcpListener {
    fn bind(name: &str, port: &ServicePort) -> Self {
        bind_tcp(name, port.port)
    }
}

impl FromPort<UdpPort> for std::net::UdpSocket {
    fn bind(name: &str, port: &UdpPort) -> Self {
        bind_udp(name, port.port)
    }
}

impl FromPort<ServicePort> for std::net::UdpSocket {
    fn bind(name: &str, port: &ServicePort) -> Self {
        bind_udp(name, port.port)
    }
}

fn bind_tcp(name: &str, port: u16) -> std::net::TcpListener {
    let address = (Ipv4Addr::UNSPECIFIED, port);
    provided(name, std::net::TcpListener::bind(address))
}

fn bind_udp(name: &str, port: u16) -> std::net::UdpSocket {
    let address = (Ipv4Addr::UNSPECIFIED, port);
    provided(name, std::net::UdpSocket::bind(address))
}

/// Returns what the node `name` provides, or ends the process with status 1 and the reason.
fn provided<T>(name: &str, result: Result<T, impl core::fmt::Display>) -> T {
    result.unwrap_or_else(|error| {
        std::eprintln!("error: `{name}` did not start: {error}");
        std::process::exit(1)
    })
}

/// Reports on the console that a program binds a port that the graph does not declare.
pub(crate) fn report_undeclared(protocol: Protocol, number: u16) {
    let key = protocol.name();
    let _ = writeln!(
        Console,
        "error: {key} port {number} cannot be bound: it is not declared, such as by `{key}(name = {number})`"
    );
}

/// Reports that a port cannot be bound because `main` is a task of the runtime, which opens the ports itself.
#[cfg(mirage_target)]
pub(crate) fn report_held(protocol: Protocol, number: u16) {
    let _ = writeln!(
        Console,
        "error: {} port {number} cannot be bound: the runtime opens the ports of this `main`, which is its own task; \
         write `#[tokio::main]` below the attribute, or take the port as a parameter",
        protocol.name()
    );
}
