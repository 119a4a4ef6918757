//! Extension headers (RFC 8200, section 4).
//!
//! A host must process those that a sender may use, but nobody sends many (RFC 7045, RFC 9288): their
//! number, and that of the options in each, has a bound (RFC 8504, section 5.3).

use super::packet::{HEADER_LEN, Ipv6Packet};
use crate::net::drops::DropReason;

/// How many extension headers a packet may have.
const MAX_HEADERS: usize = 8;

/// How many options a header may have, padding not counted, and how much padding may be in one place.
const MAX_OPTIONS: usize = 8;
const MAX_PADDING: usize = 7;

const HOP_BY_HOP: u8 = 0;
const ROUTING: u8 = 43;
pub(super) const FRAGMENT: u8 = 44;
const DESTINATION: u8 = 60;

/// Length of a fragment header in bytes.
pub(super) const FRAGMENT_HEADER_LEN: usize = 8;

const PAD_1: u8 = 0;
const PAD_N: u8 = 1;
const ROUTER_ALERT: u8 = 5;

/// What follows the extension headers of a packet, or those before the fragment header of one that is a
/// fragment, whose header is the start of the payload.
#[derive(Debug, Clone, Copy)]
pub(super) struct Upper<'a> {
    pub(super) protocol: u8,
    /// Where the number of the protocol is in the packet.
    pub(super) pointer: usize,
    /// Whether there was a fragment header, of a packet that is whole (RFC 6946).
    pub(super) was_fragmented: bool,
    /// Whether routers are asked to look at the packet (RFC 2711).
    pub(super) has_router_alert: bool,
    pub(super) payload: &'a [u8],
}

/// Why extension headers are refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Refusal {
    /// Nobody is told.
    Silent(DropReason),
    /// The source is told what is wrong where (RFC 4443, section 3.4).
    Problem {
        code: ProblemCode,
        pointer: usize,
        /// Also if the packet was sent to a group.
        to_group: bool,
    },
}

/// What is wrong with a packet (RFC 4443, section 3.4).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub(super) enum ProblemCode {
    Field = 0,
    NextHeader = 1,
    Option = 2,
    /// The first fragment does not have all headers (RFC 7112, section 5).
    IncompleteHeaders = 3,
}

const MALFORMED: Refusal = Refusal::Silent(DropReason::Ipv6Malformed);
const TOO_MUCH: Refusal = Refusal::Silent(DropReason::Ipv6Extension);

/// Returns what follows the extension headers of a packet.
pub(super) fn skip<'a>(packet: &Ipv6Packet<'a>) -> Result<Upper<'a>, Refusal> {
    let mut upper = Upper {
        protocol: packet.next_header,
        pointer: 6,
        was_fragmented: false,
        has_router_alert: false,
        payload: packet.payload,
    };
    for _ in 0..=MAX_HEADERS {
        let at = packet.bytes.len() - upper.payload.len();
        let problem = |code, pointer| Refusal::Problem {
            code,
            pointer,
            to_group: false,
        };
        match upper.protocol {
            HOP_BY_HOP if at != HEADER_LEN => {
                return Err(problem(ProblemCode::NextHeader, upper.pointer));
            }
            HOP_BY_HOP | DESTINATION => {
                let (header, rest) = split(upper.payload)?;
                upper.has_router_alert |= check_options(header, at)?;
                upper.payload = rest;
            }
            ROUTING => {
                let (header, rest) = split(upper.payload)?;
                // No segments are left for this host (RFC 5095).
                if header[3] != 0 {
                    return Err(problem(ProblemCode::Field, at + 2));
                }
                upper.payload = rest;
            }
            FRAGMENT => {
                let header: &[u8; 8] = upper.payload.first_chunk().ok_or(MALFORMED)?;
                let [_, _, offset, more, ..] = *header;
                if offset != 0 || more & 0xf9 != 0 {
                    return Ok(upper);
                }
                upper.was_fragmented = true;
                upper.payload = &upper.payload[header.len()..];
            }
            _ => return Ok(upper),
        }
        upper.protocol = packet.bytes[at];
        upper.pointer = at;
    }
    Err(TOO_MUCH)
}

/// Returns what follows the extension headers of a packet that this host has sent, of which the end may
/// be missing. Of a fragment that is not the first, it is the protocol only.
pub(super) fn skip_embedded<'a>(packet: &Ipv6Packet<'a>) -> Option<(u8, &'a [u8])> {
    let (mut protocol, mut rest) = (packet.next_header, packet.payload);
    for _ in 0..MAX_HEADERS {
        let length = match protocol {
            HOP_BY_HOP | DESTINATION | ROUTING => split(rest).ok()?.0.len(),
            // Only the first fragment has a transport header.
            FRAGMENT if rest.get(2)? | (rest.get(3)? & 0xf8) == 0 => 8,
            FRAGMENT => {
                let protocol = *rest.first()?;
                let is_known = !matches!(protocol, HOP_BY_HOP | ROUTING | FRAGMENT | DESTINATION);
                return is_known.then_some((protocol, &[]));
            }
            _ => return Some((protocol, rest)),
        };
        protocol = *rest.first()?;
        rest = rest.get(length..)?;
    }
    None
}

/// Splits a header from what follows it.
fn split(payload: &[u8]) -> Result<(&[u8], &[u8]), Refusal> {
    let length = payload.get(1).map(|units| (usize::from(*units) + 1) * 8);
    let split = length.and_then(|length| payload.split_at_checked(length));
    split.ok_or(MALFORMED)
}

/// Checks the options of a header at `at` in its packet. None has an effect on a host; the high bits of
/// those that are not known say what to do (RFC 8200, section 4.2). Returns whether there is a router alert.
fn check_options(header: &[u8], at: usize) -> Result<bool, Refusal> {
    let mut position = 2;
    let (mut options, mut padding) = (0, 0);
    let mut has_router_alert = false;
    while let Some(&kind) = header.get(position) {
        let length = match kind {
            PAD_1 => 1,
            _ => 2 + usize::from(*header.get(position + 1).ok_or(MALFORMED)?),
        };
        if position + length > header.len() {
            return Err(MALFORMED);
        }
        if kind == PAD_1 || kind == PAD_N {
            padding += length;
            if padding > MAX_PADDING {
                return Err(TOO_MUCH);
            }
            position += length;
            continue;
        }
        (options, padding) = (options + 1, 0);
        if options > MAX_OPTIONS {
            return Err(TOO_MUCH);
        }
        match kind >> 6 {
            _ if kind == ROUTER_ALERT => has_router_alert = true,
            0 => {}
            1 => return Err(TOO_MUCH),
            action => {
                return Err(Refusal::Problem {
                    code: ProblemCode::Option,
                    pointer: at + position,
                    to_group: action == 2,
                });
            }
        }
        position += length;
    }
    Ok(has_router_alert)
}
