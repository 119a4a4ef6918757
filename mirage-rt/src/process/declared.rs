//! What the graph declares, and a program with std may use.

use crate::{
    device::StartError,
    graph::net::{OpenPort, TcpPort, UdpPort},
    net::{Network, TcpListener, UdpSocket},
    platform,
};
use alloc::{boxed::Box, vec::Vec};
use core::{any::Any, cell::RefCell};

/// What the graph declares.
pub(crate) struct Declared {
    pub(crate) networks: Vec<Network>,
    pub(crate) tcp: Vec<DeclaredPort<TcpListener>>,
    pub(crate) udp: Vec<DeclaredPort<UdpSocket>>,
    /// What `main` receives, until it begins.
    pub(super) devices: Option<Box<dyn Any>>,
}

/// A port that the program may bind.
pub(crate) struct DeclaredPort<S> {
    pub(crate) number: u16,
    pub(crate) open: Open<S>,
}

type Open<S> = Box<dyn Fn() -> Result<S, StartError>>;

platform::thread_local! {
    static DECLARED: RefCell<Declared> = RefCell::new(Declared {
        networks: Vec::new(),
        tcp: Vec::new(),
        udp: Vec::new(),
        devices: None,
    });
}

/// Calls `f` with what is declared.
pub(crate) fn with<R>(f: impl FnOnce(&mut Declared) -> R) -> R {
    DECLARED.with(|declared| f(&mut declared.borrow_mut()))
}

/// A port that can be declared.
pub(super) trait DeclarePort: OpenPort + Sized {
    fn declare(declared: &mut Declared, number: u16, open: Open<Self::Opened>);
}

impl DeclarePort for TcpPort {
    fn declare(declared: &mut Declared, number: u16, open: Open<TcpListener>) {
        declared.tcp.push(DeclaredPort { number, open });
    }
}

impl DeclarePort for UdpPort {
    fn declare(declared: &mut Declared, number: u16, open: Open<UdpSocket>) {
        declared.udp.push(DeclaredPort { number, open });
    }
}
