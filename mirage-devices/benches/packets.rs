//! Instructions that the layers below TCP, and UDP, take for a packet, counted by callgrind.
//!
//! `cargo bench -p mirage-devices` runs itself under valgrind, once for each row. Driver and task are
//! not included: the link is one buffer, and datagrams are echoed by a loop.

use mirage_devices::{
    net::{
        UdpLimits,
        checksum::Sum,
        datagrams::{Datagrams, PortId},
        ip::{Claiming, Input, Ip, IpEgress},
        link::Transmit,
        neighbour::Defence,
        offload::{ChecksumState, Offloads, ReceiveInfo, TransmitInfo},
    },
    random::Random,
    time::Instant,
};
use std::{
    env,
    hint::black_box,
    net::Ipv4Addr,
    process::{Command, Stdio},
};

const MAC: [u8; 6] = [2, 0, 0, 0, 0, 2];
const PEER_MAC: [u8; 6] = [2, 0, 0, 0, 0, 9];
const LOCAL: Ipv4Addr = Ipv4Addr::new(10, 0, 0, 2);
const PEER: Ipv4Addr = Ipv4Addr::new(10, 0, 0, 9);
const NOW: Instant = Instant::from_nanos(1_000_000_000_000);

/// How often each row's work is repeated.
const ROUNDS: usize = 10_000;

/// What is measured.
#[derive(Clone, Copy)]
struct Row {
    name: &'static str,
    /// Frames received before they are answered.
    batch: usize,
    payload: usize,
    offload: bool,
    work: fn(&mut Host, &[u8], usize),
}

const ROWS: [Row; 7] = [
    Row {
        name: "UDP echo, 64 bytes, 1 frame a round",
        batch: 1,
        payload: 64,
        offload: false,
        work: measured_echo,
    },
    Row {
        name: "UDP echo, 64 bytes, 32 frames a round",
        batch: 32,
        payload: 64,
        offload: false,
        work: measured_echo,
    },
    Row {
        name: "UDP echo, 64 bytes, 32 frames a round, checksums offloaded",
        batch: 32,
        payload: 64,
        offload: true,
        work: measured_echo,
    },
    Row {
        name: "UDP echo, 1,472 bytes, 32 frames a round",
        batch: 32,
        payload: 1472,
        offload: false,
        work: measured_echo,
    },
    Row {
        name: "IP input, 64 bytes",
        batch: 32,
        payload: 64,
        offload: false,
        work: measured_input,
    },
    Row {
        name: "checksum, 64 bytes",
        batch: 32,
        payload: 64,
        offload: false,
        work: measured_checksum,
    },
    Row {
        name: "checksum, 1,024 bytes",
        batch: 32,
        payload: 1024,
        offload: false,
        work: measured_checksum,
    },
];

/// A link with room for one frame, which is overwritten.
struct Buffer {
    bytes: [u8; 2048],
    length: usize,
}

impl Transmit for Buffer {
    fn has_room(&mut self) -> bool {
        true
    }

    fn push<R>(&mut self, length: usize, fill: impl FnOnce(&mut [u8]) -> R) -> Option<R> {
        self.push_with(length, TransmitInfo::default(), fill)
    }

    fn push_with<R>(
        &mut self,
        length: usize,
        info: TransmitInfo,
        fill: impl FnOnce(&mut [u8]) -> R,
    ) -> Option<R> {
        black_box(info);
        self.length = length;
        Some(fill(self.bytes.get_mut(..length)?))
    }

    fn flush(&mut self) {}
}

struct Host {
    ip: Ip,
    datagrams: Datagrams,
    port: PortId,
    link: Buffer,
    info: ReceiveInfo,
    scratch: [u8; 2048],
}

#[inline(never)]
fn measured_echo(host: &mut Host, frame: &[u8], batch: usize) {
    for _ in 0..batch {
        if let Some(Input::Udp(packet, _)) =
            host.ip
                .input(NOW, black_box(frame), host.info, &mut host.link)
        {
            let result = host.datagrams.input(&packet, 0, &mut ());
            result.expect("there is room");
        }
    }
    loop {
        let scratch = &mut host.scratch;
        let received = host.datagrams.receive(host.port, |info, data| {
            scratch[..data.len()].copy_from_slice(data);
            (*info, data.len())
        });
        let Some((info, length)) = received else {
            break;
        };
        let result = host
            .datagrams
            .send(host.port, &info, &host.scratch[..length]);
        result.expect("there is room");
    }
    let mut egress = IpEgress::new(&mut host.ip, NOW, &mut host.link);
    host.datagrams.flush(&mut egress);
}

#[inline(never)]
fn measured_input(host: &mut Host, frame: &[u8], batch: usize) {
    for _ in 0..batch {
        let input = host
            .ip
            .input(NOW, black_box(frame), host.info, &mut host.link);
        black_box(input.is_some());
    }
}

#[inline(never)]
fn measured_checksum(_: &mut Host, frame: &[u8], batch: usize) {
    for _ in 0..batch {
        black_box(Sum::from_bytes(black_box(&frame[42..])).checksum());
    }
}

