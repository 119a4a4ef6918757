//! Queries and responses (RFC 1035, section 4; RFC 6762, section 18).

use core::{net::Ipv4Addr, ops::Range};

/// The port of multicast DNS. A query from another port is one of ordinary DNS.
pub const PORT: u16 = 5353;

/// The length of the longest response.
pub const MAX_LEN: usize = 128;

/// The name, as messages have it.
const NAME: &[u8] = b"\x06mirage\x05local\x00";

const HEADER_LEN: usize = 12;

const A: u16 = 1;
const AAAA: u16 = 28;
const NSEC: u16 = 47;
const ANY: u16 = 255;
const IN: u16 = 1;

/// The upper bit of a class: a question that wants a unicast response, and a record that replaces others.
const TOP_BIT: u16 = 0x8000;

/// How long a record may be kept, in seconds, and how long by who asks by ordinary DNS (RFC 6762, section 6.7).
const TTL: u32 = 120;
const LEGACY_TTL: u32 = 10;

/// Names are compressed by up to so many pointers.
const MAX_POINTERS: usize = 8;

/// A question for the name.
#[derive(Debug, PartialEq, Eq)]
pub struct Query<'a> {
    id: &'a [u8],
    kind: u16,
    wants_unicast: bool,
}

impl<'a> Query<'a> {
    /// Returns the first question of a message that is for the name and whose answer the asking host does not know.
    pub fn parse(message: &'a [u8], address: Ipv4Addr) -> Option<Self> {
        let [id @ .., _, _] = message.first_chunk::<4>()?;
        let flags = number(message, 2)?;
        let (questions, answers) = (number(message, 4)?, number(message, 6)?);
        // A response, or another operation (RFC 6762, section 18.3).
        if flags & 0xf800 != 0 {
            return None;
        }
        let mut at = HEADER_LEN;
        let mut found = None;
        for _ in 0..questions {
            let name = Name::read(message, at)?;
            let (kind, class) = (number(message, name.end)?, number(message, name.end + 2)?);
            at = name.end + 4;
            let is_for_us = name.is_ours(message)
                && matches!(class & !TOP_BIT, IN | ANY)
                && matches!(kind, A | AAAA | ANY);
            if is_for_us && found.is_none() {
                found = Some(Self {
                    id,
                    kind,
                    wants_unicast: class & TOP_BIT != 0,
                });
            }
        }
        let query = found?;
        for _ in 0..answers {
            let name = Name::read(message, at)?;
            let (kind, start) = (number(message, name.end)?, name.end + 10);
            let ttl = [
                number(message, name.end + 4)?,
                number(message, name.end + 6)?,
            ];
            at = start + usize::from(number(message, name.end + 8)?);
            let is_known = kind == A
                && (ttl[0] > 0 || u32::from(ttl[1]) >= TTL / 2)
                && message.get(start..at)? == address.octets()
                && name.is_ours(message);
            if is_known && query.kind == A {
                return None;
            }
        }
        Some(query)
    }

    /// Returns whether the response is sent to the asking host alone.
    pub fn is_unicast(&self, port: u16) -> bool {
        self.wants_unicast || port != PORT
    }

    /// Writes the response to a query from `port`; returns its length.
    pub fn answer(&self, port: u16, address: Ipv4Addr, response: &mut [u8; MAX_LEN]) -> usize {
        let mut writer = Writer::new(response);
        let is_legacy = port != PORT;
        let (id, questions) = match is_legacy {
            true => (self.id, 1),
            false => (&[0, 0][..], 0),
        };
        writer.put(id);
        writer.numbers(&[0x8400, questions, 1, 0, 0]);
        if is_legacy {
            writer.put(NAME);
            writer.numbers(&[self.kind, IN]);
        }
        let (class, ttl) = match is_legacy {
            true => (IN, LEGACY_TTL),
            false => (IN | TOP_BIT, TTL),
        };
        match self.kind {
            AAAA => writer.record(NSEC, class, ttl, &[NAME, &[0, 1, 0x40]]),
            _ => writer.record(A, class, ttl, &[&address.octets()]),
        }
        writer.length
    }
}

/// Writes a response that nobody has asked for; returns its length.
pub fn announcement(address: Ipv4Addr, response: &mut [u8; MAX_LEN]) -> usize {
    let query = Query {
        id: &[],
        kind: A,
        wants_unicast: false,
    };
    query.answer(PORT, address, response)
}

/// A name in a message.
struct Name {
    /// Where its labels are, of which the last one is empty.
    labels: [Range<usize>; 3],
    count: usize,
    /// Where the message goes on.
    end: usize,
}

impl Name {
    /// Reads the name at a position.
    fn read(message: &[u8], start: usize) -> Option<Self> {
        let mut name = Self {
            labels: [0..0, 0..0, 0..0],
            count: 0,
            end: 0,
        };
        let (mut at, mut pointers) = (start, 0);
        loop {
            let length = usize::from(*message.get(at)?);
            match length {
                0 => {
                    name.end = if pointers == 0 { at + 1 } else { name.end };
                    return Some(name);
                }
                1..=63 => {
                    let label = at + 1..at + 1 + length;
                    at = label.end;
                    // A longer name is not ours.
                    if let Some(place) = name.labels.get_mut(name.count) {
                        *place = label;
                        name.count += 1;
                    }
                }
                192.. if pointers < MAX_POINTERS => {
                    if pointers == 0 {
                        name.end = at + 2;
                    }
                    pointers += 1;
                    at = usize::from(number(message, at)? & 0x3fff);
                }
                _ => return None,
            }
        }
    }

    fn is_ours(&self, message: &[u8]) -> bool {
        let is = |label: &Range<usize>, expected: &[u8]| {
            let label = message.get(label.clone());
            label.is_some_and(|label| label.eq_ignore_ascii_case(expected))
        };
        self.count == 2 && is(&self.labels[0], b"mirage") && is(&self.labels[1], b"local")
    }
}

fn number(message: &[u8], at: usize) -> Option<u16> {
    let bytes = message.get(at..)?.first_chunk()?;
    Some(u16::from_be_bytes(*bytes))
}

/// Writes a response.
struct Writer<'a> {
    response: &'a mut [u8; MAX_LEN],
    length: usize,
}

impl<'a> Writer<'a> {
    fn new(response: &'a mut [u8; MAX_LEN]) -> Self {
        Self {
            response,
            length: 0,
        }
    }

    fn put(&mut self, bytes: &[u8]) {
        let end = self.length + bytes.len();
        self.response[self.length..end].copy_from_slice(bytes);
        self.length = end;
    }

    fn numbers(&mut self, numbers: &[u16]) {
        for number in numbers {
            self.put(&number.to_be_bytes());
        }
    }

    fn record(&mut self, kind: u16, class: u16, ttl: u32, data: &[&[u8]]) {
        self.put(NAME);
        self.numbers(&[kind, class]);
        self.put(&ttl.to_be_bytes());
        let length: usize = data.iter().map(|part| part.len()).sum();
        self.numbers(&[length as u16]);
        data.iter().for_each(|part| self.put(part));
    }
}
