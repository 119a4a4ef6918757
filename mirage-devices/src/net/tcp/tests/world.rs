//! Two transports with a path between them.

use super::path::{Path, PathConfig, Sent};
use crate::{
    net::{
        ip::{Address, Egress, NextHopHint, Packet, PacketHeader, TransmitError},
        tcp::{
            Budget,
            listener::ConnectionConfig,
            pool::Page,
            transport::{Transport, calls::ConnectionId},
        },
    },
    random::Random,
    time::Instant,
};
use alloc::{sync::Arc, vec, vec::Vec};
use core::{
    net::{Ipv4Addr, Ipv6Addr, SocketAddr},
    task::Waker,
    time::Duration,
};

pub const A: Ipv4Addr = Ipv4Addr::new(10, 0, 0, 1);
pub const B: Ipv4Addr = Ipv4Addr::new(10, 0, 0, 2);
const IPV6: [Ipv6Addr; 2] = [
    Ipv6Addr::new(0xfd00, 0, 0, 0, 0, 0, 0, 1),
    Ipv6Addr::new(0xfd00, 0, 0, 0, 0, 0, 0, 2),
];
pub const PORT: u16 = 80;

/// The memory of each transport.
pub const MEMORY: usize = 16 * 1024 * 1024;

/// What a transport sends, until it is carried on.
#[derive(Debug, Default)]
pub struct Outbox(pub Vec<Sent>);

impl Egress for Outbox {
    fn has_room(&mut self) -> bool {
        self.0.len() < 256
    }

    fn transmit(
        &mut self,
        header: &PacketHeader,
        _hint: &mut NextHopHint,
        length: usize,
        write: impl FnOnce(&mut [u8]),
    ) -> Result<(), TransmitError> {
        if !self.has_room() {
            return Err(TransmitError::NoRoom);
        }
        let mut payload = vec![0xa5; length];
        write(&mut payload);
        self.0.push(Sent {
            header: *header,
            payload,
        });
        Ok(())
    }
}

/// A side of the world.
pub struct Host {
    pub address: Address,
    pub transport: Transport,
    outbox: Outbox,
}

/// Two hosts, and the paths from each to the other.
pub struct World {
    pub now: Instant,
    pub hosts: [Host; 2],
    pub paths: [Path; 2],
    /// Called for each packet that is sent: from which host, and what.
    pub captured: Vec<(usize, Instant, Sent)>,
    pub captures: bool,
    /// The least time between two turns: hosts that do not run at once when something happens.
    pub slice: Duration,
    lost: Option<u64>,
}

/// Does nothing.
pub fn waker() -> Waker {
    struct Nothing;
    impl alloc::task::Wake for Nothing {
        fn wake(self: Arc<Self>) {}
    }
    Arc::new(Nothing).into()
}

impl World {
    pub fn new(there: PathConfig, back: PathConfig, seed: u64) -> Self {
        let host = |address: Ipv4Addr, number: u8| {
            let mut bytes = [number; 32];
            bytes[..8].copy_from_slice(&seed.to_le_bytes());
            Host {
                address: address.into(),
                transport: Transport::new(1500, Budget::new(MEMORY), Random::from_seed(bytes)),
                outbox: Outbox::default(),
            }
        };
        Self {
            now: Instant::BOOT + Duration::from_secs(1000) + Duration::from_millis(seed % 1000),
            hosts: [host(A, 1), host(B, 2)],
            paths: [Path::new(there, seed * 2), Path::new(back, seed * 2 + 1)],
            captured: Vec::new(),
            captures: false,
            slice: Duration::ZERO,
            lost: None,
        }
    }

    /// The hosts have IPv6 instead.
    pub fn with_ipv6(mut self) -> Self {
        for (host, address) in self.hosts.iter_mut().zip(IPV6) {
            host.address = address.into();
        }
        self
    }

    /// The packet `number` (the first one is 0), of all that are sent, is lost.
    pub fn lose_next(&mut self, number: u64) {
        self.lost = Some(number);
    }

