//! IGMP messages.

use super::{pending::MAX_PENDING, version::Version};
use crate::net::{
    checksum::Sum,
    drops::DropReason,
    ethernet,
    ip::{groups::group_mac, v4::Ipv4Packet},
    neighbour::MacAddress,
};
use core::{net::Ipv4Addr, time::Duration};

/// The protocol's number in the IP header.
pub(in super::super) const PROTOCOL: u8 = 2;

/// The hosts of a link, which every host is in and which is never reported.
pub(super) const ALL_SYSTEMS: Ipv4Addr = Ipv4Addr::new(224, 0, 0, 1);

/// The types of the messages.
const QUERY: u8 = 0x11;
pub(super) const REPORT_V1: u8 = 0x12;
pub(super) const REPORT_V2: u8 = 0x16;
pub(super) const LEAVE: u8 = 0x17;
const REPORT: u8 = 0x22;

/// The length of all messages of versions 1 and 2, and of a query of version 3 at least, in bytes.
const MESSAGE_LEN: usize = 8;
const QUERY_LEN: usize = 12;

/// The maximum response time of queries of version 1, which do not have the field (RFC 2236, section 4).
const MAX_DELAY_V1: Duration = Duration::from_secs(10);

/// The shortest maximum response time. A router that asks for less, and asks all the time, gets no more answers.
const MIN_MAX_DELAY: Duration = Duration::from_millis(100);

/// The option by which routers look at a packet to another destination (RFC 2113).
const ROUTER_ALERT: [u8; 4] = [0x94, 4, 0, 0];

/// Length of the header of what is sent, in bytes.
const IPV4_HEADER_LEN: usize = 24;

/// Where the message is in a frame.
const MESSAGE: usize = ethernet::HEADER_LEN + IPV4_HEADER_LEN;

/// Length of a record in bytes.
const RECORD_LEN: usize = 8;

/// The length of the longest frame.
const FRAME_LEN: usize = MESSAGE + MESSAGE_LEN + MAX_PENDING * RECORD_LEN;

/// What a received message says.
#[derive(Debug, Clone, Copy)]
pub(super) enum Message {
    Query(Query),
    /// Another host is in a group, by version 1 or 2.
    Report(Ipv4Addr),
}

/// A question of a router.
#[derive(Debug, Clone, Copy)]
pub(super) struct Query {
    pub(super) version: Version,
    /// The group that is asked for; `None` for all.
    pub(super) group: Option<Ipv4Addr>,
    /// How long an answer may take.
    pub(super) max_delay: Duration,
}

impl Message {
    /// Parses the message of a packet.
    pub(super) fn parse(packet: &Ipv4Packet<'_>) -> Result<Self, DropReason> {
        let message = packet.payload;
        let header: &[u8; MESSAGE_LEN] = message.first_chunk().ok_or(DropReason::IcmpMalformed)?;
        if !Sum::from_bytes(message).is_correct() {
            return Err(DropReason::IcmpChecksum);
        }
        let [kind, code, _, _, group @ ..] = *header;
        let group = Ipv4Addr::from_octets(group);
        match kind {
            QUERY => Ok(Self::Query(Query::new(packet, code, group)?)),
            REPORT_V1 | REPORT_V2 => Ok(Self::Report(group)),
            _ => Err(DropReason::IcmpIgnored),
        }
    }
}

impl Query {
    fn new(packet: &Ipv4Packet<'_>, code: u8, group: Ipv4Addr) -> Result<Self, DropReason> {
        // RFC 9776, section 7.1.
        let (version, max_delay) = match (packet.payload.len(), code) {
            (MESSAGE_LEN, 0) => (Version::One, MAX_DELAY_V1),
            (MESSAGE_LEN, _) => (Version::Two, tenths(code.into())),
            (QUERY_LEN.., _) => (Version::Three, tenths(decode(code))),
            _ => return Err(DropReason::IcmpMalformed),
        };
        let is_general = group.is_unspecified() || version == Version::One;
        // Forged ones may lack these (RFC 9776, section 9.1).
        let is_forged = version > Version::One && !has_router_alert(packet)
            || is_general && packet.destination.is_multicast() && packet.destination != ALL_SYSTEMS;
        if is_forged {
            return Err(DropReason::IcmpIgnored);
        }
        Ok(Self {
            version,
            group: (!is_general).then_some(group),
            max_delay: max_delay.max(MIN_MAX_DELAY),
        })
    }
}

/// A duration in tenths of a second.
const fn tenths(count: u32) -> Duration {
    Duration::from_millis(count as u64 * 100)
}

