//! ARP packets about Ethernet and IPv4 (RFC 826).

pub use crate::net::ethernet::MacAddress;

use crate::net::{drops::DropReason, ethernet, link::Transmit};
use core::net::Ipv4Addr;
use smoltcp::wire::{ArpOperation, ArpPacket, ArpRepr};

/// The address of all hosts on a link.
const BROADCAST: MacAddress = [0xff; 6];

/// Length of an ARP packet about Ethernet and IPv4, in bytes.
const PACKET_LEN: usize = 28;

/// The types and lengths of the addresses that packets are about: MAC addresses of 6 bytes and IPv4
/// addresses of 4.
const ETHERNET_AND_IPV4: [u8; 6] = [0, 1, 8, 0, 6, 4];

/// What an ARP packet is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Operation {
    /// A question for the MAC address of the target.
    Request,
    /// An answer, or an announcement.
    Reply,
}

/// An ARP packet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Arp {
    /// What it is.
    pub operation: Operation,
    /// The MAC address of its sender.
    pub sender_mac: MacAddress,
    /// The IPv4 address of its sender; 0.0.0.0 in a probe.
    pub sender: Ipv4Addr,
    /// The MAC address of its target; has no meaning in a request.
    pub target_mac: MacAddress,
    /// The IPv4 address of its target.
    pub target: Ipv4Addr,
}

impl Arp {
    /// Parses the payload of an Ethernet frame.
    ///
    /// # Errors
    /// Returns [`DropReason::ArpMalformed`] if it is not an ARP request or reply about Ethernet and
    /// IPv4, and [`DropReason::ArpSender`] if no host can have sent it.
    pub fn parse(payload: &[u8]) -> Result<Self, DropReason> {
        let packet = ArpPacket::new_checked(payload).map_err(|_| DropReason::ArpMalformed)?;
        let Ok(ArpRepr::EthernetIpv4 {
            operation,
            source_hardware_addr,
            source_protocol_addr: sender,
            target_hardware_addr,
            target_protocol_addr: target,
        }) = ArpRepr::parse(&packet)
        else {
            return Err(DropReason::ArpMalformed);
        };
        let operation = match operation {
            ArpOperation::Request => Operation::Request,
            ArpOperation::Reply => Operation::Reply,
            ArpOperation::Unknown(_) => return Err(DropReason::ArpMalformed),
        };
        let probe = sender.is_unspecified() && operation == Operation::Request;
        let host = !sender.is_unspecified()
            && !sender.is_loopback()
            && !sender.is_multicast()
            && !sender.is_broadcast();
        if !source_hardware_addr.is_unicast() || !(probe || host) {
            return Err(DropReason::ArpSender);
        }
        Ok(Self {
            operation,
            sender_mac: source_hardware_addr.0,
            sender,
            target_mac: target_hardware_addr.0,
            target,
        })
    }

    /// A request for the MAC address of `target`.
    pub(super) fn request(mac: MacAddress, sender: Ipv4Addr, target: Ipv4Addr) -> Self {
        Self {
            operation: Operation::Request,
            sender_mac: mac,
            sender,
            target_mac: [0; 6],
            target,
        }
    }

    /// The answer to this request by the host whose address is the target.
    pub(super) fn reply(&self, mac: MacAddress) -> Self {
        Self {
            operation: Operation::Reply,
            sender_mac: mac,
            sender: self.target,
            target_mac: self.sender_mac,
            target: self.sender,
        }
    }

    /// Sends it to all hosts; returns whether the link had room.
    pub(super) fn broadcast(&self, transmitter: &mut impl Transmit) -> bool {
        self.transmit(BROADCAST, transmitter)
    }

    /// Sends it to one host; returns whether the link had room.
    pub(super) fn transmit(
        &self,
        destination: MacAddress,
        transmitter: &mut impl Transmit,
    ) -> bool {
        let operation = match self.operation {
            Operation::Request => 1,
            Operation::Reply => 2,
        };
        // Shorter in an image than smoltcp's representation.
        let fields: [&[u8]; 9] = [
            &destination,
            &self.sender_mac,
            &ethernet::ARP.to_be_bytes(),
            &ETHERNET_AND_IPV4,
            &[0, operation],
            &self.sender_mac,
            &self.sender.octets(),
            &self.target_mac,
            &self.target.octets(),
        ];
        let write = |mut frame: &mut [u8]| {
            for field in fields {
                let (start, rest) = frame.split_at_mut(field.len());
                start.copy_from_slice(field);
                frame = rest;
            }
        };
        transmitter
            .push(ethernet::HEADER_LEN + PACKET_LEN, write)
            .is_some()
    }
}
