//! The parts of a DNS message that a forwarder reads (RFC 1035, section 4).

use alloc::vec::Vec;
use core::ops::Range;

/// Length of the header in bytes: identification, flags, and the number of records per section.
pub const HEADER: usize = 12;
/// The maximum length of a name, in bytes.
const MAX_NAME_LEN: usize = 255;

/// The record type that limits how long a negative answer is cached (RFC 2308).
pub const SOA: u16 = 6;
/// The type of the EDNS pseudo-record (RFC 6891).
pub const OPT: u16 = 41;
/// The query types that are answered with more than one message: IXFR and AXFR (RFC 1995, RFC 5936).
pub const TRANSFERS: Range<u16> = 251..253;

/// The flags, in the second 16-bit word of the header.
pub mod flag {
    /// QR: the message is a response.
    pub const RESPONSE: u16 = 1 << 15;
    /// The operation; 0 is a standard query.
    pub const OPCODE: u16 = 0b1111 << 11;
    /// AA: the server is authoritative for the name.
    pub const AUTHORITATIVE: u16 = 1 << 10;
    /// TC: the message is truncated.
    pub const TRUNCATED: u16 = 1 << 9;
    /// RD: recursion is desired.
    pub const RECURSION_DESIRED: u16 = 1 << 8;
    /// RA: recursion is available.
    pub const RECURSION_AVAILABLE: u16 = 1 << 7;
    /// AD: the signatures have been verified (RFC 4035).
    pub const AUTHENTIC_DATA: u16 = 1 << 5;
    /// CD: do not verify the signatures.
    pub const CHECKING_DISABLED: u16 = 1 << 4;
    /// The response code, one of [`code`](super::code).
    pub const CODE: u16 = 0b1111;
}

/// Response codes.
pub mod code {
    /// Success.
    pub const NO_ERROR: u16 = 0;
    /// FORMERR: the query could not be parsed.
    pub const FORMAT_ERROR: u16 = 1;
    /// SERVFAIL: the server could not answer.
    pub const SERVER_FAILURE: u16 = 2;
    /// NXDOMAIN: the name does not exist.
    pub const NO_SUCH_NAME: u16 = 3;
    /// NOTIMP: this kind of query is not supported.
    pub const NOT_IMPLEMENTED: u16 = 4;
    /// BADVERS: this EDNS version is not supported. The upper bits are in the pseudo-record.
    pub const BAD_VERSION: u16 = 16;
}

/// Returns a message without records: a header, and `question` unless it is empty.
pub fn begin(id: u16, flags: u16, question: &[u8]) -> Vec<u8> {
    let mut message = Vec::with_capacity(HEADER + question.len());
    for word in [id, flags, u16::from(!question.is_empty()), 0, 0, 0] {
        message.extend_from_slice(&word.to_be_bytes());
    }
    message.extend_from_slice(question);
    message
}

/// The message is malformed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Malformed;

/// A section of records.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Section {
    /// The answer.
    Answer,
    /// The authoritative name servers.
    Authority,
    /// Additional records, and EDNS.
    Additional,
}

/// A message.
#[derive(Debug, Clone, Copy)]
pub struct Message<'a>(&'a [u8]);

/// A resource record and its position.
#[derive(Debug, Clone, Copy)]
pub struct Record<'a> {
    /// Its section.
    pub section: Section,
    /// Its offset in the message.
    pub start: usize,
    /// Its type.
    pub kind: u16,
    /// Its class.
    pub class: u16,
    /// The offset of its TTL.
    pub ttl_at: usize,
    /// Its TTL, in seconds.
    pub ttl: u32,
    /// Its data.
    pub data: &'a [u8],
}

impl<'a> Message<'a> {
    /// Wraps the message in `bytes`.
    ///
    /// # Errors
    /// Returns [`Malformed`] if `bytes` are shorter than a header.
    pub fn new(bytes: &'a [u8]) -> Result<Self, Malformed> {
        if bytes.len() < HEADER {
            return Err(Malformed);
        }
        Ok(Self(bytes))
    }

    /// Its identification.
    pub fn id(self) -> u16 {
        self.header(0)
    }

    /// Its flags.
    pub fn flags(self) -> u16 {
        self.header(1)
    }

    /// Returns the header's 16-bit word with this index.
    fn header(self, number: usize) -> u16 {
        u16::from_be_bytes([self.0[2 * number], self.0[2 * number + 1]])
    }

    /// Returns the encoded question: name, type and class.
    ///
    /// # Errors
    /// Returns [`Malformed`] unless there is exactly one question, with a valid name.
    pub fn question(self) -> Result<&'a [u8], Malformed> {
        let start = HEADER;
        let mut cursor = Cursor {
            bytes: self.0,
            at: start,
        };
        if self.header(2) != 1 || cursor.skip_name()? == Name::Compressed {
            return Err(Malformed);
        }
        cursor.take(4)?;
        Ok(&self.0[start..cursor.at])
    }

    /// Returns the records after the question.
    ///
    /// # Errors
    /// Returns [`Malformed`] unless there is exactly one question. The iterator ends after the first
    /// malformed record.
    pub fn records(self) -> Result<impl Iterator<Item = Result<Record<'a>, Malformed>>, Malformed> {
        let mut cursor = Cursor {
            bytes: self.0,
            at: HEADER + self.question()?.len(),
        };
        let sections = [
            (Section::Answer, self.header(3)),
            (Section::Authority, self.header(4)),
            (Section::Additional, self.header(5)),
        ];
        let sections = sections.into_iter();
        let mut expected = sections.flat_map(|(section, count)| (0..count).map(move |_| section));
        let mut intact = true;
        Ok(core::iter::from_fn(move || {
            let section = expected.next().filter(|_| intact)?;
            let record = cursor.record(section);
            intact = record.is_ok();
            Some(record)
        }))
    }
}

/// How a name ends.
#[derive(PartialEq, Eq)]
enum Name {
    /// With the root label.
    Whole,
    /// With a compression pointer, which is not followed here.
    Compressed,
}

/// Reads a message sequentially.
struct Cursor<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Cursor<'a> {
    fn take(&mut self, count: usize) -> Result<&'a [u8], Malformed> {
        let end = self.at.checked_add(count).ok_or(Malformed)?;
        let taken = self.bytes.get(self.at..end).ok_or(Malformed)?;
        self.at = end;
        Ok(taken)
    }

    fn number<const BYTES: usize>(&mut self) -> Result<[u8; BYTES], Malformed> {
        self.take(BYTES)?.try_into().map_err(|_| Malformed)
    }

    fn skip_name(&mut self) -> Result<Name, Malformed> {
        let start = self.at;
        loop {
            match self.number()? {
                [0] => break,
                [length @ 1..=63] => self.take(usize::from(length))?,
                [0b1100_0000..=0b1111_1111] => {
                    self.take(1)?;
                    return Ok(Name::Compressed);
                }
                _ => return Err(Malformed),
            };
        }
        if self.at - start > MAX_NAME_LEN {
            return Err(Malformed);
        }
        Ok(Name::Whole)
    }

    fn record(&mut self, section: Section) -> Result<Record<'a>, Malformed> {
        let start = self.at;
        self.skip_name()?;
        let kind = u16::from_be_bytes(self.number()?);
        let class = u16::from_be_bytes(self.number()?);
        let ttl_at = self.at;
        let ttl = u32::from_be_bytes(self.number()?);
        let length = u16::from_be_bytes(self.number()?);
        let data = self.take(usize::from(length))?;
        Ok(Record {
            section,
            start,
            kind,
            class,
            ttl_at,
            ttl,
            data,
        })
    }
}
