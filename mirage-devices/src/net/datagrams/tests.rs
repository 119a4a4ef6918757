//! Tests against an egress that records.

mod hostile;
mod ports;
mod queue;

use super::*;
use crate::{
    net::{
        drops::DropReason,
        error::BindError,
        ip::{
            Address, Ecn, Egress, IcmpError, IcmpErrorKind, NextHopHint, Packet, PacketHeader,
            Protocol, TransmitError,
        },
        limits::UdpLimits,
        policy::{Direction, Request},
    },
    random::Random,
};
use core::net::Ipv4Addr;
use std::{string::String, vec::Vec};

const LIMITS: UdpLimits = UdpLimits {
    datagrams: 4,
    receive: 1000,
    transmit: 1000,
};

fn local() -> Address {
    Ipv4Addr::new(10, 0, 0, 2).into()
}

fn peer() -> Address {
    Ipv4Addr::new(10, 0, 0, 9).into()
}

/// Records what is sent.
struct Recorder {
    sent: Vec<(PacketHeader, Vec<u8>)>,
    room: usize,
    error: Option<TransmitError>,
}

impl Recorder {
    fn with_room(room: usize) -> Self {
        Self {
            sent: Vec::new(),
            room,
            error: None,
        }
    }

    /// The source ports and payloads of what was sent.
    fn payloads(&self) -> Vec<(u16, String)> {
        let payload = |(_, datagram): &(PacketHeader, Vec<u8>)| {
            let port = u16::from_be_bytes([datagram[0], datagram[1]]);
            (port, String::from_utf8(datagram[8..].to_vec()).unwrap())
        };
        self.sent.iter().map(payload).collect()
    }
}

impl Egress for Recorder {
    fn has_room(&mut self) -> bool {
        self.room > 0
    }

    fn transmit(
        &mut self,
        header: &PacketHeader,
        _: &mut NextHopHint,
        length: usize,
        write: impl FnOnce(&mut [u8]),
    ) -> Result<(), TransmitError> {
        self.error.map_or(Ok(()), Err)?;
        let room = self.room.checked_sub(1);
        self.room = room.ok_or(TransmitError::NoRoom)?;
        let mut datagram = std::vec![0xa5; length];
        write(&mut datagram);
        self.sent.push((*header, datagram));
        Ok(())
    }
}

fn datagrams() -> Datagrams {
    Datagrams::new(Random::from_seed([4; 32]))
}

fn info() -> DatagramInfo {
    DatagramInfo {
        local: local(),
        remote: peer(),
        remote_port: 1000,
        ecn: Ecn::Capable0,
    }
}

/// A datagram from port 1000 of the peer.
fn datagram(port: u16, data: &[u8]) -> Vec<u8> {
    let mut datagram = Vec::from(1000_u16.to_be_bytes());
    datagram.extend(port.to_be_bytes());
    datagram.extend((8 + data.len() as u16).to_be_bytes());
    datagram.extend([0, 0]);
    datagram.extend(data);
    datagram
}

fn packet(payload: &[u8]) -> Packet<'_> {
    Packet {
        local: local(),
        remote: peer(),
        class: Ecn::Capable0.class(),
        payload,
    }
}

fn input(datagrams: &mut Datagrams, port: u16, data: &[u8]) -> Result<(), DropReason> {
    datagrams.input(&packet(&datagram(port, data)), &mut ())
}

/// An error about a datagram with this UDP header.
fn about(payload: &[u8]) -> IcmpError<'_> {
    IcmpError {
        kind: IcmpErrorKind::PortUnreachable,
        local: local(),
        remote: peer(),
        protocol: Protocol::Udp,
        payload,
    }
}
