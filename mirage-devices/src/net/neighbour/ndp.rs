//! Neighbour discovery: solicitations and advertisements (RFC 4861, sections 4.3 and 4.4).

use super::{
    address::{NeighbourAddress, Solicitation},
    arp::MacAddress,
};
use crate::net::{
    checksum::{self, Sum},
    drops::DropReason,
    ethernet,
    link::Transmit,
};
use core::net::Ipv6Addr;

/// The types of the messages.
pub(super) const ROUTER_SOLICITATION: u8 = 133;
pub(in crate::net) const ROUTER_ADVERTISEMENT: u8 = 134;
pub(in crate::net) const SOLICITATION: u8 = 135;
pub(in crate::net) const ADVERTISEMENT: u8 = 136;

/// The options with the MAC address of the sender, and of the target.
pub(super) const SOURCE_LINK_LAYER: u8 = 1;
const TARGET_LINK_LAYER: u8 = 2;

/// The flags of an advertisement.
const ROUTER: u8 = 0x80;
const SOLICITED: u8 = 0x40;
const OVERRIDE: u8 = 0x20;

/// Length of both messages without options, in bytes.
const MESSAGE_LEN: usize = 24;

/// Length of the option with a MAC address, in bytes.
pub(super) const OPTION_LEN: usize = 8;

/// The hop limit of what no router has forwarded.
pub(super) const HOP_LIMIT: u8 = 255;

const IPV6_HEADER_LEN: usize = 40;
const ICMPV6: u8 = 58;

/// The hosts on a link, `ff02::1`.
pub(in crate::net) const ALL_NODES: Ipv6Addr = Ipv6Addr::new(0xff02, 0, 0, 0, 0, 0, 0, 1);

/// Returns the group in which a host with `address` is asked for its MAC address (RFC 4291, section
/// 2.7.1).
pub(in crate::net) const fn solicited_node(address: Ipv6Addr) -> Ipv6Addr {
    const PREFIX: u128 = 0xff02_0000_0000_0000_0000_0001_ff00_0000;
    Ipv6Addr::from_bits(PREFIX | address.to_bits() & 0xff_ffff)
}

/// Returns the MAC address of frames to a group (RFC 2464, section 7).
pub(in crate::net) const fn group_mac(group: Ipv6Addr) -> MacAddress {
    let [.., a, b, c, d] = group.octets();
    [0x33, 0x33, a, b, c, d]
}

/// A received message, and the packet in which it came.
#[derive(Debug, Clone, Copy)]
pub struct Received<'a> {
    /// The source of the packet.
    pub source: Ipv6Addr,
    /// The destination of the packet.
    pub destination: Ipv6Addr,
    /// The hop limit of the packet.
    pub hop_limit: u8,
    /// The ICMPv6 message, whose checksum is correct.
    pub message: &'a [u8],
}

/// A message of neighbour discovery.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Discovery {
    /// A question for the MAC address of `target`.
    Solicitation {
        /// Who asks; `::` to find out whether the address is in use.
        source: Ipv6Addr,
        /// The address that is asked for.
        target: Ipv6Addr,
        /// The MAC address of the sender.
        mac: Option<MacAddress>,
    },
    /// An answer, or an announcement.
    Advertisement {
        /// The address whose MAC address is `mac`.
        target: Ipv6Addr,
        /// The MAC address, if it is said.
        mac: Option<MacAddress>,
        /// Whether it answers a solicitation.
        solicited: bool,
        /// Whether it replaces what is known.
        overrides: bool,
    },
}

impl Discovery {
    /// Parses a message and checks all that RFC 4861 demands (sections 7.1.1 and 7.1.2).
    ///
    /// # Errors
    /// Returns [`DropReason::NdpMalformed`] if a router may have forwarded it, or a field is wrong.
    pub fn parse(received: &Received<'_>) -> Result<Self, DropReason> {
        let malformed = DropReason::NdpMalformed;
        let (header, options) = received
            .message
            .split_first_chunk::<MESSAGE_LEN>()
            .ok_or(malformed)?;
        let [kind, code, _, _, flags, _, _, _, target @ ..] = *header;
        let target = Ipv6Addr::from_octets(target);
        if received.hop_limit != HOP_LIMIT || code != 0 || target.is_multicast() {
            return Err(malformed);
        }
        let wanted = match kind {
            SOLICITATION => SOURCE_LINK_LAYER,
            _ => TARGET_LINK_LAYER,
        };
        let mac = link_layer_option(options, wanted)?;
        if kind == ADVERTISEMENT {
            let solicited = flags & SOLICITED != 0;
            if received.destination.is_multicast() && solicited {
                return Err(malformed);
            }
            return Ok(Self::Advertisement {
                target,
                mac,
                solicited,
                overrides: flags & OVERRIDE != 0,
            });
        }
        let source = received.source;
        // The group is that of the target.
        let is_detection = received.destination == solicited_node(target) && mac.is_none();
        if source.is_unspecified() && !is_detection {
            return Err(malformed);
        }
        Ok(Self::Solicitation {
            source,
            target,
            mac,
        })
    }
}

/// Returns whether a message is an advertisement of a host that is no router.
pub(in crate::net) fn is_of_no_router(message: &[u8]) -> bool {
    matches!(*message, [ADVERTISEMENT, _, _, _, flags, ..] if flags & ROUTER == 0)
}

