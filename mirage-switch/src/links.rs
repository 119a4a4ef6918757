//! The links of the plan in one network.

use mirage_graph::port::Protocol;
use std::{collections::HashSet, net::Ipv4Addr};

/// Who opens connections along a link.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Client {
    /// A unikernel, by its position among those that are attached.
    Unikernel(usize),
    /// Everyone who is not a unikernel.
    Outside,
}

/// What they are opened to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Server {
    /// A unikernel, by its position among those that are attached.
    Unikernel(usize),
    /// An address outside of the application.
    Address(Ipv4Addr),
}

/// A link.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Link {
    /// Who opens connections, or sends datagrams first.
    pub client: Client,
    /// What they are opened to.
    pub server: Server,
    /// The protocol, or both.
    pub protocol: Protocol,
    /// The port of the server.
    pub port: u16,
}

/// One end of a packet's path, which is inside or outside.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum End {
    Unikernel(usize),
    Address(Ipv4Addr),
}

/// The links, to look them up.
#[derive(Debug, Default)]
pub(crate) struct Links {
    /// TCP or UDP, each of them one entry.
    links: HashSet<Link>,
    /// The pairs of unikernels with a link in either direction.
    pairs: HashSet<(usize, usize)>,
    /// The unikernels with a link to or from the outside.
    outer: HashSet<usize>,
}

impl Links {
    pub(crate) fn new(links: Vec<Link>) -> Self {
        let mut found = Self::default();
        for link in links {
            match (link.client, link.server) {
                (Client::Unikernel(from), Server::Unikernel(to)) => {
                    found.pairs.extend([(from, to), (to, from)]);
                }
                (Client::Unikernel(one), Server::Address(_))
                | (Client::Outside, Server::Unikernel(one)) => {
                    found.outer.insert(one);
                }
                (Client::Outside, Server::Address(_)) => {}
            }
            let each = link.protocol.each().iter();
            found.links.extend(each.map(|protocol| Link {
                protocol: *protocol,
                ..link
            }));
        }
        found
    }

    /// Whether there is a link from one end to a port of the other.
    pub(crate) fn allows(&self, from: End, to: End, protocol: Protocol, port: u16) -> bool {
        let client = match from {
            End::Unikernel(from) => Client::Unikernel(from),
            End::Address(_) => Client::Outside,
        };
        let server = match to {
            End::Unikernel(to) => Server::Unikernel(to),
            End::Address(to) => Server::Address(to),
        };
        let link = Link {
            client,
            server,
            protocol,
            port,
        };
        self.links.contains(&link)
    }

    /// Whether there is a link between two ends, in either direction.
    pub(crate) fn are_linked(&self, one: End, other: End) -> bool {
        match (one, other) {
            (End::Unikernel(one), End::Unikernel(other)) => self.pairs.contains(&(one, other)),
            (End::Unikernel(unikernel), End::Address(_))
            | (End::Address(_), End::Unikernel(unikernel)) => self.outer.contains(&unikernel),
            (End::Address(_), End::Address(_)) => false,
        }
    }
}
