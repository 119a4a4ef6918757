//! Router discovery: solicitations and advertisements of routers (RFC 4861, sections 4.1 and 4.2), with
//! router preferences (RFC 4191) and name servers (RFC 8106).

use super::{
    arp::MacAddress,
    cache::{Announcement, NeighbourCache},
    ndp::{
        self, HOP_LIMIT, OPTION_LEN, ROUTER_ADVERTISEMENT, ROUTER_SOLICITATION, Received,
        SOURCE_LINK_LAYER, group_mac,
    },
};
use crate::{
    net::{
        drops::{DropReason, Drops},
        link::Transmit,
    },
    time::Instant,
};
use core::net::Ipv6Addr;

/// The routers on a link, `ff02::2`.
const ALL_ROUTERS: Ipv6Addr = Ipv6Addr::new(0xff02, 0, 0, 0, 0, 0, 0, 2);

/// The options that are processed.
const PREFIX_INFORMATION: u8 = 3;
const MTU: u8 = 5;
const RECURSIVE_DNS_SERVERS: u8 = 25;

/// The flags of prefix information.
const ON_LINK: u8 = 0x80;
const AUTONOMOUS: u8 = 0x40;

/// Length of an advertisement without options, in bytes.
const ADVERTISEMENT_LEN: usize = 16;
/// Length of a solicitation without options, in bytes.
const SOLICITATION_LEN: usize = 8;

/// Which of several routers is the default router (RFC 4191, section 2.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum RouterPreference {
    /// It is used if there is no other.
    Low,
    /// The default.
    Medium,
    /// It is preferred.
    High,
}

/// An advertisement of a router.
#[derive(Debug, Clone, Copy)]
pub struct RouterAdvertisement<'a> {
    /// The router.
    pub router: Ipv6Addr,
    /// How long it is a default router, in seconds; 0 if it is none.
    pub lifetime: u16,
    /// Which of several routers is the default router.
    pub preference: RouterPreference,
    /// Its MAC address, if it is said.
    pub mac: Option<MacAddress>,
    options: &'a [u8],
}

/// An option of an advertisement.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RouterOption<'a> {
    /// A prefix of the link.
    Prefix(PrefixInformation),
    /// The MTU of the link.
    Mtu(u32),
    /// Name servers, and how long they may be used, in seconds.
    NameServers(u32, &'a [[u8; 16]]),
}

/// A prefix of the link (RFC 4861, section 4.6.2). Lifetimes are in seconds; `u32::MAX` is one without end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PrefixInformation {
    /// An address with the prefix.
    pub prefix: Ipv6Addr,
    /// How many leading bits are the prefix.
    pub length: u8,
    /// Whether addresses with the prefix are on the link.
    pub on_link: bool,
    /// Whether hosts choose addresses with the prefix.
    pub autonomous: bool,
    /// How long the prefix is on the link, and addresses with it are valid.
    pub valid: u32,
    /// How long addresses with it are preferred.
    pub preferred: u32,
}

impl<'a> RouterAdvertisement<'a> {
    /// Parses an advertisement and checks all that RFC 4861 demands (section 6.1.2).
    ///
    /// # Errors
    /// Returns [`DropReason::NdpMalformed`] if it may come from another link, or a field is wrong.
    pub fn parse(received: &Received<'a>) -> Result<Self, DropReason> {
        let malformed = DropReason::NdpMalformed;
        let (header, options) = received
            .message
            .split_first_chunk::<ADVERTISEMENT_LEN>()
            .ok_or(malformed)?;
        let [kind, code, _, _, _, flags, high, low, ..] = *header;
        let is_of_link = received.hop_limit == HOP_LIMIT && received.source.is_unicast_link_local();
        if kind != ROUTER_ADVERTISEMENT || code != 0 || !is_of_link {
            return Err(malformed);
        }
        Ok(Self {
            router: received.source,
            lifetime: u16::from_be_bytes([high, low]),
            preference: match flags >> 3 & 3 {
                1 => RouterPreference::High,
                3 => RouterPreference::Low,
                // 2 is reserved, and counts as this one.
                _ => RouterPreference::Medium,
            },
            mac: ndp::link_layer_option(options, SOURCE_LINK_LAYER)?,
            options,
        })
    }

