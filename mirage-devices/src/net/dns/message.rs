//! Messages: a query, and what an answer says (RFC 1035, section 4).
//!
//! The format is smoltcp's. It follows a compressed name only backwards in the message, so that no name is
//! endless.

use super::{LookupError, Name};
use alloc::{vec, vec::Vec};
use core::{
    net::{IpAddr, Ipv6Addr},
    time::Duration,
};
use smoltcp::wire::{
    DnsFlags as Flags, DnsOpcode as Opcode, DnsPacket as Packet, DnsQueryType as Type,
    DnsQuestion as Question, DnsRcode as Rcode, DnsRecord as Record, DnsRecordData as RecordData,
    DnsRepr as Repr,
};

/// The longest message over UDP, in bytes (RFC 1035, section 4.2.1). Without EDNS(0), a server truncates
/// longer ones, which TCP then carries: addresses of a host rarely need more, and no message is fragmented.
pub const MAX_UDP_LEN: usize = 512;

/// How many records of a section are considered. Answers with more addresses of one host do not occur.
const MAX_RECORDS: usize = 128;
/// How many addresses of a host are returned.
const MAX_ADDRESSES: usize = 32;
/// How many aliases (CNAME) of one name are followed, here and in [`Lookup`](super::Lookup).
pub(super) const MAX_ALIASES: usize = 8;

/// The kind of address that is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RecordType {
    /// IPv4.
    A,
    /// IPv6 (RFC 3596).
    Aaaa,
}

impl RecordType {
    fn wire(self) -> Type {
        match self {
            Self::A => Type::A,
            Self::Aaaa => Type::Aaaa,
        }
    }

    /// Whether this type has such addresses.
    pub fn is_of(self, address: IpAddr) -> bool {
        match self {
            Self::A => address.is_ipv4(),
            Self::Aaaa => address.is_ipv6(),
        }
    }
}

/// What a message answers to a query.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Reply {
    /// The addresses, and how long they are valid.
    Addresses(Vec<IpAddr>, Duration),
    /// Another name has the addresses, which the message does not contain.
    Alias(Name, Duration),
    /// There is no name or no address, and how long that is valid: unknown without an SOA record, and
    /// then not kept (RFC 2308, section 5).
    Nothing(LookupError, Option<Duration>),
    /// The answer does not fit into a datagram.
    Truncated,
    /// The server has failed or refused, or the message is malformed.
    Failure,
}

/// Returns a query for the addresses of a name.
pub(super) fn query(id: u16, name: &Name, record_type: RecordType) -> Vec<u8> {
    let repr = Repr {
        transaction_id: id,
        opcode: Opcode::Query,
        flags: Flags::RECURSION_DESIRED,
        question: Question {
            name: name.wire(),
            type_: record_type.wire(),
        },
    };
    let mut message = vec![0; repr.buffer_len()];
    repr.emit(&mut Packet::new_unchecked(&mut message[..]));
    message
}

/// Reads a message. Returns `None` if it does not answer this query: another could have sent it (RFC 5452,
/// section 9.1).
pub(super) fn read(message: &[u8], id: u16, name: &Name, record_type: RecordType) -> Option<Reply> {
    let packet = Packet::new_checked(message).ok()?;
    let flags = packet.flags();
    let is_answer = packet.transaction_id() == id
        && flags.contains(Flags::RESPONSE)
        && packet.opcode() == Opcode::Query
        && packet.question_count() == 1;
    if !is_answer {
        return None;
    }
    let (records, question) = Question::parse(packet.payload()).ok()?;
    if question.type_ != record_type.wire() || !name.has_labels(packet.parse_name(question.name)) {
        return None;
    }
    if flags.contains(Flags::TRUNCATED) {
        return Some(Reply::Truncated);
    }
    let sections = Sections {
        packet: &packet,
        records,
        record_type,
    };
    Some(sections.reply(name).unwrap_or(Reply::Failure))
}

/// The sections of an answer.
struct Sections<'a> {
    packet: &'a Packet<&'a [u8]>,
    /// From the first record of the answer on.
    records: &'a [u8],
    record_type: RecordType,
}

