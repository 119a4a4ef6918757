//! Our transport and smoltcp's, which was written by others from the same RFCs, over a simulated path.

use super::{
    path::{Path, PathConfig, Sent},
    world::{A, B, MEMORY, Outbox, PORT, pattern, waker},
};
use crate::{
    net::{
        ip::{Ecn, Packet, PacketHeader, Protocol},
        tcp::{
            Budget,
            connection::State,
            listener::ConnectionConfig,
            transport::{Transport, calls::ConnectionId},
        },
    },
    random::Random,
    time::Instant,
};
use alloc::{collections::VecDeque, vec, vec::Vec};
use core::{net::SocketAddr, time::Duration};
use smoltcp::{
    iface::{Config, Interface, SocketHandle, SocketSet},
    phy::{Checksum, Device, DeviceCapabilities, Medium, RxToken, TxToken},
    socket::tcp,
    time::Instant as WireInstant,
    wire::{HardwareAddress, IpCidr, IpProtocol, Ipv4Packet, Ipv4Repr},
};

/// The packets of smoltcp's side.
#[derive(Default)]
struct Queues {
    received: VecDeque<Vec<u8>>,
    sent: Vec<Vec<u8>>,
}

struct Received(Vec<u8>);
struct Room<'a>(&'a mut Vec<Vec<u8>>);

impl RxToken for Received {
    fn consume<R, F: FnOnce(&[u8]) -> R>(self, read: F) -> R {
        read(&self.0)
    }
}

impl TxToken for Room<'_> {
    fn consume<R, F: FnOnce(&mut [u8]) -> R>(self, length: usize, write: F) -> R {
        let mut packet = vec![0; length];
        let result = write(&mut packet);
        self.0.push(packet);
        result
    }
}

impl Device for Queues {
    type RxToken<'a> = Received;
    type TxToken<'a> = Room<'a>;

    fn receive(&mut self, _: WireInstant) -> Option<(Received, Room<'_>)> {
        let packet = self.received.pop_front()?;
        Some((Received(packet), Room(&mut self.sent)))
    }

    fn transmit(&mut self, _: WireInstant) -> Option<Room<'_>> {
        Some(Room(&mut self.sent))
    }

    fn capabilities(&self) -> DeviceCapabilities {
        let mut capabilities = DeviceCapabilities::default();
        capabilities.medium = Medium::Ip;
        capabilities.max_transmission_unit = 1500;
        // Checksums are the IP layer's, which is not there.
        capabilities.checksum.tcp = Checksum::None;
        capabilities
    }
}

/// Ours at address A, smoltcp's at address B.
struct World {
    now: Instant,
    ours: Transport,
    outbox: Outbox,
    interface: Interface,
    sockets: SocketSet<'static>,
    socket: SocketHandle,
    queues: Queues,
    /// From ours to smoltcp's, and back.
    paths: [Path; 2],
}

/// What one side writes and reads.
struct Progress {
    written: u64,
    read: u64,
    is_finished: bool,
}

impl Progress {
    const NONE: Self = Self {
        written: 0,
        read: 0,
        is_finished: false,
    };

    fn check(&mut self, bytes: &[u8]) {
        assert!(
            bytes == &pattern(self.read)[..bytes.len()],
            "at {}",
            self.read
        );
        self.read += bytes.len() as u64;
    }
}

impl World {
    fn new(path: PathConfig, seed: u64) -> Self {
        let now = Instant::BOOT + Duration::from_secs(100);
        let mut queues = Queues::default();
        let mut config = Config::new(HardwareAddress::Ip);
        config.random_seed = seed;
        let mut interface = Interface::new(config, &mut queues, wire(now));
        interface.update_ip_addrs(|addresses| {
            let _ = addresses.push(IpCidr::new(B.into(), 24));
        });
        let buffer = || tcp::SocketBuffer::new(vec![0; 60_000]);
        let mut sockets = SocketSet::new(Vec::new());
        let socket = sockets.add(tcp::Socket::new(buffer(), buffer()));
        let mut bytes = [7; 32];
        bytes[..8].copy_from_slice(&seed.to_le_bytes());
        Self {
            now,
            ours: Transport::new(1500, Budget::new(MEMORY), Random::from_seed(bytes)),
            outbox: Outbox::default(),
            interface,
            sockets,
            socket,
            queues,
            paths: [Path::new(path, seed), Path::new(path, seed + 1000)],
        }
    }

