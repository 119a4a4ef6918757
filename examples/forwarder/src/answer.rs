//! What the upstream says.

use crate::{
    edns::Edns,
    message::{self, Malformed, Message, Record, SOA, Section, code, flag},
    question::Question,
};
use alloc::{rc::Rc, vec::Vec};

/// For how many seconds it is remembered that there is no answer (RFC 9520).
const FAILURE: u32 = 5;

/// An answer, without its EDNS. Clones share its memory.
#[derive(Debug, Clone)]
pub struct Answer {
    message: Rc<[u8]>,
    /// Where its times to live stand.
    ttls: Rc<[u16]>,
    truncated: bool,
    lifetime: u32,
    age: u32,
}

impl Answer {
    /// The answer to the query for `question` with this identification, if `bytes` are that
    /// (RFC 5452, section 9.1).
    ///
    /// # Errors
    /// They are not.
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
            Records::of(message)?
        };
        let lifetime = match flags & flag::CODE {
            code::NO_ERROR if records.answers > 0 => records.shortest,
            code::NO_ERROR | code::NO_SUCH_NAME if records.negative => records.shortest,
            code::NO_ERROR | code::NO_SUCH_NAME => 0,
            _ => FAILURE,
        };
        let mut message = bytes[..records.end.unwrap_or(bytes.len())].to_vec();
        // It is passed on by someone who is not responsible for the name.
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

    /// What is said when the upstream says nothing.
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

    /// Whether it is not whole, because it did not fit in a datagram. It is worth nothing then.
    pub fn is_truncated(&self) -> bool {
        self.truncated
    }

    /// For how many seconds from its arrival it may be given to others; 0 if it may not.
    pub fn lifetime(&self) -> u32 {
        self.lifetime
    }

    /// The bytes that it holds, about.
    pub fn size(&self) -> usize {
        size_of_val(&*self.message) + size_of_val(&*self.ttls)
    }

    /// The same answer after `age` seconds.
    pub fn aged(&self, age: u32) -> Self {
        Self {
            age,
            ..self.clone()
        }
    }

    /// As a message, in which each time to live is what is left of it.
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

/// What the records of an answer say together.
#[derive(Default)]
struct Records {
    answers: u16,
    additional: u16,
    /// Whether the zone says for how long there is nothing.
    negative: bool,
    /// The shortest time to live, in seconds.
    shortest: u32,
    ttls: Vec<u16>,
    /// Where EDNS begins.
    end: Option<usize>,
}

impl Records {
    fn of(message: Message<'_>) -> Result<Self, Malformed> {
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
                // What stands behind it may help, and is never what was asked for.
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

/// A time to live. One with the highest bit is none (RFC 2181, section 8).
fn seconds(ttl: u32) -> u32 {
    if i32::try_from(ttl).is_ok() { ttl } else { 0 }
}

/// For how long a zone's owner says that a negative answer holds (RFC 2308, section 5).
fn minimum(data: &[u8]) -> Result<u32, Malformed> {
    let minimum = data.last_chunk().ok_or(Malformed)?;
    Ok(seconds(u32::from_be_bytes(*minimum)))
}
