//! DNS messages as they lie in memory (RFC 1035, section 4): as much of them as a forwarder reads.

use alloc::vec::Vec;
use core::ops::Range;

/// Bytes of the header: identification, flags, and how many entries each section has.
pub const HEADER: usize = 12;
/// The longest name, in bytes.
const LONGEST_NAME: usize = 255;

/// The kind of record that ends a zone's negative answers (RFC 2308).
pub const SOA: u16 = 6;
/// The kind of pseudo-record that carries EDNS (RFC 6891).
pub const OPT: u16 = 41;
/// The kinds of question that are answered by more than one message (RFC 1995, RFC 5936).
pub const TRANSFERS: Range<u16> = 251..253;

/// The second word of the header.
pub mod flag {
    /// It is an answer.
    pub const RESPONSE: u16 = 1 << 15;
    /// What is wanted; 0 is a query.
    pub const OPCODE: u16 = 0b1111 << 11;
    /// It comes from who is responsible for the name.
    pub const AUTHORITATIVE: u16 = 1 << 10;
    /// It is not whole.
    pub const TRUNCATED: u16 = 1 << 9;
    /// Others shall be asked.
    pub const RECURSION_DESIRED: u16 = 1 << 8;
    /// Others can be asked.
    pub const RECURSION_AVAILABLE: u16 = 1 << 7;
    /// Its signatures were checked (RFC 4035).
    pub const AUTHENTIC_DATA: u16 = 1 << 5;
    /// Its signatures shall not be checked.
    pub const CHECKING_DISABLED: u16 = 1 << 4;
    /// How it went: one of [`code`](super::code).
    pub const CODE: u16 = 0b1111;
}

/// How it went.
pub mod code {
    /// Well.
    pub const NO_ERROR: u16 = 0;
    /// The question was not understood.
    pub const FORMAT_ERROR: u16 = 1;
    /// It could not be answered.
    pub const SERVER_FAILURE: u16 = 2;
    /// There is no such name.
    pub const NO_SUCH_NAME: u16 = 3;
    /// This kind of question is not answered here.
    pub const NOT_IMPLEMENTED: u16 = 4;
    /// This version of EDNS is not spoken here; its upper bits are in the pseudo-record.
    pub const BAD_VERSION: u16 = 16;
}

/// A message without records: a header, and `question` if it is not empty.
pub fn begin(id: u16, flags: u16, question: &[u8]) -> Vec<u8> {
    let mut message = Vec::with_capacity(HEADER + question.len());
    for word in [id, flags, u16::from(!question.is_empty()), 0, 0, 0] {
        message.extend_from_slice(&word.to_be_bytes());
    }
    message.extend_from_slice(question);
    message
}

/// A message breaks the rules.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Malformed;

/// A part of a message that holds records.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Section {
    /// What was asked for.
    Answer,
    /// Who is responsible.
    Authority,
    /// What may help, and EDNS.
    Additional,
}

/// A message.
#[derive(Debug, Clone, Copy)]
pub struct Message<'a>(&'a [u8]);

/// A record, and where it is.
#[derive(Debug, Clone, Copy)]
pub struct Record<'a> {
    /// The section that it is in.
    pub section: Section,
    /// Where it begins in the message.
    pub start: usize,
    /// Its type.
    pub kind: u16,
    /// Its class.
    pub class: u16,
    /// Where its time to live stands.
    pub ttl_at: usize,
    /// Its time to live, in seconds.
    pub ttl: u32,
    /// What it says.
    pub data: &'a [u8],
}

impl<'a> Message<'a> {
    /// The message in `bytes`.
    ///
    /// # Errors
    /// It has no whole header.
    pub fn new(bytes: &'a [u8]) -> Result<Self, Malformed> {
        if bytes.len() < HEADER {
            return Err(Malformed);
        }
        Ok(Self(bytes))
    }

    /// What tells it from others.
    pub fn id(self) -> u16 {
        self.header(0)
    }

    /// Its flags.
    pub fn flags(self) -> u16 {
        self.header(1)
    }

    /// The header's word of this number.
    fn header(self, number: usize) -> u16 {
        u16::from_be_bytes([self.0[2 * number], self.0[2 * number + 1]])
    }

    /// The question as it stands: name, type and class.
    ///
    /// # Errors
    /// There is not exactly one, or it is no name.
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

    /// The records behind the only question.
    ///
    /// # Errors
    /// There is not exactly one question. Each record may break the rules; none follows then.
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
    /// By itself.
    Whole,
    /// In another name. Nobody here follows it.
    Compressed,
}

/// Reads a message from front to back.
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
        if self.at - start > LONGEST_NAME {
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