    fn socket(&mut self) -> &mut tcp::Socket<'static> {
        self.sockets.get_mut(self.socket)
    }

    /// Carries what both sides have sent, and gives them what has arrived.
    fn carry(&mut self) {
        for sent in self.outbox.0.drain(..) {
            self.paths[0].send(self.now, sent);
        }
        for packet in self.queues.sent.drain(..) {
            let packet = Ipv4Packet::new_checked(&packet[..]).expect("it is a packet");
            let header = PacketHeader {
                local: packet.src_addr().into(),
                remote: packet.dst_addr().into(),
                protocol: Protocol::Tcp,
                ecn: Ecn::NotCapable,
            };
            let payload = packet.payload().to_vec();
            self.paths[1].send(self.now, Sent { header, payload });
        }
        while let Some(sent) = self.paths[0].receive(self.now) {
            self.queues.received.push_back(with_header(&sent.payload));
        }
        while let Some(sent) = self.paths[1].receive(self.now) {
            let packet = Packet {
                local: sent.header.remote,
                remote: sent.header.local,
                class: Ecn::NotCapable.class(),
                payload: &sent.payload,
            };
            self.ours.input(self.now, &packet, &mut self.outbox);
        }
    }

    fn run_until(
        &mut self,
        limit: Duration,
        mut applications: impl FnMut(&mut Self) -> bool,
    ) -> bool {
        let end = self.now + limit;
        while self.now < end {
            self.carry();
            self.ours.expire(self.now, &mut self.outbox);
            let time = wire(self.now);
            self.interface
                .poll(time, &mut self.queues, &mut self.sockets);
            if applications(self) {
                return true;
            }
            while self.ours.flush(self.now, &mut self.outbox) {}
            self.interface
                .poll(time, &mut self.queues, &mut self.sockets);
            self.carry();
            let theirs = self.interface.poll_at(time, &self.sockets);
            let theirs = theirs.map(|at| {
                let micros = u64::try_from(at.total_micros()).unwrap_or(0);
                Instant::BOOT + Duration::from_micros(micros)
            });
            let arrivals = self.paths.iter().filter_map(Path::next_arrival);
            let next = arrivals
                .chain(self.ours.next_deadline())
                .chain(theirs)
                .min()
                .unwrap_or(end);
            let soonest = self.now + Duration::from_micros(1);
            self.now = next.clamp(soonest, self.now + Duration::from_secs(1));
        }
        false
    }

    /// Both sides write `length` bytes, read those of the other, and close.
    fn exchange(&mut self, id: ConnectionId, length: u64) {
        let (mut ours, mut theirs) = (Progress::NONE, Progress::NONE);
        let done = self.run_until(Duration::from_secs(3000), |world| {
            world.run_ours(id, &mut ours, length);
            world.run_theirs(&mut theirs, length);
            ours.is_finished && theirs.is_finished
        });
        assert!(
            done,
            "ours {}, theirs {} of {length}",
            ours.read, theirs.read
        );
        assert_eq!((ours.read, theirs.read), (length, length));
    }

    fn run_ours(&mut self, id: ConnectionId, progress: &mut Progress, length: u64) {
        while progress.written < length {
            let rest = (length - progress.written) as usize;
            let bytes = &pattern(progress.written)[..rest.min(5000)];
            let written = self.ours.write(id, bytes, &waker());
            match written.expect("the path works") {
                Some(count) => progress.written += count as u64,
                None => break,
            }
            if progress.written == length {
                self.ours.shutdown(id);
            }
        }
        let mut bytes = vec![0; 3000];
        while let Some(count) = self
            .ours
            .read(self.now, id, &mut bytes, &waker())
            .expect("the path works")
        {
            progress.is_finished = count == 0;
            if count == 0 {
                break;
            }
            progress.check(&bytes[..count]);
        }
    }

    fn run_theirs(&mut self, progress: &mut Progress, length: u64) {
        let socket = self.sockets.get_mut::<tcp::Socket<'_>>(self.socket);
        while progress.written < length && socket.can_send() {
            let rest = (length - progress.written) as usize;
            let bytes = &pattern(progress.written)[..rest.min(5000)];
            progress.written += socket.send_slice(bytes).expect("it is open") as u64;
            if progress.written == length {
                socket.close();
            }
        }
        while socket.can_recv() {
            let mut bytes = [0; 3000];
            let count = socket.recv_slice(&mut bytes).expect("it is open");
            progress.check(&bytes[..count]);
        }
        progress.is_finished = progress.read == length && !socket.may_recv();
    }
}

fn wire(now: Instant) -> WireInstant {
    WireInstant::from_micros((now.as_nanos() / 1000) as i64)
}

/// A packet from A to B.
fn with_header(segment: &[u8]) -> Vec<u8> {
    let repr = Ipv4Repr {
        src_addr: A,
        dst_addr: B,
        next_header: IpProtocol::Tcp,
        payload_len: segment.len(),
        hop_limit: 64,
    };
    let mut bytes = vec![0; 20 + segment.len()];
    let mut packet = Ipv4Packet::new_unchecked(&mut bytes[..]);
    repr.emit(&mut packet, &smoltcp::phy::ChecksumCapabilities::default());
    packet.payload_mut().copy_from_slice(segment);
    bytes
}

fn paths() -> impl Iterator<Item = (u64, PathConfig)> {
    let path = |loss, reorder, delay| PathConfig {
        loss,
        reorder,
        delay: Duration::from_micros(delay),
        ..PathConfig::default()
    };
    [
        path(0, 0, 50),
        path(0, 0, 10_000),
        path(10_000, 0, 50),
        path(50_000, 20_000, 2_000),
    ]
    .into_iter()
    .zip(1..)
    .map(|(path, seed)| (seed, path))
}

#[test]
fn ours_connects_to_theirs() {
    for (seed, path) in paths() {
        let mut world = World::new(path, seed);
        world.socket().listen(PORT).expect("it is closed");
        let remote = SocketAddr::new(B.into(), PORT);
        let id = world
            .ours
            .connect(world.now, A.into(), remote, &ConnectionConfig::default())
            .expect("a port is free");
        let established = world.run_until(Duration::from_secs(60), |world| {
            world.ours.state(id) == State::Established && world.socket().may_send()
        });
        assert!(established, "seed {seed}");
        world.exchange(id, 300_000);
    }
}

#[test]
fn theirs_connects_to_ours() {
    for (seed, path) in paths() {
        let mut world = World::new(path, seed);
        world
            .ours
            .listen(PORT, ConnectionConfig::default(), None)
            .expect("the port is free");
        let handle = world.socket;
        let context = world.interface.context();
        world
            .sockets
            .get_mut::<tcp::Socket<'_>>(handle)
            .connect(context, (A, PORT), 50_000)
            .expect("it is closed");
        let mut accepted = None;
        world.run_until(Duration::from_secs(60), |world| {
            accepted = accepted.or_else(|| world.ours.accept(PORT, &waker()));
            accepted.is_some()
        });
        let id = accepted.expect("it is established");
        world.exchange(id, 300_000);
    }
}
