//! The DHCP messages that a client sends and receives (RFC 2131, section 2, and RFC 2132).

use crate::net::ip::Route;
use alloc::{string::String, vec, vec::Vec};
use core::net::Ipv4Addr;
pub(super) use smoltcp::wire::DhcpMessageType as MessageType;
use smoltcp::wire::{DhcpOption, DhcpPacket, DhcpRepr, EthernetAddress};

/// Options (RFC 2132).
mod option {
    pub(super) const SUBNET_MASK: u8 = 1;
    pub(super) const ROUTER: u8 = 3;
    pub(super) const DOMAIN_NAME_SERVER: u8 = 6;
    pub(super) const HOST_NAME: u8 = 12;
    pub(super) const DOMAIN_NAME: u8 = 15;
    pub(super) const INTERFACE_MTU: u8 = 26;
    pub(super) const NTP_SERVERS: u8 = 42;
    pub(super) const IP_ADDRESS_LEASE_TIME: u8 = 51;
    pub(super) const MESSAGE_TYPE: u8 = 53;
    pub(super) const SERVER_IDENTIFIER: u8 = 54;
    pub(super) const RENEWAL_TIME: u8 = 58;
    pub(super) const REBINDING_TIME: u8 = 59;
    /// RFC 3442.
    pub(super) const CLASSLESS_STATIC_ROUTE: u8 = 121;
}

/// Maximum length of a received message: what every client must accept, without the headers of IP and
/// UDP (RFC 2131, section 2).
pub(super) const MAX_LEN: usize = 576 - 20 - 8;
/// Minimum length of a message, which BOOTP relays and servers require (RFC 1542, section 2.1).
const MIN_LEN: usize = 300;

/// A message from the client.
pub(super) struct Request<'a> {
    pub(super) kind: MessageType,
    pub(super) transaction: u32,
    /// Since the client began to ask.
    pub(super) seconds: u16,
    pub(super) mac_address: [u8; 6],
    /// The address that the client already has (`ciaddr`).
    pub(super) client_ip: Option<Ipv4Addr>,
    /// The address that the server offered.
    pub(super) requested: Option<Ipv4Addr>,
    /// The server that the message is for.
    pub(super) server: Option<Ipv4Addr>,
    /// The client's host name, or empty.
    pub(super) name: &'a str,
}

impl Request<'_> {
    /// The message.
    pub(super) fn write(&self) -> Vec<u8> {
        let mac_address = EthernetAddress(self.mac_address);
        let name = [DhcpOption {
            kind: option::HOST_NAME,
            data: self.name.as_bytes(),
        }];
        let asks = !matches!(self.kind, MessageType::Decline | MessageType::Release);
        let written = DhcpRepr {
            message_type: self.kind,
            transaction_id: self.transaction,
            secs: self.seconds,
            client_hardware_address: mac_address,
            client_ip: self.client_ip.unwrap_or(Ipv4Addr::UNSPECIFIED),
            your_ip: Ipv4Addr::UNSPECIFIED,
            server_ip: Ipv4Addr::UNSPECIFIED,
            relay_agent_ip: Ipv4Addr::UNSPECIFIED,
            // Without an address, only a broadcast is received.
            broadcast: self.client_ip.is_none(),
            requested_ip: self.requested,
            client_identifier: Some(mac_address),
            server_identifier: self.server,
            router: None,
            subnet_mask: None,
            parameter_request_list: asks.then_some(&[
                option::SUBNET_MASK,
                // Before the routers, which it replaces (RFC 3442).
                option::CLASSLESS_STATIC_ROUTE,
                option::ROUTER,
                option::DOMAIN_NAME_SERVER,
                option::HOST_NAME,
                option::DOMAIN_NAME,
                option::INTERFACE_MTU,
                option::NTP_SERVERS,
                option::RENEWAL_TIME,
                option::REBINDING_TIME,
            ]),
            dns_servers: None,
            max_size: asks.then_some(576),
            lease_duration: None,
            renew_duration: None,
            rebind_duration: None,
            additional_options: match asks && !self.name.is_empty() {
                true => &name,
                false => &[],
            },
        };
        let mut bytes = vec![0; written.buffer_len().max(MIN_LEN)];
        written
            .emit(&mut DhcpPacket::new_unchecked(&mut bytes[..]))
            .expect("there is room for what was measured");
        bytes
    }
}

