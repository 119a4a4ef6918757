//! Tests with hand-made frames, in virtual time. What is sent is read by smoltcp's formats.

mod fragmentation;
mod fragments;
mod frames;
mod fuzz;
mod groups;
mod hostile;
mod icmp;
mod igmp;
mod input;
mod loopback;
mod neighbours;
mod output;
mod template;

use super::*;
use crate::{
    net::{
        drops::DropReason,
        neighbour::{Arp, Claiming, Conflict, Defence, MacAddress, Operation},
        offload::{ChecksumState, Offloads, ReceiveInfo},
        recorder::Recorder,
    },
    random::Random,
    time::Instant,
};
use core::{net::Ipv4Addr, time::Duration};
use frames::*;
use std::{format, string::String, vec::Vec};

const MAC: MacAddress = [2, 0, 0, 0, 0, 2];
const PEER_MAC: MacAddress = [2, 0, 0, 0, 0, 9];
const LOCAL: Ipv4Addr = Ipv4Addr::new(10, 0, 0, 2);
const PEER: Ipv4Addr = Ipv4Addr::new(10, 0, 0, 9);
const GATEWAY: Ipv4Addr = Ipv4Addr::new(10, 0, 0, 1);
const FAR: Ipv4Addr = Ipv4Addr::new(192, 0, 2, 7);
const START: Instant = Instant::from_nanos(1_000_000_000_000);

/// The IPv4 layer of an interface, and its link.
struct Host {
    ip: Ip,
    ipv4: Ipv4,
    link: Recorder,
    now: Instant,
    info: ReceiveInfo,
}

impl Host {
    /// A host with one address and a gateway, which knows its peer and its gateway.
    fn new() -> Self {
        Self::with(Offloads::default())
    }

    fn with(offloads: Offloads) -> Self {
        let mut host = Self::without_address(offloads);
        host.add_address(LOCAL, 24);
        let route = Route::default_gateway(GATEWAY);
        host.ipv4.routes_mut(&mut host.ip).add(route).unwrap();
        for neighbour in [PEER, GATEWAY] {
            host.input(&arp(Operation::Request, PEER_MAC, neighbour, LOCAL));
        }
        host.link.frames.clear();
        host
    }

    fn without_address(offloads: Offloads) -> Self {
        let random = Random::from_seed([5; 32]);
        Self {
            ip: Ip::new(MAC, 1500, offloads, random.clone()),
            ipv4: Ipv4::new(MAC, random),
            link: Recorder::with_room(usize::MAX),
            now: START,
            info: ReceiveInfo::default(),
        }
    }

    fn add_address(&mut self, address: Ipv4Addr, prefix_length: u8) {
        let claiming = (Claiming::Optimistic, Defence::Always);
        let added =
            self.ipv4
                .add_address(&mut self.ip, self.now, (address, prefix_length), claiming);
        added.unwrap();
    }

    /// Processes a frame; describes what the layers above receive.
    fn input(&mut self, frame: &[u8]) -> Option<String> {
        self.check_prediction(frame);
        let input = self
            .ipv4
            .input(&mut self.ip, self.now, frame, self.info, &mut self.link);
        input.map(|input| describe(&input))
    }

    /// Asserts that a frame that is expected would be received without the prediction, too.
    fn check_prediction(&mut self, frame: &[u8]) {
        let Some(predicted) = self.ipv4.predicted(frame, self.info) else {
            return;
        };
        let predicted = match predicted {
            Predicted::Tcp(packet) => Input::Tcp(packet),
            Predicted::Udp(packet) => Input::Udp(packet, Original::of_predicted(frame).unwrap()),
        };
        let input = self
            .ipv4
            .input(&mut self.ip, self.now, frame, self.info, &mut self.link);
        assert_eq!(format!("{input:?}"), format!("{:?}", Some(predicted)));
    }

    /// Processes a frame, which must be dropped for `reason`.
    fn refuses(&mut self, frame: &[u8], reason: DropReason) {
        let before = (self.ip.drops().total(), self.ip.drops().get(reason));
        assert_eq!(self.input(frame), None);
        let after = (self.ip.drops().total(), self.ip.drops().get(reason));
        assert_eq!(
            after,
            (before.0 + 1, before.1 + 1),
            "{reason:?} {:?}",
            self.ip.drops()
        );
    }

    /// Sends a datagram from port 7 with `payload`.
    fn send(
        &mut self,
        local: Ipv4Addr,
        remote: Ipv4Addr,
        payload: &[u8],
    ) -> Result<(), TransmitError> {
        self.send_by(&mut NextHopHint::default(), local, remote, payload)
    }

    fn send_by(
        &mut self,
        hint: &mut NextHopHint,
        local: Ipv4Addr,
        remote: Ipv4Addr,
        payload: &[u8],
    ) -> Result<(), TransmitError> {
        let header = PacketHeader {
            local: local.into(),
            remote: remote.into(),
            protocol: Protocol::Udp,
            ecn: Ecn::Capable0,
        };
        let datagram = udp_without_checksum(7, 1000, payload);
        let write = |bytes: &mut [u8]| bytes.copy_from_slice(&datagram);
        let mut egress = Ipv4Egress::new(&mut self.ipv4, &mut self.ip, self.now, &mut self.link);
        egress.transmit(&header, hint, datagram.len(), write)
    }

    /// Sends a datagram from port 7 to port 1000 by a template.
    fn send_datagram(
        &mut self,
        template: &mut Template,
        (local, remote): (Ipv4Addr, Ipv4Addr),
        ecn: Ecn,
        data: &[u8],
    ) -> Result<(), TransmitError> {
        let info = DatagramInfo {
            local: local.into(),
            remote: remote.into(),
            remote_port: 1000,
            ecn,
        };
        let mut egress = Ipv4Egress::new(&mut self.ipv4, &mut self.ip, self.now, &mut self.link);
        egress.transmit_datagram(7, &info, template, data)
    }

    /// Takes the frames sent.
    fn sent(&mut self) -> Vec<Vec<u8>> {
        let frames = core::mem::take(&mut self.link.frames);
        frames.into_iter().map(|(frame, _)| frame).collect()
    }

    fn next_deadline(&self) -> Option<Instant> {
        Instant::earlier(self.ipv4.next_deadline(), self.ip.next_deadline())
    }

    fn wait(&mut self, duration: Duration) -> Vec<String> {
        let mut errors = Vec::new();
        let end = self.now + duration;
        while let Some(deadline) = self.next_deadline().filter(|next| *next <= end) {
            self.now = deadline;
            let unreachable = |error: &IcmpError<'_>| errors.push(describe_error(error));
            self.ipv4
                .expire(&mut self.ip, deadline, &mut self.link, unreachable);
        }
        self.now = end;
        errors
    }
}

fn describe(input: &Input<'_>) -> String {
    match input {
        Input::Tcp(packet) => format!("tcp {:?} -> {:?}", packet.remote, packet.local),
        Input::Udp(packet, _) => {
            let data = String::from_utf8_lossy(&packet.payload[8..]);
            format!("udp {:?} -> {:?} {data}", packet.remote, packet.local)
        }
        Input::Error(error) => describe_error(error),
        Input::Conflict(address, _, conflict) => format!("{conflict:?} {address}"),
    }
}

fn describe_error(error: &IcmpError<'_>) -> String {
    let (kind, protocol) = (error.kind, error.protocol);
    let port = u16::from_be_bytes([error.payload[2], error.payload[3]]);
    format!(
        "{kind:?} {protocol:?} {:?} -> {:?}:{port}",
        error.local, error.remote
    )
}
