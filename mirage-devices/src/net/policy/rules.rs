//! Rules about peers, which a unikernel declares: to whom it opens connections, and who opens connections to it.

use super::{Direction, Policy, Request};
use crate::net::ip::Protocol;
use core::net::Ipv4Addr;

/// What a host may do. It is asked about the first packet of a connection, and about each datagram.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rules {
    /// To whom this host opens connections and sends datagrams; everyone if absent.
    pub connects: Option<&'static [Peer]>,
    /// Who opens connections to its ports and sends datagrams to them. A port that is not listed is closed to
    /// datagrams, except for answers, and is left to TCP.
    pub accepts: &'static [Accept],
    /// The addresses of the other hosts of its application. Everyone else is outside.
    pub members: &'static [Ipv4Addr],
}

/// A port of a peer, or of every peer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Peer {
    /// The protocol.
    pub protocol: Protocol,
    /// The peer; everyone if absent.
    pub address: Option<Ipv4Addr>,
    /// The port.
    pub port: u16,
}

/// Who may use a port of this host.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Accept {
    /// The protocol.
    pub protocol: Protocol,
    /// The port.
    pub port: u16,
    /// Its peers.
    pub clients: &'static [Client],
}

/// A peer of a port.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Client {
    /// Everyone.
    Anyone,
    /// Everyone who is not a member of the application.
    Outside,
    /// One host.
    Host(Ipv4Addr),
}

impl Rules {
    /// Returns whether the rules allow what is requested.
    pub fn allow(&self, request: &Request) -> bool {
        if request.remote == request.local {
            // This host itself.
            return true;
        }
        match request.direction {
            Direction::Out => self.connects_to(request) || self.is_answer(request),
            Direction::In => match self.accept(request) {
                Some(accept) => self.is_client(accept, request),
                // Nothing listens: TCP refuses the connection.
                None if request.protocol == Protocol::Tcp => true,
                None => self.connects_to(request),
            },
        }
    }

    /// Whether this host sends to the port of the peer, or is answered by it.
    fn connects_to(&self, request: &Request) -> bool {
        let Some(peers) = self.connects else {
            return true;
        };
        let address = request.remote.as_ipv4();
        peers.iter().any(|peer| {
            peer.protocol == request.protocol
                && peer.port == request.remote_port
                && (peer.address.is_none() || peer.address == address)
        })
    }

    /// Whether a datagram is sent from a port that accepts those of the peer.
    fn is_answer(&self, request: &Request) -> bool {
        request.protocol == Protocol::Udp
            && self
                .accept(request)
                .is_some_and(|accept| self.is_client(accept, request))
    }

    fn accept(&self, request: &Request) -> Option<&Accept> {
        let mut accepts = self.accepts.iter();
        accepts
            .find(|accept| accept.protocol == request.protocol && accept.port == request.local_port)
    }

    fn is_client(&self, accept: &Accept, request: &Request) -> bool {
        let address = request.remote.as_ipv4();
        accept.clients.iter().any(|client| match client {
            Client::Anyone => true,
            Client::Outside => address.is_none_or(|address| !self.members.contains(&address)),
            Client::Host(host) => address == Some(*host),
        })
    }
}

impl Policy for Rules {
    fn admits(&mut self, request: &Request) -> bool {
        self.allow(request)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use Direction::{In, Out};
    use Protocol::{Tcp, Udp};

    const API: Ipv4Addr = Ipv4Addr::new(10, 0, 1, 3);
    const WEB: Ipv4Addr = Ipv4Addr::new(10, 0, 1, 2);
    const DB: Ipv4Addr = Ipv4Addr::new(10, 0, 1, 4);
    const STRANGER: Ipv4Addr = Ipv4Addr::new(10, 0, 1, 9);

    const RULES: Rules = Rules {
        connects: Some(&[
            Peer {
                protocol: Tcp,
                address: Some(DB),
                port: 5432,
            },
            Peer {
                protocol: Udp,
                address: None,
                port: 53,
            },
        ]),
        accepts: &[
            Accept {
                protocol: Tcp,
                port: 7000,
                clients: &[Client::Host(WEB)],
            },
            Accept {
                protocol: Udp,
                port: 7001,
                clients: &[Client::Outside, Client::Host(DB)],
            },
        ],
        members: &[WEB, DB],
    };

    fn request(
        direction: Direction,
        protocol: Protocol,
        local_port: u16,
        (remote, remote_port): (Ipv4Addr, u16),
    ) -> Request {
        Request {
            direction,
            protocol,
            local: API.into(),
            local_port,
            remote: remote.into(),
            remote_port,
        }
    }

    #[test]
    fn each_rule_admits_its_own_peers_only() {
        for (direction, protocol, local_port, peer, expected) in [
            (Out, Tcp, 0, (DB, 5432), true),
            (Out, Tcp, 0, (DB, 5433), false),
            (Out, Tcp, 0, (WEB, 5432), false),
            (Out, Udp, 50_000, (DB, 5432), false),
            (Out, Udp, 50_000, (STRANGER, 53), true),
            (Out, Udp, 50_000, (STRANGER, 54), false),
            (In, Udp, 50_000, (STRANGER, 53), true),
            (In, Udp, 50_000, (STRANGER, 54), false),
            (In, Tcp, 7000, (WEB, 50_000), true),
            (In, Tcp, 7000, (DB, 50_000), false),
            (In, Tcp, 7000, (STRANGER, 50_000), false),
            (In, Tcp, 7002, (STRANGER, 50_000), true),
            (In, Udp, 7001, (STRANGER, 50_000), true),
            (In, Udp, 7001, (DB, 50_000), true),
            (In, Udp, 7001, (WEB, 50_000), false),
            (Out, Udp, 7001, (STRANGER, 50_000), true),
            (Out, Udp, 7001, (WEB, 50_000), false),
            (Out, Tcp, 7001, (STRANGER, 50_000), false),
            (Out, Tcp, 0, (API, 7000), true),
        ] {
            let request = request(direction, protocol, local_port, peer);
            assert_eq!(RULES.allow(&request), expected, "{request:?}");
        }
    }

    #[test]
    fn only_what_is_for_everyone_is_for_peers_with_ipv6() {
        let stranger: core::net::Ipv6Addr = "fd00::9".parse().unwrap();
        for (direction, protocol, local_port, remote_port, expected) in [
            (Out, Tcp, 0, 5432, false),
            (Out, Udp, 50_000, 53, true),
            (Out, Udp, 50_000, 54, false),
            (In, Tcp, 7000, 50_000, false),
            (In, Udp, 7001, 50_000, true),
        ] {
            let request = Request {
                remote: stranger.into(),
                ..request(direction, protocol, local_port, (DB, remote_port))
            };
            assert_eq!(RULES.allow(&request), expected, "{request:?}");
        }
    }

    #[test]
    fn without_a_list_of_peers_everyone_is_one() {
        let rules = Rules {
            connects: None,
            ..RULES
        };
        assert!(rules.allow(&request(Out, Tcp, 0, (STRANGER, 1))));
        assert!(!rules.allow(&request(In, Tcp, 7000, (STRANGER, 50_000))));
    }
}
