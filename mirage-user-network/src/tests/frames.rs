//! A guest that writes and reads frames.

use super::*;
use crate::ndp;
use rustix::{
    io::ioctl_fionbio,
    net::{
        RecvFlags, SendFlags, recv, send,
        sockopt::{Timeout, set_socket_timeout},
    },
};
use smoltcp::wire::{
    EthernetFrame, EthernetProtocol, Icmpv6Message, Icmpv6Packet, IpProtocol, Ipv6Packet,
};
use std::{os::fd::OwnedFd, thread};

/// The guest's MAC address.
pub const MAC: EthernetAddress = EthernetAddress([2, 0, 0, 0, 0, 2]);

/// The guest's end of the link.
pub struct Frames {
    link: OwnedFd,
    network: thread::JoinHandle<u64>,
}

impl Frames {
    /// Starts a user network with these addresses, and ports that lead to the guest's IPv6 address.
    pub fn start(addresses: &Ipv6Addresses, ports: &[PublishedPort]) -> Self {
        Self::start_with(addresses, ports, |_| {})
    }

    /// The same after a change.
    pub fn start_with(
        addresses: &Ipv6Addresses,
        ports: &[PublishedPort],
        change: impl FnOnce(&mut UserNetwork),
    ) -> Self {
        let SocketPair { network, guest } = SocketPair::new().expect("two sockets");
        let network = UserNetwork::new(network, &EXAMPLE, &[]).expect("a network");
        let mut network = network.with_ipv6(addresses, ports).expect("a network");
        change(&mut network);
        set_socket_timeout(&guest, Timeout::Recv, Some(DEADLINE)).expect("a limit");
        ioctl_fionbio(&guest, false).expect("a socket");
        Self {
            link: guest,
            network: thread::spawn(|| network.run().expect("it ends with the guest")),
        }
    }

    /// Sends a frame.
    pub fn send(&self, frame: &[u8]) {
        send(&self.link, frame, SendFlags::NOSIGNAL).expect("an open link");
    }

    /// Sends a message of ICMPv6 to the gateway.
    pub fn send_message(&self, from: Ipv6Addr, to: Ipv6Addr, message: &[u8]) {
        self.send(&ndp::frame((from, MAC), (to, GATEWAY_MAC), message));
    }

    /// Asks for the MAC address of `target`.
    pub fn solicit(&self, from: Ipv6Addr, target: Ipv6Addr) {
        let mut message = vec![Icmpv6Message::NeighborSolicit.into(), 0, 0, 0, 0, 0, 0, 0];
        message.extend(target.octets());
        let [.., a, b, c] = target.octets();
        let group = Ipv6Addr::from_bits(
            Ipv6Addr::new(0xff02, 0, 0, 0, 0, 1, 0xff00, 0).to_bits()
                | u128::from(u32::from_be_bytes([0, a, b, c])),
        );
        self.send_message(from, group, &message);
    }

    /// Receives the next packet of IPv6 that `take` takes.
    pub fn receive<T>(&self, take: impl Fn(&Ipv6Packet<&[u8]>) -> Option<T>) -> T {
        loop {
            let mut frame = [0; 2000];
            let (length, _) =
                recv(&self.link, &mut frame[..], RecvFlags::empty()).expect("a frame in time");
            assert_ne!(length, 0, "the network has ended");
            let frame = EthernetFrame::new_checked(&frame[..length]).expect("a frame");
            if frame.ethertype() != EthernetProtocol::Ipv6 {
                continue;
            }
            assert_eq!(frame.src_addr(), GATEWAY_MAC);
            let packet = Ipv6Packet::new_checked(frame.payload()).expect("a packet");
            if packet.dst_addr().is_multicast() {
                assert!(frame.dst_addr().is_multicast());
            } else {
                assert_eq!(frame.dst_addr(), MAC);
            }
            if let Some(taken) = take(&packet) {
                return taken;
            }
        }
    }

    /// Receives the next message of this type: its packet's source and destination, and its bytes.
    pub fn receive_message(&self, message_type: Icmpv6Message) -> (Ipv6Addr, Ipv6Addr, Vec<u8>) {
        self.receive(|packet| {
            let (from, to) = (packet.src_addr(), packet.dst_addr());
            if packet.next_header() != IpProtocol::Icmpv6 {
                return None;
            }
            let message = Icmpv6Packet::new_checked(packet.payload()).expect("a message");
            assert!(message.verify_checksum(&from, &to));
            (message.msg_type() == message_type).then(|| (from, to, packet.payload().to_vec()))
        })
    }

    /// Closes the link, and waits for the network to end.
    pub fn close(self) {
        let Self { link, network } = self;
        drop(link);
        network.join().expect("no panic");
    }
}