/// A message from a server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Answer {
    pub(super) kind: MessageType,
    pub(super) transaction: u32,
    /// The client's address.
    pub(super) address: Ipv4Addr,
    pub(super) mask: Option<Ipv4Addr>,
    pub(super) router: Option<Ipv4Addr>,
    /// If there are any, `router` does not count (RFC 3442).
    pub(super) routes: Vec<Route>,
    pub(super) name_servers: Vec<Ipv4Addr>,
    pub(super) ntp_servers: Vec<Ipv4Addr>,
    pub(super) domain: Option<String>,
    pub(super) host_name: Option<String>,
    pub(super) mtu: Option<u16>,
    pub(super) server: Option<Ipv4Addr>,
    /// In seconds.
    pub(super) duration: Option<u32>,
    pub(super) renewal: Option<u32>,
    pub(super) rebinding: Option<u32>,
}

impl Answer {
    /// The answer that `bytes` are to the client with this MAC address; `None` if they are
    /// something else.
    pub(super) fn read(bytes: &[u8], mac_address: [u8; 6]) -> Option<Self> {
        let packet = DhcpPacket::new_checked(bytes).ok()?;
        let ours = packet.client_hardware_address() == EthernetAddress(mac_address);
        if !ours || packet.hardware_len() != 6 || packet.magic_number() != MAGIC {
            return None;
        }
        let mut answer = Self {
            kind: MessageType::Unknown(0),
            transaction: packet.transaction_id(),
            address: packet.your_ip(),
            mask: None,
            router: None,
            routes: Vec::new(),
            name_servers: Vec::new(),
            ntp_servers: Vec::new(),
            domain: None,
            host_name: None,
            mtu: None,
            server: None,
            duration: None,
            renewal: None,
            rebinding: None,
        };
        // An option that is too long for one is in several (RFC 3396).
        let mut routes = Vec::new();
        for DhcpOption { kind, data } in packet.options() {
            match kind {
                option::MESSAGE_TYPE => {
                    answer.kind = data.first().map_or(answer.kind, |kind| (*kind).into());
                }
                option::SUBNET_MASK => answer.mask = addresses(data).next(),
                // The first is the best (RFC 2132, section 3.5).
                option::ROUTER => answer.router = addresses(data).next(),
                option::DOMAIN_NAME_SERVER => answer.name_servers = addresses(data).collect(),
                option::NTP_SERVERS => answer.ntp_servers = addresses(data).collect(),
                option::DOMAIN_NAME => answer.domain = name(data),
                option::HOST_NAME => answer.host_name = name(data),
                option::INTERFACE_MTU => {
                    answer.mtu = data.try_into().ok().map(u16::from_be_bytes);
                }
                option::SERVER_IDENTIFIER => answer.server = addresses(data).next(),
                option::IP_ADDRESS_LEASE_TIME => answer.duration = number(data),
                option::RENEWAL_TIME => answer.renewal = number(data),
                option::REBINDING_TIME => answer.rebinding = number(data),
                option::CLASSLESS_STATIC_ROUTE => routes.extend_from_slice(data),
                _ => {}
            }
        }
        answer.routes = read_routes(&routes).unwrap_or_default();
        Some(answer)
    }
}

/// Reads routes (RFC 3442): of each the prefix length, as many octets of the network as that makes
/// significant, and the router. `None` if they are malformed.
fn read_routes(mut data: &[u8]) -> Option<Vec<Route>> {
    let mut routes = Vec::new();
    while let Some((&prefix_length, rest)) = data.split_first() {
        let mut network = [0; 4];
        let significant = network.get_mut(..usize::from(prefix_length).div_ceil(8))?;
        let (octets, rest) = rest.split_at_checked(significant.len())?;
        significant.copy_from_slice(octets);
        let (router, rest) = rest.split_first_chunk::<4>()?;
        let router = Ipv4Addr::from_octets(*router);
        routes.push(Route {
            network: Ipv4Addr::from_octets(network),
            prefix_length,
            gateway: (!router.is_unspecified()).then_some(router),
        });
        data = rest;
    }
    Some(routes)
}

/// The first bytes of the options (RFC 2131, section 3).
const MAGIC: u32 = 0x6382_5363;

fn number(data: &[u8]) -> Option<u32> {
    Some(u32::from_be_bytes(data.try_into().ok()?))
}

/// Reads the name of a host or a domain. Returns `None` for a text that cannot be one, which a program might
/// print or pass on.
fn name(data: &[u8]) -> Option<String> {
    let text = core::str::from_utf8(data).ok()?;
    // Some servers terminate texts (RFC 2132, section 2).
    let text = text.trim_end_matches('\0');
    let is_valid = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
    (!text.is_empty() && text.bytes().all(is_valid)).then(|| text.into())
}

fn addresses(data: &[u8]) -> impl Iterator<Item = Ipv4Addr> {
    let (addresses, _) = data.as_chunks::<4>();
    addresses
        .iter()
        .map(|octets| Ipv4Addr::from_octets(*octets))
}
