//! The course of a lookup: which server is asked next, over which protocol, and for how long.

use super::{
    LookupError, Name, RecordType,
    message::{self, MAX_ALIASES, Reply},
};
use crate::net::Error;
use alloc::vec::Vec;
use core::{net::IpAddr, time::Duration};
use rand_core::Rng;

/// How long an answer over UDP is waited for, in each round over all servers.
const UDP_TIMEOUTS: [Duration; 3] = [
    Duration::from_secs(1),
    Duration::from_secs(3),
    Duration::from_secs(5),
];
/// How long a connection and the answer over it may take.
const TCP_TIMEOUT: Duration = Duration::from_secs(5);
/// How many servers are asked. They have bits in `Lookup::given_up`.
pub const MAX_SERVERS: usize = 8;

/// The protocol that carries a query.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Transport {
    /// A datagram each.
    Udp,
    /// Messages in a stream, each after its length in two bytes (RFC 7766, section 8).
    Tcp,
}

/// What to do next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// To send a message, and then call [`Lookup::on_message`] with what is received in answer,
    /// [`Lookup::on_timeout`] or [`Lookup::on_error`].
    Ask {
        /// The position of the server.
        server: usize,
        /// The protocol.
        transport: Transport,
        /// The message.
        query: Vec<u8>,
        /// How long to wait for the answer.
        timeout: Duration,
    },
    /// Nothing: this is the outcome.
    Done(Outcome),
}

/// How a lookup has ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcome {
    /// The addresses, of which there is at least one.
    pub result: Result<Vec<IpAddr>, LookupError>,
    /// How long the result is valid; `None` if it is not to be kept.
    pub ttl: Option<Duration>,
}

/// A lookup of the addresses of a name. It does no input or output itself.
///
/// All servers are asked in order, over UDP, until one answers. A server that answers that it cannot is not
/// asked again, and one that is silent is asked in three rounds with longer timeouts. Each query has a new
/// identifier, and must be sent from a new port (RFC 5452).
#[derive(Debug)]
pub struct Lookup {
    /// The name, or the last of its aliases.
    name: Name,
    record_type: RecordType,
    servers: usize,
    /// The shortest TTL of the aliases.
    ttl: Duration,
    aliases: usize,
    round: usize,
    server: usize,
    transport: Transport,
    id: u16,
    /// The servers that are not asked again, by bits.
    given_up: u8,
    error: LookupError,
    outcome: Option<Outcome>,
}

impl Lookup {
    /// Begins a lookup at this number of servers, of which the first [`MAX_SERVERS`] are asked.
    pub fn new(name: Name, record_type: RecordType, servers: usize) -> Self {
        let no_server = Outcome {
            result: Err(LookupError::NoServer),
            ttl: None,
        };
        Self {
            name,
            record_type,
            servers: servers.min(MAX_SERVERS),
            ttl: Duration::MAX,
            aliases: 0,
            round: 0,
            server: 0,
            transport: Transport::Udp,
            id: 0,
            given_up: 0,
            error: LookupError::NoServer,
            outcome: (servers == 0).then_some(no_server),
        }
    }

    /// Returns what to do next.
    pub fn next(&mut self, random: &mut impl Rng) -> Step {
        while self.outcome.is_none() && self.given_up & 1 << self.server != 0 {
            self.next_server();
        }
        if let Some(outcome) = &self.outcome {
            return Step::Done(outcome.clone());
        }
        self.id = random.next_u32() as u16;
        Step::Ask {
            server: self.server,
            transport: self.transport,
            query: message::query(self.id, &self.name, self.record_type),
            timeout: match self.transport {
                Transport::Udp => UDP_TIMEOUTS[self.round],
                Transport::Tcp => TCP_TIMEOUT,
            },
        }
    }

    /// Receives a message of the server that was asked. Returns whether it is the answer. One that is not
    /// may be somebody else's, and the answer is still to come.
    pub fn on_message(&mut self, message: &[u8]) -> bool {
        let Some(reply) = message::read(message, self.id, &self.name, self.record_type) else {
            return false;
        };
        match reply {
            Reply::Addresses(addresses, ttl) => self.end(Ok(addresses), Some(ttl)),
            Reply::Nothing(error, ttl) => self.end(Err(error), ttl),
            Reply::Alias(target, ttl) if self.aliases < MAX_ALIASES => {
                self.aliases += 1;
                self.name = target;
                self.ttl = self.ttl.min(ttl);
                self.transport = Transport::Udp;
            }
            Reply::Truncated if self.transport == Transport::Udp => {
                self.transport = Transport::Tcp;
            }
            Reply::Alias(..) | Reply::Truncated | Reply::Failure => {
                self.give_up(LookupError::ServerFailure);
            }
        }
        true
    }

    /// No answer has come in time.
    pub fn on_timeout(&mut self) {
        if !matches!(self.error, LookupError::ServerFailure) {
            self.error = LookupError::TimedOut;
        }
        self.next_server();
    }

    /// The query could not be sent, or the connection has failed.
    pub fn on_error(&mut self, error: Error) {
        let error = match self.error {
            LookupError::NoServer => LookupError::Unreachable(error),
            earlier => earlier,
        };
        self.give_up(error);
    }

    fn give_up(&mut self, error: LookupError) {
        self.error = error;
        self.given_up |= 1 << self.server;
        self.next_server();
    }

    fn next_server(&mut self) {
        self.transport = Transport::Udp;
        self.server += 1;
        if self.server == self.servers {
            self.server = 0;
            self.round += 1;
        }
        let all = u8::MAX >> (MAX_SERVERS - self.servers);
        if self.round == UDP_TIMEOUTS.len() || self.given_up == all {
            self.end(Err(self.error), None);
        }
    }

    fn end(&mut self, result: Result<Vec<IpAddr>, LookupError>, ttl: Option<Duration>) {
        let ttl = ttl.map(|ttl| ttl.min(self.ttl));
        self.outcome = Some(Outcome { result, ttl });
    }
}