    /// Host B listens, and A connects.
    pub fn connect(&mut self, config: ConnectionConfig) -> ConnectionId {
        let listener = &mut self.hosts[1].transport;
        let _ = listener.listen(PORT, config, None);
        let address = self.hosts[0].address;
        let remote = SocketAddr::new(self.hosts[1].address.to_ip(), PORT);
        self.hosts[0]
            .transport
            .connect(self.now, address, remote, &config)
            .expect("a port is free")
    }

    pub fn accept(&mut self) -> Option<ConnectionId> {
        self.hosts[1].transport.accept(PORT, &waker())
    }

    /// Both ends of an established connection.
    pub fn establish(&mut self, config: ConnectionConfig) -> (ConnectionId, ConnectionId) {
        let client = self.connect(config);
        let mut server = None;
        self.run_until(Duration::from_secs(100), |world| {
            server = server.or_else(|| world.accept());
            server.is_some()
        });
        (client, server.expect("the connection is accepted"))
    }

    fn carry(&mut self) {
        for (index, host) in self.hosts.iter_mut().enumerate() {
            for sent in host.outbox.0.drain(..) {
                if self.captures {
                    self.captured.push((index, self.now, sent.clone()));
                }
                match &mut self.lost {
                    Some(0) => self.lost = None,
                    Some(number) => {
                        *number -= 1;
                        self.paths[index].send(self.now, sent);
                    }
                    None => self.paths[index].send(self.now, sent),
                }
            }
        }
    }

    /// Gives a packet to a host.
    pub fn deliver(&mut self, host: usize, sent: &Sent) {
        let packet = Packet {
            local: sent.header.remote,
            remote: sent.header.local,
            class: sent.header.ecn.class(),
            payload: &sent.payload,
        };
        let Host {
            transport, outbox, ..
        } = &mut self.hosts[host];
        transport.input(self.now, &packet, outbox);
        self.carry();
    }

    /// What happens now: arrivals, timers, and what is to be sent after `applications` had their turn.
    fn turn(&mut self, applications: &mut impl FnMut(&mut Self) -> bool) -> bool {
        for host in 0..2 {
            while let Some(sent) = self.paths[1 - host].receive(self.now) {
                self.deliver(host, &sent);
            }
            let Host {
                transport, outbox, ..
            } = &mut self.hosts[host];
            transport.expire(self.now, outbox);
        }
        self.carry();
        let is_done = applications(self);
        for host in 0..2 {
            loop {
                let Host {
                    transport, outbox, ..
                } = &mut self.hosts[host];
                let more = transport.flush(self.now, outbox);
                let was_full = !outbox.has_room();
                self.carry();
                if !more && !was_full {
                    break;
                }
            }
        }
        is_done
    }

    /// Runs until `applications` returns true; false if that does not happen within `limit`.
    pub fn run_until(
        &mut self,
        limit: Duration,
        mut applications: impl FnMut(&mut Self) -> bool,
    ) -> bool {
        let end = self.now + limit;
        loop {
            if self.turn(&mut applications) {
                return true;
            }
            let next = self
                .paths
                .iter()
                .filter_map(Path::next_arrival)
                .chain(
                    self.hosts
                        .iter()
                        .filter_map(|host| host.transport.next_deadline()),
                )
                .min();
            // Applications have their turn once a second at least.
            let next = next.unwrap_or(end).min(self.now + Duration::from_secs(1));
            if self.now >= end {
                return false;
            }
            self.now = next.max(self.now + self.slice).min(end);
        }
    }
}

/// How many bytes come before the pattern repeats: more than what is in flight or reordered.
const PERIOD: usize = 8 << 20;

/// Bytes that are recognised by their position: those from `position` on, as many as there are before
/// the pattern repeats.
pub fn pattern(position: u64) -> &'static [u8] {
    static PATTERN: std::sync::LazyLock<Vec<u8>> = std::sync::LazyLock::new(|| {
        let mut noise = super::path::Noise::new(7);
        (0..PERIOD / 8)
            .flat_map(|_| noise.next().to_le_bytes())
            .collect()
    });
    &PATTERN[position as usize % PERIOD..]
}

