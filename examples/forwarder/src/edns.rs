//! EDNS, the extension that every message may carry in a pseudo-record (RFC 6891). It is between
//! neighbours: the client's goes no further than here, and so does the upstream's.

use crate::message::{Malformed, Message, OPT, Record, Section};
use alloc::vec::Vec;

/// The longest datagram that is sent and taken: on any usual path it is not fragmented.
pub const PAYLOAD: u16 = 1232;
/// The longest datagram to a client that does not say what it takes.
const PAYLOAD_WITHOUT: u16 = 512;

/// What a pseudo-record says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Edns {
    /// The longest datagram that its sender takes.
    pub payload: u16,
    /// The upper bits of how it went.
    pub code: u16,
    /// 0 is the only version.
    pub version: u8,
    /// Whether signatures are wanted, or there (RFC 3225).
    pub dnssec: bool,
}

impl Edns {
    /// What is said to a neighbour.
    pub const fn ours(dnssec: bool) -> Self {
        Self {
            payload: PAYLOAD,
            code: 0,
            version: 0,
            dnssec,
        }
    }

    /// What `message` says.
    ///
    /// # Errors
    /// It breaks the rules, or says it twice.
    pub fn of(message: Message<'_>) -> Result<Option<Self>, Malformed> {
        let mut found = None;
        for record in message.records()? {
            if let Some(edns) = Self::in_record(&record?)
                && found.replace(edns).is_some()
            {
                return Err(Malformed);
            }
        }
        Ok(found)
    }

    /// What a record says, if it is the pseudo-record.
    pub fn in_record(record: &Record<'_>) -> Option<Self> {
        let is_one = record.kind == OPT && record.section == Section::Additional;
        let [code, version, flags, _] = record.ttl.to_be_bytes();
        is_one.then_some(Self {
            payload: record.class,
            code: u16::from(code) << 4,
            version,
            dnssec: flags & 0x80 != 0,
        })
    }

    /// Adds it to a message that ends with its additional section.
    pub fn append(self, message: &mut Vec<u8>) {
        // Of the root, whose name is empty.
        message.push(0);
        message.extend_from_slice(&OPT.to_be_bytes());
        message.extend_from_slice(&self.payload.to_be_bytes());
        let code = (self.code >> 4) as u8;
        message.extend_from_slice(&[code, self.version, u8::from(self.dnssec) << 7, 0]);
        // It carries no options.
        message.extend_from_slice(&[0, 0]);
        let additional = u16::from_be_bytes([message[10], message[11]]).saturating_add(1);
        message[10..12].copy_from_slice(&additional.to_be_bytes());
    }
}

/// The longest datagram to a client that says this.
pub fn longest_datagram(edns: Option<Edns>) -> usize {
    let payload = edns.map_or(PAYLOAD_WITHOUT, |edns| edns.payload);
    usize::from(payload.clamp(PAYLOAD_WITHOUT, PAYLOAD))
}