/// The maximum response time of a code, in tenths of a second (RFC 9776, section 4.1.1).
const fn decode(code: u8) -> u32 {
    match code {
        0x80.. => ((code & 0xf) as u32 | 0x10) << ((code >> 4 & 7) + 3),
        _ => code as u32,
    }
}

/// Returns whether the options of a packet have a router alert.
fn has_router_alert(packet: &Ipv4Packet<'_>) -> bool {
    let header_len = packet.bytes.len() - packet.payload.len();
    let mut options = packet.bytes.get(20..header_len).unwrap_or_default();
    loop {
        options = match *options {
            // The end of the options, and one without a length.
            [] | [0, ..] => return false,
            [1, ref rest @ ..] => rest,
            [kind, length, ..] if length >= 2 => {
                if kind == ROUTER_ALERT[0] {
                    return true;
                }
                options.get(length.into()..).unwrap_or_default()
            }
            _ => return false,
        };
    }
}

/// What a record of a report of version 3 says about a group.
#[derive(Debug, Clone, Copy)]
#[repr(u8)]
pub(super) enum Record {
    /// MODE_IS_EXCLUDE: this host is in the group.
    IsExclude = 2,
    /// CHANGE_TO_INCLUDE_MODE: it has left the group.
    ChangeToInclude = 3,
    /// CHANGE_TO_EXCLUDE_MODE: it has joined the group.
    ChangeToExclude = 4,
}

/// A frame with a message to send.
#[derive(Debug)]
pub(super) struct Frame {
    bytes: [u8; FRAME_LEN],
    length: usize,
    mac: MacAddress,
}

impl Frame {
    /// A frame of the interface with the address `mac`.
    pub(super) const fn new(mac: MacAddress) -> Self {
        Self {
            bytes: [0; FRAME_LEN],
            length: 0,
            mac,
        }
    }

    /// Returns the frame, once it is [finished](Self::finish).
    pub(super) fn bytes(&self) -> &[u8] {
        &self.bytes[..self.length]
    }

    /// Writes a message of version 1 or 2.
    pub(super) fn write_message(&mut self, kind: u8, group: Ipv4Addr) {
        let [a, b, c, d] = group.octets();
        self.bytes[MESSAGE..MESSAGE + MESSAGE_LEN].copy_from_slice(&[kind, 0, 0, 0, a, b, c, d]);
        self.length = MESSAGE + MESSAGE_LEN;
    }

    /// Begins a report of version 3, without records.
    pub(super) fn start_report(&mut self) {
        self.write_message(REPORT, Ipv4Addr::UNSPECIFIED);
    }

    pub(super) fn has_records(&self) -> bool {
        self.length > MESSAGE + MESSAGE_LEN
    }

    /// Adds a record to a report.
    pub(super) fn add_record(&mut self, record: Record, group: Ipv4Addr) {
        let end = self.length + RECORD_LEN;
        if let Some(bytes) = self.bytes.get_mut(self.length..end) {
            let [a, b, c, d] = group.octets();
            bytes.copy_from_slice(&[record as u8, 0, 0, 0, a, b, c, d]);
            self.bytes[MESSAGE + MESSAGE_LEN - 1] += 1;
            self.length = end;
        }
    }

    /// Writes the headers and the checksums.
    pub(super) fn finish(&mut self, source: Ipv4Addr, destination: Ipv4Addr) {
        let (headers, message) = self.bytes[..self.length].split_at_mut(MESSAGE);
        let checksum = Sum::from_bytes(message).checksum();
        message[2..4].copy_from_slice(&checksum.to_be_bytes());
        let total = (IPV4_HEADER_LEN + message.len()) as u16;
        let fields: [&[u8]; 8] = [
            &group_mac(destination),
            &self.mac,
            &ethernet::IPV4.to_be_bytes(),
            // Internetwork control (RFC 9776, section 4).
            &[0x46, 0xc0],
            &total.to_be_bytes(),
            // Not to be fragmented, and not forwarded.
            &[0, 0, 0x40, 0, 1, PROTOCOL, 0, 0],
            &source.octets(),
            &destination.octets(),
        ];
        let mut at = 0;
        for field in fields.into_iter().chain([&ROUTER_ALERT[..]]) {
            headers[at..at + field.len()].copy_from_slice(field);
            at += field.len();
        }
        let header = &mut headers[ethernet::HEADER_LEN..];
        let checksum = Sum::from_bytes(header).checksum();
        header[10..12].copy_from_slice(&checksum.to_be_bytes());
    }
}