fn arp_reply() -> Vec<u8> {
    let mut frame = Vec::from(MAC);
    frame.extend(PEER_MAC);
    frame.extend([8, 6, 0, 1, 8, 0, 6, 4, 0, 2]);
    frame.extend(PEER_MAC);
    frame.extend(PEER.octets());
    frame.extend(MAC);
    frame.extend(LOCAL.octets());
    frame
}

fn datagram(payload: usize) -> Vec<u8> {
    let mut datagram = vec![3, 232, 0, 7];
    datagram.extend((8 + payload as u16).to_be_bytes());
    datagram.extend([0, 0]);
    datagram.resize(8 + payload, b'x');
    let mut pseudo = Vec::from(PEER.octets());
    pseudo.extend(LOCAL.octets());
    pseudo.extend([0, 17]);
    pseudo.extend((8 + payload as u16).to_be_bytes());
    let sum = Sum::from_bytes(&pseudo) + Sum::from_bytes(&datagram);
    datagram[6..8].copy_from_slice(&sum.checksum().to_be_bytes());
    let mut header = vec![0x45, 0];
    header.extend((28 + payload as u16).to_be_bytes());
    header.extend([0, 0, 0x40, 0, 64, 17, 0, 0]);
    header.extend(PEER.octets());
    header.extend(LOCAL.octets());
    let checksum = Sum::from_bytes(&header).checksum();
    header[10..12].copy_from_slice(&checksum.to_be_bytes());
    [&MAC[..], &PEER_MAC, &[8, 0], &header, &datagram].concat()
}

impl Host {
    fn new(offload: bool) -> Self {
        let random = Random::from_seed([1; 32]);
        let offloads = Offloads {
            checksum: offload,
            ..Offloads::default()
        };
        let mut ip = Ip::new(MAC, 1500, offloads, random.clone());
        let claiming = Claiming::Announce(Defence::Always);
        ip.add_address(NOW, LOCAL, 24, claiming).expect("memory");
        let mut datagrams = Datagrams::new(random);
        let limits = UdpLimits {
            datagrams: 64,
            receive: 128 * 1024,
            transmit: 128 * 1024,
        };
        let port = datagrams.bind(7, None, limits).expect("it is free");
        let mut info = ReceiveInfo::default();
        if offload {
            info.checksum = ChecksumState::Verified;
        }
        let link = Buffer {
            bytes: [0; 2048],
            length: 0,
        };
        Self {
            ip,
            datagrams,
            port,
            link,
            info,
            scratch: [0; 2048],
        }
    }
}

/// Runs the work of a row; called under valgrind.
fn run(row: Row) {
    let mut host = Host::new(row.offload);
    let frame = datagram(row.payload);
    // The peer is resolved and the queues have grown before anything is counted.
    for _ in 0..2 {
        warm_up(&mut host, &frame);
        host.ip.input(NOW, &arp_reply(), host.info, &mut host.link);
    }
    for _ in 0..ROUNDS / row.batch {
        (row.work)(&mut host, &frame, row.batch);
    }
    assert_eq!(host.ip.drops().total(), 0);
}

/// An echo that is not counted.
fn warm_up(host: &mut Host, frame: &[u8]) {
    for _ in 0..32 {
        if let Some(Input::Udp(packet, _)) = host.ip.input(NOW, frame, host.info, &mut host.link) {
            let result = host.datagrams.input(&packet, 0, &mut ());
            result.expect("there is room");
        }
    }
    while let Some(info) = host.datagrams.receive(host.port, |info, _| *info) {
        let sent = host.datagrams.send(host.port, &info, &frame[42..]);
        sent.expect("there is room");
    }
    let mut egress = IpEgress::new(&mut host.ip, NOW, &mut host.link);
    host.datagrams.flush(&mut egress);
}

/// Returns the instructions that callgrind counts in the work of a row.
fn count(index: usize) -> Option<u64> {
    let output = Command::new("valgrind")
        .args(["--tool=callgrind", "--callgrind-out-file=/dev/null"])
        .args(["--collect-atstart=no", "--toggle-collect=*measured_*"])
        .arg(env::current_exe().ok()?)
        .args(["--row", &index.to_string()])
        .stdin(Stdio::null())
        .output()
        .ok()?;
    let text = String::from_utf8_lossy(&output.stderr).into_owned();
    let counted = text.lines().find_map(|line| line.split_once("Collected :"));
    let counted = counted.and_then(|(_, count)| count.trim().parse().ok());
    if counted.is_none() {
        eprint!("{text}");
    }
    counted
}

fn main() {
    let mut arguments = env::args().skip_while(|argument| argument != "--row");
    if let Some(index) = arguments.nth(1) {
        return run(ROWS[index.parse::<usize>().expect("a number")]);
    }
    for (index, row) in ROWS.iter().enumerate() {
        let packets = (ROUNDS / row.batch * row.batch) as u64;
        match count(index) {
            Some(instructions) => println!("{:60} {:6}", row.name, instructions / packets),
            None => println!("{:60} valgrind failed", row.name),
        }
    }
}