/// Returns the MAC address in the first option of type `wanted`. All options are checked; there are as
/// many as fit into a packet.
pub(super) fn link_layer_option(
    options: &[u8],
    wanted: u8,
) -> Result<Option<MacAddress>, DropReason> {
    let malformed = DropReason::NdpMalformed;
    let (mut rest, mut found) = (options, None);
    while let [kind, length, ..] = *rest {
        let length = usize::from(length) * OPTION_LEN;
        // An option without length would never end.
        let option = rest.get(..length).filter(|option| !option.is_empty());
        let option = option.ok_or(malformed)?;
        rest = &rest[length..];
        if kind == wanted
            && found.is_none()
            && let [_, _, mac @ ..] = option
            && let Ok(mac) = MacAddress::try_from(mac)
        {
            // No host has the address of a group.
            if mac[0] & 1 != 0 {
                return Err(malformed);
            }
            found = Some(mac);
        }
    }
    match rest {
        [] => Ok(found),
        _ => Err(malformed),
    }
}

impl NeighbourAddress for Ipv6Addr {
    fn solicit(question: &Solicitation<Self>, transmitter: &mut impl Transmit) -> bool {
        let (source, mac) = question.source;
        let (destination, to) = match question.to {
            Some(to) => (question.target, to),
            None => {
                let group = solicited_node(question.target);
                (group, group_mac(group))
            }
        };
        let message = Message {
            kind: SOLICITATION,
            flags: 0,
            target: question.target,
            option: question.tells_mac.then_some((SOURCE_LINK_LAYER, mac)),
        };
        message.transmit((source, mac), (destination, to), transmitter)
    }
}

/// Asks whether another host uses `address` (RFC 4862, section 5.4.2). Returns whether the link had
/// room.
pub(super) fn detect(address: Ipv6Addr, mac: MacAddress, transmitter: &mut impl Transmit) -> bool {
    let message = Message {
        kind: SOLICITATION,
        flags: 0,
        target: address,
        option: None,
    };
    let group = solicited_node(address);
    let source = (Ipv6Addr::UNSPECIFIED, mac);
    message.transmit(source, (group, group_mac(group)), transmitter)
}

/// Advertises `address` of this host: to `asker` if somebody has asked, and otherwise to all hosts.
/// Returns whether the link had room.
pub(super) fn advertise(
    (address, mac): (Ipv6Addr, MacAddress),
    asker: Option<(Ipv6Addr, MacAddress)>,
    overrides: bool,
    transmitter: &mut impl Transmit,
) -> bool {
    let flags = if overrides { OVERRIDE } else { 0 };
    let message = Message {
        kind: ADVERTISEMENT,
        flags: flags | if asker.is_some() { SOLICITED } else { 0 },
        target: address,
        option: Some((TARGET_LINK_LAYER, mac)),
    };
    let destination = asker.unwrap_or((ALL_NODES, group_mac(ALL_NODES)));
    message.transmit((address, mac), destination, transmitter)
}

/// A message to send.
struct Message {
    kind: u8,
    flags: u8,
    target: Ipv6Addr,
    option: Option<(u8, MacAddress)>,
}

impl Message {
    fn transmit(
        &self,
        (source, mac): (Ipv6Addr, MacAddress),
        (destination, to): (Ipv6Addr, MacAddress),
        transmitter: &mut impl Transmit,
    ) -> bool {
        let mut message = [0; MESSAGE_LEN + OPTION_LEN];
        message[0] = self.kind;
        message[4] = self.flags;
        message[8..MESSAGE_LEN].copy_from_slice(&self.target.octets());
        let mut length = MESSAGE_LEN;
        if let Some((kind, mac)) = self.option {
            message[MESSAGE_LEN..MESSAGE_LEN + 2].copy_from_slice(&[kind, 1]);
            message[MESSAGE_LEN + 2..].copy_from_slice(&mac);
            length += OPTION_LEN;
        }
        let message = &mut message[..length];
        transmit(message, (source, mac), (destination, to), transmitter)
    }
}

/// Sends a message, whose checksum is filled in. Returns whether the link had room.
pub(super) fn transmit(
    message: &mut [u8],
    (source, mac): (Ipv6Addr, MacAddress),
    (destination, to): (Ipv6Addr, MacAddress),
    transmitter: &mut impl Transmit,
) -> bool {
    let length = message.len();
    let pseudo_header = checksum::pseudo_header_ipv6(source, destination, ICMPV6, length as u16);
    let sum = pseudo_header + Sum::from_bytes(message);
    message[2..4].copy_from_slice(&sum.checksum().to_be_bytes());
    let fields: [&[u8]; 8] = [
        &to,
        &mac,
        &ethernet::IPV6.to_be_bytes(),
        &[0x60, 0, 0, 0, 0, length as u8],
        &[ICMPV6, HOP_LIMIT],
        &source.octets(),
        &destination.octets(),
        message,
    ];
    let write = |mut frame: &mut [u8]| {
        for field in fields {
            let (start, rest) = frame.split_at_mut(field.len());
            start.copy_from_slice(field);
            frame = rest;
        }
    };
    let frame_len = ethernet::HEADER_LEN + IPV6_HEADER_LEN + length;
    transmitter.push(frame_len, write).is_some()
}
