//! DHCP (RFC 2131): the one address that there is to give.

use super::Addresses;
use smoltcp::wire::{DhcpMessageType, DhcpPacket, DhcpRepr};
use std::{iter, net::Ipv4Addr};

/// The port at which a server is asked.
pub const SERVER_PORT: u16 = 67;
/// The port at which who asks is answered.
pub const CLIENT_PORT: u16 = 68;

/// How long the address may be used, in seconds: a day.
const LEASE: u32 = 86_400;

/// The answer to a message, if it has one.
pub fn answer(message: &[u8], addresses: &Addresses) -> Option<Vec<u8>> {
    let packet = DhcpPacket::new_checked(message).ok()?;
    let asked = DhcpRepr::parse(&packet).ok()?;
    let message_type = match asked.message_type {
        DhcpMessageType::Discover => DhcpMessageType::Offer,
        DhcpMessageType::Request => {
            let wanted = asked.requested_ip.unwrap_or(asked.client_ip);
            if wanted == addresses.guest {
                DhcpMessageType::Ack
            } else {
                DhcpMessageType::Nak
            }
        }
        _ => return None,
    };
    let given = message_type != DhcpMessageType::Nak;
    let mask = u32::MAX
        .checked_shl(32 - u32::from(addresses.network.prefix_length))
        .unwrap_or(0);
    let answer = DhcpRepr {
        message_type,
        transaction_id: asked.transaction_id,
        secs: 0,
        client_hardware_address: asked.client_hardware_address,
        client_ip: Ipv4Addr::UNSPECIFIED,
        your_ip: if given {
            addresses.guest
        } else {
            Ipv4Addr::UNSPECIFIED
        },
        server_ip: addresses.host,
        router: given.then_some(addresses.host),
        subnet_mask: given.then(|| Ipv4Addr::from_bits(mask)),
        relay_agent_ip: Ipv4Addr::UNSPECIFIED,
        broadcast: true,
        requested_ip: None,
        client_identifier: None,
        server_identifier: Some(addresses.host),
        parameter_request_list: None,
        dns_servers: given.then(|| iter::once(addresses.name_server).collect()),
        max_size: None,
        lease_duration: given.then_some(LEASE),
        renew_duration: None,
        rebind_duration: None,
        additional_options: &[],
    };
    let mut bytes = vec![0; answer.buffer_len()];
    let mut packet = DhcpPacket::new_unchecked(&mut bytes[..]);
    answer.emit(&mut packet).ok()?;
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::{super::addresses::EXAMPLE, *};
    use smoltcp::wire::EthernetAddress;

    /// What the answer to such a message is, and which address it has, which router and name server.
    fn answered(
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
        let answer = answer(&bytes, &EXAMPLE)?;
        let answer = DhcpPacket::new_checked(&answer[..]).expect("a message");
        let answer = DhcpRepr::parse(&answer).expect("a message");
        assert_eq!(answer.transaction_id, 7);
        assert_eq!(answer.server_identifier, Some(EXAMPLE.host));
        let name_servers = answer.dns_servers.unwrap_or_default();
        let told = answer.router.zip(name_servers.first().copied());
        let told = told.map(|(router, name_server)| [router, name_server]);
        Some((answer.message_type, answer.your_ip, told))
    }

    #[test]
    fn there_is_one_address_to_have() {
        let Addresses { host, guest, .. } = EXAMPLE;
        let told = Some([host, EXAMPLE.name_server]);
        assert_eq!(
            answered(DhcpMessageType::Discover, None),
            Some((DhcpMessageType::Offer, guest, told))
        );
        assert_eq!(
            answered(DhcpMessageType::Request, Some(guest)),
            Some((DhcpMessageType::Ack, guest, told))
        );
        assert_eq!(
            answered(DhcpMessageType::Request, Some(host)),
            Some((DhcpMessageType::Nak, Ipv4Addr::UNSPECIFIED, None))
        );
        assert_eq!(answered(DhcpMessageType::Release, None), None);
        assert_eq!(answer(b"no message", &EXAMPLE), None);
    }
}
