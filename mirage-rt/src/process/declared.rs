//! What the graph declares, and a program with std may use.

use super::Parameter;
use crate::{
    device::StartError,
    graph::net::{OpenPort, PortDevice, TcpPort, UdpPort},
    net::{Network, TcpListener, UdpSocket},
    platform,
};
use alloc::{boxed::Box, vec::Vec};
use core::cell::RefCell;

/// What the graph declares.
pub(crate) struct Declared {
    pub(crate) networks: Vec<Network>,
    pub(crate) tcp: Vec<DeclaredPort<TcpListener>>,
    pub(crate) udp: Vec<DeclaredPort<UdpSocket>>,
    /// Whether `main` is the program's own, and not a task of the runtime.
    pub(crate) has_begun: bool,
    /// What `main` receives, until it begins.
    parameters: Option<Vec<Parameter>>,
}

/// A port that the program may bind.
pub(crate) struct DeclaredPort<S> {
    pub(crate) number: u16,
    /// The networks of the interfaces that have it.
    pub(crate) networks: Vec<Network>,
    /// Opens it on some of them.
    pub(crate) open: Box<OpenOn<S>>,
}

type OpenOn<S> = dyn Fn(&[Network]) -> Result<S, StartError>;

platform::thread_local! {
    static DECLARED: RefCell<Declared> = RefCell::new(Declared {
        networks: Vec::new(),
        tcp: Vec::new(),
        udp: Vec::new(),
        has_begun: false,
        parameters: None,
    });
}

/// Calls `f` with what is declared.
pub(crate) fn with<R>(f: impl FnOnce(&mut Declared) -> R) -> R {
    DECLARED.with(|declared| f(&mut declared.borrow_mut()))
}

/// Lets the program use a network.
pub fn attach(network: &Network) {
    with(|declared| declared.networks.push(network.clone()));
}

/// Lets the program bind a port.
#[allow(private_bounds, reason = "ports of this crate only")]
pub fn declare<P, const COUNT: usize>(port: PortDevice<P, COUNT>)
where
    P: DeclarePort + OpenPort + 'static,
{
    let port = DeclaredPort {
        number: port.number(),
        networks: port.networks().to_vec(),
        open: Box::new(move |networks| port.open(networks)),
    };
    with(|declared| P::declare(declared, port));
}

/// Stores what `main` receives.
pub(super) fn store(parameters: Vec<Parameter>) {
    with(|declared| {
        declared.has_begun = true;
        declared.parameters = Some(parameters);
    });
}

/// Returns what `main` receives, once.
///
/// # Panics
/// Panics if it is called twice: the program cannot call its entry.
pub fn parameters<const COUNT: usize>() -> [Parameter; COUNT] {
    let parameters = with(|declared| declared.parameters.take());
    let parameters = parameters.and_then(|parameters| parameters.try_into().ok());
    parameters.expect("the entry calls `main` once")
}

/// A port that can be declared.
pub(super) trait DeclarePort: OpenPort + Sized {
    fn declare(declared: &mut Declared, port: DeclaredPort<Self::Opened>);
}

impl DeclarePort for TcpPort {
    fn declare(declared: &mut Declared, port: DeclaredPort<TcpListener>) {
        declared.tcp.push(port);
    }
}

impl DeclarePort for UdpPort {
    fn declare(declared: &mut Declared, port: DeclaredPort<UdpSocket>) {
        declared.udp.push(port);
    }
}