    /// Returns the options that are processed. Those whose length is wrong are skipped.
    pub fn options(&self) -> impl Iterator<Item = RouterOption<'a>> + use<'a> {
        let mut rest = self.options;
        let all = core::iter::from_fn(move || {
            let length = usize::from(*rest.get(1)?) * OPTION_LEN;
            let (option, after) = rest.split_at_checked(length.max(OPTION_LEN))?;
            rest = after;
            Some(option)
        });
        all.filter_map(RouterOption::parse)
    }
}

impl<'a> RouterOption<'a> {
    fn parse(option: &'a [u8]) -> Option<Self> {
        match *option {
            [PREFIX_INFORMATION, ..] => {
                let option: &[u8; 32] = option.try_into().ok()?;
                let [_, _, length, flags, fields @ ..] = option;
                let (times, prefix) = fields.split_first_chunk::<12>()?;
                let [a, b, c, d, e, f, g, h, ..] = *times;
                (*length <= 128).then_some(())?;
                Some(Self::Prefix(PrefixInformation {
                    prefix: Ipv6Addr::from_octets(*prefix.first_chunk()?),
                    length: *length,
                    on_link: flags & ON_LINK != 0,
                    autonomous: flags & AUTONOMOUS != 0,
                    valid: u32::from_be_bytes([a, b, c, d]),
                    preferred: u32::from_be_bytes([e, f, g, h]),
                }))
            }
            [MTU, 1, _, _, a, b, c, d] => Some(Self::Mtu(u32::from_be_bytes([a, b, c, d]))),
            [RECURSIVE_DNS_SERVERS, _, _, _, a, b, c, d, ref servers @ ..] => {
                let (servers, rest) = servers.as_chunks();
                let is_whole = rest.is_empty() && !servers.is_empty();
                let lifetime = u32::from_be_bytes([a, b, c, d]);
                is_whole.then_some(Self::NameServers(lifetime, servers))
            }
            _ => None,
        }
    }
}

/// Asks the routers on the link for advertisements (RFC 4861, section 6.3.7). The MAC address is told only
/// by a source that no other host can have. Returns whether the link had room.
pub fn solicit_routers(
    source: Ipv6Addr,
    mac: MacAddress,
    tells_mac: bool,
    transmitter: &mut impl Transmit,
) -> bool {
    let mut message = [0; SOLICITATION_LEN + OPTION_LEN];
    message[0] = ROUTER_SOLICITATION;
    let mut length = SOLICITATION_LEN;
    if tells_mac {
        message[SOLICITATION_LEN..SOLICITATION_LEN + 2].copy_from_slice(&[SOURCE_LINK_LAYER, 1]);
        message[SOLICITATION_LEN + 2..].copy_from_slice(&mac);
        length += OPTION_LEN;
    }
    let destination = (ALL_ROUTERS, group_mac(ALL_ROUTERS));
    ndp::transmit(
        &mut message[..length],
        (source, mac),
        destination,
        transmitter,
    )
}

impl NeighbourCache<Ipv6Addr> {
    /// Notes the MAC address of a router, which was advertised (RFC 4861, section 6.3.4). `source` is the
    /// address of this host that will ask it.
    pub fn on_router(
        &mut self,
        now: Instant,
        (router, mac): (Ipv6Addr, MacAddress),
        source: Ipv6Addr,
        transmitter: &mut impl Transmit,
        drops: &mut Drops,
    ) {
        let announcement = Announcement {
            address: router,
            mac,
            solicited: false,
            overrides: true,
        };
        let updated = self.update(now, &announcement, transmitter, drops);
        if updated.is_none() {
            self.learn(now, (router, mac), source, now);
        }
    }

    /// Returns whether the MAC address of a neighbour is known, or asked for.
    pub fn is_known(&self, address: Ipv6Addr) -> bool {
        self.entries.find(address).is_some() || self.is_resolving(address)
    }
}
