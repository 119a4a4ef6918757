//! A DHCP server (RFC 2131) that leases the guest's address.

use crate::addresses::Addresses;
use smoltcp::wire::{DhcpMessageType, DhcpPacket, DhcpRepr};
use std::{iter, net::Ipv4Addr};

/// The server's port.
pub const SERVER_PORT: u16 = 67;
/// The client's port.
pub const CLIENT_PORT: u16 = 68;

/// The lease time in seconds: one day.
const LEASE_TIME: u32 = 86_400;

/// Returns the reply to a client's message, if there is one.
pub fn reply(message: &[u8], addresses: &Addresses) -> Option<Vec<u8>> {
    let packet = DhcpPacket::new_checked(message).ok()?;
    let request = DhcpRepr::parse(&packet).ok()?;
    let message_type = match request.message_type {
        DhcpMessageType::Discover => DhcpMessageType::Offer,
        DhcpMessageType::Request => {
            let requested = request.requested_ip.unwrap_or(request.client_ip);
            if requested == addresses.guest {
                DhcpMessageType::Ack
            } else {
                DhcpMessageType::Nak
            }
        }
        _ => return None,
    };
    let is_lease = message_type != DhcpMessageType::Nak;
    let mask = u32::MAX
        .checked_shl(32 - u32::from(addresses.network.prefix_length))
        .unwrap_or(0);
    let reply = DhcpRepr {
        message_type,
        transaction_id: request.transaction_id,
        secs: 0,
        client_hardware_address: request.client_hardware_address,
        client_ip: Ipv4Addr::UNSPECIFIED,
        your_ip: if is_lease {
            addresses.guest
        } else {
            Ipv4Addr::UNSPECIFIED
        },
        server_ip: addresses.gateway,
        router: is_lease.then_some(addresses.gateway),
        subnet_mask: is_lease.then(|| Ipv4Addr::from_bits(mask)),
        relay_agent_ip: Ipv4Addr::UNSPECIFIED,
        broadcast: true,
        requested_ip: None,
        client_identifier: None,
        server_identifier: Some(addresses.gateway),
        parameter_request_list: None,
        dns_servers: is_lease.then(|| iter::once(addresses.name_server).collect()),
        max_size: None,
        lease_duration: is_lease.then_some(LEASE_TIME),
        renew_duration: None,
        rebind_duration: None,
        additional_options: &[],
    };
    let mut bytes = vec![0; reply.buffer_len()];
    let mut packet = DhcpPacket::new_unchecked(&mut bytes[..]);
    reply.emit(&mut packet).ok()?;
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::addresses::EXAMPLE;
    use smoltcp::wire::EthernetAddress;

    /// The type of the reply to such a message, its address, and its router and name server.
    fn replied(
        message_type: DhcpMessageType,
        requested_ip: Option<Ipv4Addr>,
    ) -> Option<(DhcpMessageType, Ipv4Addr, Option<[Ipv4Addr; 2]>)> {
        let message = DhcpRepr {
            message_type,
            transaction_id: 7,
            secs: 0,
            client_hardware_address: EthernetAddress([2, 0, 0, 0, 0, 1]),
            client_ip: Ipv4Addr::UNSPECIFIED,
            your_ip: Ipv4Addr::UNSPECIFIED,
            server_ip: Ipv4Addr::UNSPECIFIED,
            router: None,
            subnet_mask: None,
            relay_agent_ip: Ipv4Addr::UNSPECIFIED,
            broadcast: false,
            requested_ip,
            client_identifier: None,
            server_identifier: None,
            parameter_request_list: None,
            dns_servers: None,
            max_size: None,
            lease_duration: None,
            renew_duration: None,
            rebind_duration: None,
            additional_options: &[],
        };
        let mut bytes = vec![0; message.buffer_len()];
        let emitted = message.emit(&mut DhcpPacket::new_unchecked(&mut bytes[..]));
        emitted.expect("there is room");
        let reply = reply(&bytes, &EXAMPLE)?;
        let reply = DhcpPacket::new_checked(&reply[..]).expect("a message");
        let reply = DhcpRepr::parse(&reply).expect("a message");
        assert_eq!(reply.transaction_id, 7);
        assert_eq!(reply.server_identifier, Some(EXAMPLE.gateway));
        let name_servers = reply.dns_servers.unwrap_or_default();
        let servers = reply.router.zip(name_servers.first().copied());
        let servers = servers.map(|(router, name_server)| [router, name_server]);
        Some((reply.message_type, reply.your_ip, servers))
    }

    #[test]
    fn only_the_guests_address_is_leased() {
        let Addresses { gateway, guest, .. } = EXAMPLE;
        let servers = Some([gateway, EXAMPLE.name_server]);
        assert_eq!(
            replied(DhcpMessageType::Discover, None),
            Some((DhcpMessageType::Offer, guest, servers))
        );
        assert_eq!(
            replied(DhcpMessageType::Request, Some(guest)),
            Some((DhcpMessageType::Ack, guest, servers))
        );
        assert_eq!(
            replied(DhcpMessageType::Request, Some(gateway)),
            Some((DhcpMessageType::Nak, Ipv4Addr::UNSPECIFIED, None))
        );
        assert_eq!(replied(DhcpMessageType::Release, None), None);
        assert_eq!(reply(b"no message", &EXAMPLE), None);
    }
}
