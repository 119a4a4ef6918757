//! Tests with hand-made frames, in virtual time.

mod autoconfiguration;
mod detection;
mod extensions;
mod fragmentation;
mod fragments;
mod frames;
mod fuzz;
mod groups;
mod icmp;
mod input;
mod membership;
mod neighbours;
mod output;
mod scans;

use super::*;
use crate::{
    net::{
        drops::DropReason,
        ip::{
            Egress, Families, Family, IcmpError, Input, Ip, Ipv4, Ipv4Only, Layers, NextHopHint,
            PacketHeader, Predicted, Protocol, Route, TransmitError, packet::Ecn,
        },
        neighbour::{Claiming, Defence, MacAddress, Received, group_mac, solicited_node},
        offload::{ChecksumState, Offloads, ReceiveInfo},
        recorder::Recorder,
    },
    random::Random,
    time::Instant,
};
use core::{net::Ipv6Addr, time::Duration};
use frames::*;
use std::{format, string::String, vec::Vec};

const MAC: MacAddress = [2, 0, 0, 0, 0, 2];
const PEER_MAC: MacAddress = [2, 0, 0, 0, 0, 9];
const LOCAL: Ipv6Addr = Ipv6Addr::new(0xfd00, 0, 0, 0, 0, 0, 0, 2);
const PEER: Ipv6Addr = Ipv6Addr::new(0xfd00, 0, 0, 0, 0, 0, 0, 9);
const GATEWAY: Ipv6Addr = Ipv6Addr::new(0xfd00, 0, 0, 0, 0, 0, 0, 1);
const FAR: Ipv6Addr = Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, 7);
/// That of `MAC`.
const LINK_LOCAL: Ipv6Addr = Ipv6Addr::new(0xfe80, 0, 0, 0, 0, 0xff, 0xfe00, 2);
const LINK_LOCAL_PEER: Ipv6Addr = Ipv6Addr::new(0xfe80, 0, 0, 0, 0, 0xff, 0xfe00, 9);
const ALL_NODES: Ipv6Addr = crate::net::neighbour::ALL_NODES;
const START: Instant = Instant::from_nanos(1_000_000_000_000);

/// An interface with IPv6, and its link.
struct Host<F = Ipv6Only> {
    ip: Ip,
    family: Ipv6Only,
    families: F,
    link: Recorder,
    now: Instant,
    info: ReceiveInfo,
}

impl Host {
    /// A host whose addresses are known to be its own, and which knows its peer and its gateway.
    fn new() -> Self {
        Self::with(Offloads::default())
    }

    fn with(offloads: Offloads) -> Self {
        let mut host = Self::starting(Claiming::Optimistic, offloads);
        host.wait(Duration::from_secs(5));
        for neighbour in [PEER, GATEWAY, LINK_LOCAL_PEER] {
            host.input(&solicitation(neighbour, LOCAL));
        }
        host.link.frames.clear();
        host
    }

    /// A host whose addresses have just been added.
    fn starting(claiming: Claiming, offloads: Offloads) -> Self {
        let random = Random::from_seed([5; 32]);
        let mut ipv6 = Ipv6::new(MAC, random.clone());
        ipv6.add_link_local_address(START, claiming).unwrap();
        ipv6.add_address(START, LOCAL, 64, claiming).unwrap();
        let route = Route::default_gateway(GATEWAY);
        ipv6.routes_mut().add(route).unwrap();
        let family = Ipv6Only::new(ipv6);
        Self {
            ip: Ip::new(MAC, 1500, offloads, random),
            families: family.clone(),
            family,
            link: Recorder::with_room(usize::MAX),
            now: START,
            info: ReceiveInfo::default(),
        }
    }

    fn is_usable(&self, address: Ipv6Addr) -> bool {
        self.families.sockets().is_usable(address)
    }
}

impl<F: Families> Host<F> {
    /// Processes a frame; describes what the layers above receive.
    fn input(&mut self, frame: &[u8]) -> Option<String> {
        let mut layers = self.families.layers();
        let predicted = layers.predicted(&self.ip, frame, self.info);
        let predicted = predicted.map(|predicted| match predicted {
            Predicted::Tcp(packet) => Input::Tcp(packet),
            Predicted::Udp(packet) => Input::Udp(packet, layers.original_of(frame).unwrap()),
        });
        let (ip, link) = (&mut self.ip, &mut self.link);
        let input = layers.input(ip, self.now, frame, self.info, link);
        if predicted.is_some() {
            assert_eq!(format!("{input:?}"), format!("{predicted:?}"));
        }
        input.map(|input| describe(&input))
    }

    /// Processes a frame, which must be dropped for `reason`.
    fn refuses(&mut self, frame: &[u8], reason: DropReason) {
        let before = (self.ip.drops().total(), self.ip.drops().get(reason));
        assert_eq!(self.input(frame), None);
        let after = (self.ip.drops().total(), self.ip.drops().get(reason));
        let expected = (before.0 + 1, before.1 + 1);
        assert_eq!(after, expected, "{reason:?} {:?}", self.ip.drops());
    }

    /// Processes a frame, which is neither delivered nor dropped; returns the frames sent.
    fn answers(&mut self, frame: &[u8]) -> Vec<Vec<u8>> {
        let before = self.ip.drops().total();
        self.link.frames.clear();
        assert_eq!(self.input(frame), None);
        assert_eq!(self.ip.drops().total(), before, "{:?}", self.ip.drops());
        self.sent()
    }

    /// Sends a datagram from port 7 with `payload`.
    fn send(
        &mut self,
        local: Ipv6Addr,
        remote: Ipv6Addr,
        payload: &[u8],
    ) -> Result<(), TransmitError> {
        self.send_by(&mut NextHopHint::default(), local, remote, payload)
    }

    fn send_by(
        &mut self,
        hint: &mut NextHopHint,
        local: Ipv6Addr,
        remote: Ipv6Addr,
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
        let (ip, link) = (&mut self.ip, &mut self.link);
        let mut layers = self.families.layers();
        let mut egress = layers.egress(ip, self.now, link);
        egress.transmit(&header, hint, datagram.len(), write)
    }

    /// Takes the frames sent, without reports of groups.
    fn sent(&mut self) -> Vec<Vec<u8>> {
        let frames = core::mem::take(&mut self.link.frames);
        let frames = frames.into_iter().map(|(frame, _)| frame);
        frames.filter(|frame| frame[20] != 0).collect()
    }

    fn next_deadline(&self) -> Option<Instant> {
        Instant::earlier(
            self.families.layers().next_deadline(),
            self.ip.next_deadline(),
        )
    }

    /// Lets time pass; returns the errors about packets that were given up.
    fn wait(&mut self, duration: Duration) -> Vec<String> {
        let mut errors = Vec::new();
        let end = self.now + duration;
        while let Some(deadline) = self.next_deadline().filter(|next| *next <= end) {
            self.now = deadline;
            let unreachable = |error: &IcmpError<'_>| errors.push(describe_error(error));
            let (ip, link) = (&mut self.ip, &mut self.link);
            self.families
                .layers()
                .expire(ip, deadline, link, unreachable);
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
        Input::Conflict(..) => unreachable!("conflicts of IPv6 are reported by its layer"),
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
