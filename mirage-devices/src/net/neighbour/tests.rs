//! Tests in virtual time, with a link that records.

mod cache;
mod claim;
mod hostile;

use super::{Arp, MacAddress, NeighbourCache, NextHop, Operation};
use crate::{
    net::{drops::Drops, recorder::Recorder},
    random::Random,
    time::Instant,
};
use core::{net::Ipv4Addr, time::Duration};
use std::vec::Vec;

const MAC: MacAddress = [2, 0, 0, 0, 0, 1];
const LOCAL: Ipv4Addr = Ipv4Addr::new(10, 0, 0, 2);
const START: Instant = Instant::from_nanos(1_000_000_000_000);

fn random() -> Random {
    Random::from_seed([7; 32])
}

fn host(number: u16) -> Ipv4Addr {
    Ipv4Addr::from(u32::from(Ipv4Addr::new(10, 0, 1, 0)) + u32::from(number))
}

fn mac_of(number: u16) -> MacAddress {
    let [high, low] = number.to_be_bytes();
    [2, 0, 0, 1, high, low]
}

fn after(milliseconds: u64) -> Instant {
    START + Duration::from_millis(milliseconds)
}

fn reply(number: u16) -> Arp {
    Arp {
        operation: Operation::Reply,
        sender_mac: mac_of(number),
        sender: host(number),
        target_mac: MAC,
        target: LOCAL,
    }
}

fn request(number: u16, target: Ipv4Addr) -> Arp {
    Arp::request(mac_of(number), host(number), target)
}

/// A cache, its link and its counters.
struct Fixture {
    cache: NeighbourCache,
    link: Recorder,
    drops: Drops,
}

impl Fixture {
    fn new() -> Self {
        Self {
            cache: NeighbourCache::new(MAC, random()),
            link: Recorder::with_room(usize::MAX),
            drops: Drops::default(),
        }
    }

    /// Sends a frame with one byte of payload, through the queue if the neighbour is not known.
    fn send(&mut self, now: Instant, number: u16, payload: u8) -> Option<MacAddress> {
        self.send_frame(now, number, std::vec![payload; 15])
    }

    fn send_frame(&mut self, now: Instant, number: u16, frame: Vec<u8>) -> Option<MacAddress> {
        let hop = NextHop {
            address: host(number),
            source: LOCAL,
        };
        let found = self.cache.lookup(now, hop.address);
        if found.is_none() {
            let (link, drops) = (&mut self.link, &mut self.drops);
            self.cache.enqueue(now, hop, frame, link, drops);
        }
        found.map(|(mac, _)| mac)
    }

    fn receive(&mut self, now: Instant, arp: &Arp) {
        let local = arp.target == LOCAL;
        let on_link = !arp.sender.is_unspecified();
        let (link, drops) = (&mut self.link, &mut self.drops);
        self.cache.input(now, arp, local, on_link, link, drops);
    }

    /// Returns the payloads of the packets that were given up.
    fn expire(&mut self, now: Instant) -> Vec<u8> {
        let mut unreachable = Vec::new();
        let (link, drops) = (&mut self.link, &mut self.drops);
        self.cache
            .expire(now, link, drops, |frame| unreachable.push(frame[14]));
        unreachable
    }

    /// Lets time pass, one deadline after another.
    fn run_until(&mut self, end: Instant) -> Vec<u8> {
        let mut unreachable = Vec::new();
        while let Some(deadline) = self.cache.next_deadline().filter(|next| *next <= end) {
            unreachable.extend(self.expire(deadline));
            assert!(
                self.cache.next_deadline() > Some(deadline) || self.cache.next_deadline().is_none()
            );
        }
        unreachable
    }

    /// Takes the ARP packets sent, with the destinations of their frames.
    fn arps(&mut self) -> Vec<(MacAddress, Arp)> {
        let sent = self.sent();
        let arps = sent.iter().filter(|frame| frame[12..14] == [8, 6]);
        arps.map(|frame| (destination(frame), Arp::parse(&frame[14..]).unwrap()))
            .collect()
    }

    /// Takes the payloads of the frames sent that are not ARP, with their destinations.
    fn packets(&mut self) -> Vec<(MacAddress, u8)> {
        let sent = self.sent();
        let packets = sent.iter().filter(|frame| frame[12..14] != [8, 6]);
        packets
            .map(|frame| (destination(frame), frame[14]))
            .collect()
    }

    fn sent(&mut self) -> Vec<Vec<u8>> {
        let frames = core::mem::take(&mut self.link.frames);
        frames.into_iter().map(|(frame, _)| frame).collect()
    }
}

fn destination(frame: &[u8]) -> MacAddress {
    *frame.first_chunk().unwrap()
}
