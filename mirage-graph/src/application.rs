//! The plan of an application: its unikernels, the networks between them, and who connects to whom.
//!
//! `application!` creates an [`Application`] of what is written, and [`check`](check::check) reports its errors
//! and computes what each unikernel is part of: a [`Part`].

mod addresses;
pub mod check;
mod error;
mod identity;
mod links;
mod part;
mod paths;
mod report;
mod unique;

use crate::{
    address::InterfaceAddress,
    graph::{SpanId, Spanned},
    port::Protocol,
    restart::Restart,
};
use alloc::{string::String, vec::Vec};
use core::net::{Ipv4Addr, SocketAddrV4};

pub use error::PlanError;
pub use identity::identity;
pub use part::{Client, Opening, Part, PartInterface, PartLink};

/// Everything that is not a unikernel of the plan, as an end of a link.
pub const OUTSIDE: &str = "outside";

/// What is written in `application!`. What could not be read has been reported, and conflicts with nothing.
#[derive(Debug, Clone, Default)]
pub struct Application {
    /// Its name.
    pub name: String,
    /// The networks.
    pub networks: Vec<Network>,
    /// Whether networks may be missing because of an error.
    pub lacks_networks: bool,
    /// The unikernels.
    pub unikernels: Vec<Member>,
    /// Whether unikernels may be missing because of an error.
    pub lacks_unikernels: bool,
    /// The links.
    pub links: Vec<Link>,
    /// Whether links may be missing because of an error.
    pub lacks_links: bool,
    /// The key `acyclic`.
    pub acyclic: Option<SpanId>,
    /// What must never be linked.
    pub never: Vec<Never>,
}

/// A network of the plan.
#[derive(Debug, Clone)]
pub struct Network {
    /// The name.
    pub name: Spanned<String>,
    /// The addresses, as that of the network; `None` if they were reported.
    pub address: Option<Spanned<InterfaceAddress>>,
    /// The router to everything else.
    pub gateway: Option<Spanned<Ipv4Addr>>,
}

/// A unikernel of the plan.
#[derive(Debug, Clone)]
pub struct Member {
    /// The name.
    pub name: Spanned<String>,
    /// The interfaces.
    pub interfaces: Vec<Interface>,
    /// The ports.
    pub ports: Vec<Port>,
    /// The disks.
    pub disks: Vec<Spanned<String>>,
    /// When it is started again.
    pub restart: Restart,
    /// Whether interfaces or ports may be missing because of an error.
    pub is_incomplete: bool,
}

/// An interface of a unikernel: its address in a network.
#[derive(Debug, Clone)]
pub struct Interface {
    /// The network, after which it is named.
    pub network: Spanned<String>,
    /// The address.
    pub address: Address,
}

/// The address of a unikernel in a network.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Address {
    /// A literal.
    Literal(Spanned<Ipv4Addr>),
    /// It follows from the names.
    OfName,
    /// It has been reported.
    Unread,
}

/// A port of a unikernel.
#[derive(Debug, Clone)]
pub struct Port {
    /// The name.
    pub name: Spanned<String>,
    /// The protocol.
    pub protocol: Protocol,
    /// The number, unless it has been reported.
    pub number: Option<Spanned<u16>>,
}

/// `FROM -> TO as NAME`
#[derive(Debug, Clone)]
pub struct Link {
    /// Who opens connections.
    pub from: Spanned<End>,
    /// What they are opened to.
    pub to: Spanned<Target>,
    /// The name of the parameter that `FROM` receives for it.
    pub alias: Option<Spanned<String>>,
}

/// One end of a link.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum End {
    /// Everything that is not a unikernel of the plan.
    Outside,
    /// A unikernel.
    Unikernel(String),
}

impl End {
    /// The name, as it is written.
    pub fn name(&self) -> &str {
        match self {
            Self::Outside => OUTSIDE,
            Self::Unikernel(name) => name,
        }
    }
}

/// What connections are opened to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Target {
    /// `UNIKERNEL.PORT`
    Port {
        /// The unikernel.
        unikernel: Spanned<String>,
        /// The port.
        port: Spanned<String>,
    },
    /// `outside("192.0.2.7:443")`
    Address(Protocol, Spanned<SocketAddrV4>),
    /// `outside` without an address.
    Nowhere,
    /// It has been reported.
    Unread,
}

/// `FROM -> TO`, a link that must not be, or `FROM ->> TO`, a path.
#[derive(Debug, Clone)]
pub struct Never {
    /// Where it begins.
    pub from: Spanned<End>,
    /// Where it ends.
    pub to: Spanned<End>,
    /// Whether it is about paths of several links, too.
    pub by_path: bool,
    /// The rule as a whole.
    pub span: SpanId,
}

impl Member {
    /// The names of its networks.
    fn networks(&self) -> Vec<String> {
        let interfaces = self.interfaces.iter();
        interfaces
            .map(|interface| interface.network.value.clone())
            .collect()
    }
}