impl Sections<'_> {
    /// What they say about a name. `None` if a record is malformed.
    fn reply(&self, name: &Name) -> Option<Reply> {
        match self.packet.rcode() {
            Rcode::NoError => {}
            Rcode::NXDomain => {
                let ttl = self.authority()?.soa;
                return Some(Reply::Nothing(LookupError::NoSuchName, ttl));
            }
            _ => return Some(Reply::Failure),
        }
        let mut alias = None;
        let mut ttl = Duration::MAX;
        for _ in 0..=MAX_ALIASES {
            let found = self.records_of(alias.as_ref().unwrap_or(name))?;
            ttl = ttl.min(found.ttl);
            if !found.addresses.is_empty() {
                return Some(Reply::Addresses(found.addresses, ttl));
            }
            match found.alias {
                Some(target) => alias = Some(target),
                None => return self.without_addresses(alias, ttl),
            }
        }
        None
    }

    /// What a message without addresses says, which may have an alias.
    fn without_addresses(&self, alias: Option<Name>, ttl: Duration) -> Option<Reply> {
        let authority = self.authority()?;
        Some(match (authority.soa, alias) {
            (Some(soa), _) => Reply::Nothing(LookupError::NoAddress, Some(soa)),
            (None, Some(alias)) => Reply::Alias(alias, ttl),
            // A server that refers to others does not resolve names for hosts.
            (None, None) if authority.has_servers => Reply::Failure,
            (None, None) => Reply::Nothing(LookupError::NoAddress, None),
        })
    }

    fn records_of(&self, name: &Name) -> Option<Found> {
        let mut found = Found {
            addresses: Vec::new(),
            alias: None,
            ttl: Duration::MAX,
        };
        let mut rest = self.records;
        for _ in 0..usize::from(self.packet.answer_record_count()).min(MAX_RECORDS) {
            let (after, record) = Record::parse(rest).ok()?;
            let bytes = &rest[..rest.len() - after.len()];
            rest = after;
            if !name.has_labels(self.packet.parse_name(record.name)) {
                continue;
            }
            match self.content(&record, bytes)? {
                Content::Address(address) if self.record_type.is_of(address) => {
                    if found.addresses.len() < MAX_ADDRESSES {
                        found.addresses.push(address);
                    }
                }
                Content::Alias(target) => found.alias = Some(target),
                Content::Address(_) | Content::Other => continue,
            }
            found.ttl = found.ttl.min(seconds(record.ttl));
        }
        Some(found)
    }

    /// Reads a record, which is also in `bytes`.
    fn content(&self, record: &Record<'_>, bytes: &[u8]) -> Option<Content> {
        // Type, class, TTL and length.
        const HEADER_LEN: usize = 10;
        Some(match record.data {
            RecordData::A(address) => Content::Address(address.into()),
            RecordData::Cname(target) => {
                Content::Alias(Name::from_labels(self.packet.parse_name(target)).ok()?)
            }
            // smoltcp has a variant for addresses of IPv6 if another crate of the build enables `proto-ipv6`, which
            // images do without.
            _ => {
                let fields = bytes.get(record.name.len()..)?;
                if !fields.starts_with(&u16::from(Type::Aaaa).to_be_bytes()) {
                    return Some(Content::Other);
                }
                let octets: [u8; 16] = fields.get(HEADER_LEN..)?.try_into().ok()?;
                Content::Address(Ipv6Addr::from_octets(octets).into())
            }
        })
    }

    /// Reads the second section.
    fn authority(&self) -> Option<Authority> {
        let mut authority = Authority::default();
        let mut rest = self.records;
        for _ in 0..self.packet.answer_record_count() {
            (rest, _) = Record::parse(rest).ok()?;
        }
        for _ in 0..usize::from(self.packet.authority_record_count()).min(MAX_RECORDS) {
            let (after, record) = Record::parse(rest).ok()?;
            rest = after;
            match record.data {
                RecordData::Other(Type::Soa, data) => {
                    // Its last field is the TTL of negative answers (RFC 2308, section 4).
                    let minimum = u32::from_be_bytes(*data.last_chunk()?);
                    authority.soa = Some(seconds(record.ttl).min(seconds(minimum)));
                }
                RecordData::Other(Type::Ns, _) => authority.has_servers = true,
                _ => {}
            }
        }
        Some(authority)
    }
}

/// The records of one name in the answer.
struct Found {
    addresses: Vec<IpAddr>,
    alias: Option<Name>,
    ttl: Duration,
}

enum Content {
    Address(IpAddr),
    Alias(Name),
    Other,
}

#[derive(Default)]
struct Authority {
    /// How long a negative answer is valid, if there is an SOA record.
    soa: Option<Duration>,
    /// Whether there are NS records.
    has_servers: bool,
}

/// A TTL. One with the highest bit is zero (RFC 2181, section 8).
fn seconds(ttl: u32) -> Duration {
    Duration::from_secs(i32::try_from(ttl).map_or(0, |_| ttl.into()))
}
