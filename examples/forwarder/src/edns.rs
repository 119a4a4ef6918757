//! EDNS, the extension that any message may carry in a pseudo-record (RFC 6891). It is hop-by-hop:
//! neither the client's record nor the upstream's is forwarded.

use crate::message::{Malformed, Message, OPT, Record, Section};
use alloc::vec::Vec;

/// The maximum size of a datagram, sent or received: small enough not to be fragmented on common
/// paths.
pub const PAYLOAD: u16 = 1232;
/// The maximum size of a datagram to a client without EDNS.
const PAYLOAD_WITHOUT: u16 = 512;

/// The contents of a pseudo-record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Edns {
    /// The maximum size of a datagram that its sender accepts.
    pub payload: u16,
    /// The upper bits of the response code.
    pub code: u16,
    /// The version; only 0 exists.
    pub version: u8,
    /// Whether DNSSEC records are requested or included (RFC 3225).
    pub dnssec: bool,
}

impl Edns {
    /// Returns the record that we send.
    pub const fn ours(dnssec: bool) -> Self {
        Self {
            payload: PAYLOAD,
            code: 0,
            version: 0,
            dnssec,
        }
    }

    /// Returns the EDNS record of `message`.
    ///
    /// # Errors
    /// Returns [`Malformed`] if the message cannot be parsed or has more than one.
    pub fn from_message(message: Message<'_>) -> Result<Option<Self>, Malformed> {
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

    /// Parses a record, if it is the pseudo-record.
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

    /// Appends the record to a message that ends with its additional section.
    pub fn append(self, message: &mut Vec<u8>) {
        // The owner is the root, whose name is empty.
        message.push(0);
        message.extend_from_slice(&OPT.to_be_bytes());
        message.extend_from_slice(&self.payload.to_be_bytes());
        let code = (self.code >> 4) as u8;
        message.extend_from_slice(&[code, self.version, u8::from(self.dnssec) << 7, 0]);
        // No options.
        message.extend_from_slice(&[0, 0]);
        let additional = u16::from_be_bytes([message[10], message[11]]).saturating_add(1);
        message[10..12].copy_from_slice(&additional.to_be_bytes());
    }
}

/// Returns the maximum size of a datagram to a client with this EDNS record.
pub fn max_datagram_len(edns: Option<Edns>) -> usize {
    let payload = edns.map_or(PAYLOAD_WITHOUT, |edns| edns.payload);
    usize::from(payload.clamp(PAYLOAD_WITHOUT, PAYLOAD))
}
