//! What follows from a plan for a unikernel: its application, its links, and the rules about its peers.

use mirage_graph::{
    graph::{self, SpanId},
    membership,
    port::Protocol,
};
use proc_macro2::Ident;
use std::{collections::BTreeMap, net::Ipv4Addr};

/// The rules, beside the links and the ports of the graph. By default, everyone may use the ports.
#[derive(Default)]
pub(crate) struct Guard {
    /// Who may use each port, by its name; everyone if it is not listed.
    pub(crate) clients: BTreeMap<String, Vec<Client>>,
    /// The addresses of the other unikernels of the application.
    pub(crate) members: Vec<Ipv4Addr>,
    /// Ports of everyone, to which it connects beside its links.
    pub(crate) peers: Vec<Peer>,
    /// Whether it connects to nobody else.
    pub(crate) is_closed: bool,
}

/// A port of everyone.
#[derive(Clone, Copy)]
pub(crate) struct Peer {
    pub(crate) protocol: Protocol,
    pub(crate) port: u16,
}

/// A peer of a port.
#[derive(Clone, Copy)]
pub(crate) enum Client {
    /// Everyone who is not a unikernel of the application.
    Outside,
    /// One unikernel.
    Host(Ipv4Addr),
}

/// What a unikernel is part of.
pub(crate) struct Membership {
    pub(crate) stated: membership::Membership,
    /// Its name in the plan.
    pub(crate) unikernel: String,
    /// The path in the attribute.
    pub(crate) path: SpanId,
}

/// A link to another unikernel, or to the outside.
pub(crate) struct Remote {
    /// The node's name.
    pub(crate) name: Ident,
    pub(crate) remote: graph::Remote,
    /// The interface by which it leads, by position; that with a route if absent.
    pub(crate) interface: Option<usize>,
}

/// To whom connections are opened, beside what `connect` lists.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Outgoing {
    Any,
    None,
}