/// Writes a pattern to a connection, and closes.
#[derive(Debug)]
pub struct PatternWriter {
    pub host: usize,
    pub id: ConnectionId,
    pub position: u64,
    pub length: u64,
    pub is_closed: bool,
    /// It writes in place, and otherwise in between.
    pub writes_in_place: bool,
    /// What is reserved, and how much is committed for it; all of it is to be written once some is.
    reserved: Page,
    committed: usize,
    is_committing: bool,
}

impl PatternWriter {
    pub fn new(host: usize, id: ConnectionId, length: u64) -> Self {
        Self {
            host,
            id,
            position: 0,
            length,
            is_closed: false,
            writes_in_place: false,
            reserved: Page::new(),
            committed: 0,
            is_committing: false,
        }
    }

    /// Writes in place: reserves, and commits in the turn that follows, after a write. Returns whether
    /// there was room.
    fn write_in_place(&mut self, transport: &mut Transport) -> Result<bool, crate::net::Error> {
        if !self.is_committing && self.reserved.is_empty() {
            let count = 1 + self.position as usize * 7 % 20_000;
            let page = &mut self.reserved;
            let reserved = transport.reserve(self.id, page, count, &waker())?;
            self.committed = reserved.unwrap_or(0);
            return Ok(false);
        }
        if !self.is_committing {
            let first = &pattern(self.position)[..1 + self.position as usize % 100];
            let first = &first[..first.len().min((self.length - self.position) as usize)];
            let written = transport.write(self.id, first, &waker())?;
            self.position += written.unwrap_or(0) as u64;
            let left = (self.length - self.position) as usize;
            self.reserved.truncate(left);
            let bytes = &pattern(self.position)[..self.reserved.len()];
            self.reserved.copy_from_slice(bytes);
            self.is_committing = true;
        }
        transport.release_reservation(core::mem::take(&mut self.committed));
        let before = self.reserved.len();
        let committed = transport.commit(self.id, &mut self.reserved, &waker());
        self.position += (before - self.reserved.len()) as u64;
        self.is_committing = !committed?;
        Ok(!self.is_committing)
    }

    /// Returns what is reserved.
    pub fn end(&mut self, world: &mut World) {
        let transport = &mut world.hosts[self.host].transport;
        transport.release_reservation(core::mem::take(&mut self.committed));
        transport.take_back(self.id, core::mem::take(&mut self.reserved));
    }

    pub fn run(&mut self, world: &mut World) -> Result<(), crate::net::Error> {
        let transport = &mut world.hosts[self.host].transport;
        while self.writes_in_place && self.position < self.length {
            if !self.write_in_place(transport)? {
                return Ok(());
            }
        }
        while self.position < self.length {
            let bytes = pattern(self.position);
            let count = (self.length - self.position).min(bytes.len() as u64);
            let bytes = &bytes[..count as usize];
            match transport.write(self.id, bytes, &waker())? {
                Some(count) => self.position += count as u64,
                None => return Ok(()),
            }
        }
        if !self.is_closed {
            transport.shutdown(self.id);
            self.is_closed = true;
        }
        Ok(())
    }
}

/// Reads a pattern from a connection to its end.
#[derive(Debug)]
pub struct Sink {
    pub host: usize,
    pub id: ConnectionId,
    pub position: u64,
    pub is_finished: bool,
}

impl Sink {
    pub fn new(host: usize, id: ConnectionId) -> Self {
        Self {
            host,
            id,
            position: 0,
            is_finished: false,
        }
    }

    pub fn run(&mut self, world: &mut World) -> Result<(), crate::net::Error> {
        let now = world.now;
        let transport = &mut world.hosts[self.host].transport;
        let mut bytes = vec![0; 10_000];
        while let Some(count) = transport.read(now, self.id, &mut bytes, &waker())? {
            if count == 0 {
                self.is_finished = true;
                break;
            }
            let mut read = &bytes[..count];
            while !read.is_empty() {
                let expected = pattern(self.position);
                let part = expected.len().min(read.len());
                assert!(read[..part] == expected[..part], "at {}", self.position);
                self.position += part as u64;
                read = &read[part..];
            }
        }
        Ok(())
    }
}
