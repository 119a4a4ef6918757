//! Answers from the upstream.

use crate::{
    edns::Edns,
    message::{self, Malformed, Message, Record, SOA, Section, code, flag},
    question::Question,
};
use alloc::{rc::Rc, vec::Vec};

/// How long a failure is cached, in seconds (RFC 9520).
const FAILURE: u32 = 5;

/// An answer without its EDNS record. Clones share memory.
#[derive(Debug, Clone)]
pub struct Answer {
    message: Rc<[u8]>,
    /// The offsets of its TTL fields.
    ttls: Rc<[u16]>,
    truncated: bool,
    lifetime: u32,
    age: u32,
}

impl Answer {
    /// Parses `bytes` as the answer to `question` with the identification `id` (RFC 5452, section
    /// 9.1).
    ///
    /// # Errors
    /// Returns [`Malformed`] if `bytes` are anything else.
    pub fn read(bytes: &[u8], id: u16, question: &Question) -> Result<Self, Malformed> {
        let message = Message::new(bytes)?;
        let flags = message.flags();
        let kind = flags & (flag::RESPONSE | flag::OPCODE);
        if message.id() != id || kind != flag::RESPONSE || !question.is_of(message) {
            return Err(Malformed);
        }
        let truncated = flags & flag::TRUNCATED != 0;
        let records = if truncated {
            Records::default()
        } else {
            Records::from_message(message)?
        };
        let lifetime = match flags & flag::CODE {
            code::NO_ERROR if records.answers > 0 => records.shortest,
            code::NO_ERROR | code::NO_SUCH_NAME if records.negative => records.shortest,
            code::NO_ERROR | code::NO_SUCH_NAME => 0,
            _ => FAILURE,
        };
        let mut message = bytes[..records.end.unwrap_or(bytes.len())].to_vec();
        // The forwarder is not authoritative for the name.
        let flags = flags & !flag::AUTHORITATIVE;
        message[2..4].copy_from_slice(&flags.to_be_bytes());
        message[10..12].copy_from_slice(&records.additional.to_be_bytes());
        Ok(Self {
            message: message.into(),
            ttls: records.ttls.into(),
            truncated,
            lifetime,
            age: 0,
        })
    }

    /// The answer if the upstream does not answer: SERVFAIL.
    pub fn failure(question: &Question) -> Self {
        let flags = flag::RESPONSE | flag::RECURSION_AVAILABLE | code::SERVER_FAILURE;
        Self {
            message: message::begin(0, flags | question.flags(), question.bytes()).into(),
            ttls: Rc::default(),
            truncated: false,
            lifetime: FAILURE,
            age: 0,
        }
    }

    /// Returns whether the answer is truncated, because it did not fit in a datagram. It is of no use
    /// then.
    pub fn is_truncated(&self) -> bool {
        self.truncated
    }

    /// How long after its arrival it may be served from a cache, in seconds; 0 if it must not be.
    pub fn lifetime(&self) -> u32 {
        self.lifetime
    }

    /// Its approximate size in memory, in bytes.
    pub fn size(&self) -> usize {
        size_of_val(&*self.message) + size_of_val(&*self.ttls)
    }

    /// Returns the same answer, `age` seconds after its arrival.
    pub fn aged(&self, age: u32) -> Self {
        Self {
            age,
            ..self.clone()
        }
    }

    /// Encodes the answer as a message. Each TTL is reduced by the answer's age.
    pub fn to_message(&self) -> Vec<u8> {
        let mut message = self.message.to_vec();
        for &at in &*self.ttls {
            let ttl = &mut message[usize::from(at)..][..4];
            let left = u32::from_be_bytes([ttl[0], ttl[1], ttl[2], ttl[3]]);
            ttl.copy_from_slice(&seconds(left).saturating_sub(self.age).to_be_bytes());
        }
        message
    }
}

/// A summary of an answer's records.
#[derive(Default)]
struct Records {
    answers: u16,
    additional: u16,
    /// Whether there is an SOA record, which limits how long a negative answer is cached.
    negative: bool,
    /// The shortest TTL, in seconds.
    shortest: u32,
    ttls: Vec<u16>,
    /// The offset of the EDNS record.
    end: Option<usize>,
}

impl Records {
    fn from_message(message: Message<'_>) -> Result<Self, Malformed> {
        let mut records = Self {
            shortest: u32::MAX,
            ..Self::default()
        };
        for record in message.records()? {
            let record = record?;
            if let Some(edns) = Edns::in_record(&record) {
                if edns.code != 0 {
                    return Err(Malformed);
                }
                // Any records after it are additional and never the answer.
                records.end = Some(record.start);
                break;
            }
            records.add(&record)?;
        }
        Ok(records)
    }

    fn add(&mut self, record: &Record<'_>) -> Result<(), Malformed> {
        let ttl_at = u16::try_from(record.ttl_at).map_err(|_| Malformed)?;
        self.ttls.push(ttl_at);
        self.shortest = self.shortest.min(seconds(record.ttl));
        match record.section {
            Section::Answer => self.answers += 1,
            Section::Authority if record.kind == SOA => {
                self.negative = true;
                self.shortest = self.shortest.min(minimum(record.data)?);
            }
            Section::Authority => {}
            Section::Additional => self.additional += 1,
        }
        Ok(())
    }
}

/// Returns a TTL in seconds. A TTL with the highest bit set counts as 0 (RFC 2181, section 8).
fn seconds(ttl: u32) -> u32 {
    if i32::try_from(ttl).is_ok() { ttl } else { 0 }
}

/// How long a negative answer may be cached, from SOA record data (RFC 2308, section 5).
fn minimum(data: &[u8]) -> Result<u32, Malformed> {
    let minimum = data.last_chunk().ok_or(Malformed)?;
    Ok(seconds(u32::from_be_bytes(*minimum)))
}
