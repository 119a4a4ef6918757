//! Queries and responses (RFC 1035, section 4; RFC 6762, section 18).

use core::{
    net::{Ipv4Addr, Ipv6Addr},
    ops::Range,
};

/// The port of multicast DNS. A query from another port is one of ordinary DNS.
pub const PORT: u16 = 5353;

/// The length of the longest message that is written.
pub const MAX_LEN: usize = 160;

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

/// The addresses of this unikernel.
#[derive(Debug, Clone, Copy)]
pub struct Addresses {
    pub v4: Option<Ipv4Addr>,
    pub v6: Option<Ipv6Addr>,
}

impl Addresses {
    /// Calls `take` with the type and the data of each record that answers questions of this type.
    fn each(&self, asked: u16, mut take: impl FnMut(u16, &[u8])) {
        if let Some(address) = self.v4.filter(|_| matches!(asked, A | ANY)) {
            take(A, &address.octets());
        }
        if let Some(address) = self.v6.filter(|_| matches!(asked, AAAA | ANY)) {
            take(AAAA, &address.octets());
        }
    }

    fn count(&self, asked: u16) -> u16 {
        let mut count = 0;
        self.each(asked, |_, _| count += 1);
        count
    }

    /// Returns whether a record of the name is one of this unikernel.
    fn has(&self, kind: u16, data: &[u8]) -> bool {
        let mut is_known = false;
        self.each(kind, |_, own| is_known |= own == data);
        is_known
    }

    /// Returns the types that there are, as a record of type NSEC has them (RFC 4034, section 4.1.2).
    fn types(&self) -> &'static [u8] {
        match (self.v4, self.v6) {
            (_, None) => &[0, 1, 0x40],
            (None, _) => &[0, 4, 0, 0, 0, 8],
            _ => &[0, 4, 0x40, 0, 0, 8],
        }
    }
}

/// A question for the name.
#[derive(Debug, PartialEq, Eq)]
pub struct Query<'a> {
    id: &'a [u8],
    kind: u16,
    wants_unicast: bool,
}

impl<'a> Query<'a> {
    /// Returns the first question of a message that is for the name and whose answer the asking host does not know.
    pub fn parse(message: &'a [u8], addresses: &Addresses) -> Option<Self> {
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
            let record = Record::read(message, at)?;
            at = record.end;
            let is_known = record.kind == query.kind
                && record.ttl >= TTL / 2
                && record.is_ours
                && addresses.has(record.kind, record.data);
            if is_known {
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
    pub fn answer(&self, port: u16, addresses: &Addresses, response: &mut [u8; MAX_LEN]) -> usize {
        let mut writer = Writer::new(response);
        let is_legacy = port != PORT;
        let (id, questions) = match is_legacy {
            true => (self.id, 1),
            false => (&[0, 0][..], 0),
        };
        let count = addresses.count(self.kind);
        writer.put(id);
        writer.numbers(&[0x8400, questions, count.max(1), 0, 0]);
        if is_legacy {
            writer.put(NAME);
            writer.numbers(&[self.kind, IN]);
        }
        let (class, ttl) = match is_legacy {
            true => (IN, LEGACY_TTL),
            false => (IN | TOP_BIT, TTL),
        };
        addresses.each(self.kind, |kind, data| {
            writer.record(kind, class, ttl, &[data])
        });
        if count == 0 {
            // There is none of this type, which is said (RFC 6762, section 6.1).
            writer.record(NSEC, class, ttl, &[NAME, addresses.types()]);
        }
        writer.length
    }
}

/// Writes a response that nobody has asked for; returns its length.
pub fn announcement(addresses: &Addresses, response: &mut [u8; MAX_LEN]) -> usize {
    let query = Query {
        id: &[],
        kind: ANY,
        wants_unicast: false,
    };
    query.answer(PORT, addresses, response)
}

/// Writes a question for the name, with the records that it shall have (RFC 6762, section 8.1); returns its length.
pub fn probe(addresses: &Addresses, message: &mut [u8; MAX_LEN]) -> usize {
    let mut writer = Writer::new(message);
    writer.numbers(&[0, 0, 1, 0, addresses.count(ANY), 0]);
    writer.put(NAME);
    writer.numbers(&[ANY, IN | TOP_BIT]);
    addresses.each(ANY, |kind, data| writer.record(kind, IN, TTL, &[data]));
    writer.length
}

/// Returns whether a message is the response of another host that has the name.
pub fn is_taken(message: &[u8], addresses: &Addresses) -> bool {
    let find = || {
        // Only responses without an error count.
        let flags = number(message, 2)?;
        let (questions, answers) = (number(message, 4)?, number(message, 6)?);
        let mut at = HEADER_LEN;
        for _ in 0..questions {
            at = Name::read(message, at)?.end + 4;
        }
        let mut found = None;
        for _ in 0..answers {
            let record = Record::read(message, at)?;
            at = record.end;
            let is_of_other = record.is_ours && !addresses.has(record.kind, record.data);
            found = found.or(is_of_other.then_some(()));
        }
        found.filter(|()| flags & 0xf80f == 0x8000)
    };
    find().is_some()
}

/// A record in a message.
struct Record<'a> {
    is_ours: bool,
    kind: u16,
    ttl: u32,
    data: &'a [u8],
    /// Where the message goes on.
    end: usize,
}

impl<'a> Record<'a> {
    /// Reads the record at a position.
    fn read(message: &'a [u8], start: usize) -> Option<Self> {
        let name = Name::read(message, start)?;
        let [high, low] = [
            number(message, name.end + 4)?,
            number(message, name.end + 6)?,
        ];
        let data = name.end + 10;
        let end = data + usize::from(number(message, name.end + 8)?);
        Some(Self {
            is_ours: name.is_ours(message),
            kind: number(message, name.end)?,
            ttl: u32::from(high) << 16 | u32::from(low),
            data: message.get(data..end)?,
            end,
        })
    }
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
