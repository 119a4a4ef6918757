//! UDP, and the layers below it. Datagrams are echoed by a loop.

use crate::{
    callgrind,
    link::{Buffer, START, arp_reply, frame, interface},
};
use mirage_devices::{
    net::{
        UdpLimits,
        checksum::Sum,
        datagrams::{DatagramInfo, Datagrams, PortId},
        ip::{Address, Ecn, Ip, Ipv4, Ipv4Egress, Predicted},
        offload::ReceiveInfo,
    },
    random::Random,
};
use std::hint::black_box;

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

/// In place of what will be received.
const NONE: DatagramInfo = DatagramInfo {
    local: Address::UNSPECIFIED,
    remote: Address::UNSPECIFIED,
    remote_port: 0,
    ecn: Ecn::NotCapable,
};

struct Host {
    ip: Ip,
    ipv4: Ipv4,
    datagrams: Datagrams,
    port: PortId,
    link: Buffer,
    info: ReceiveInfo,
    received: [(DatagramInfo, usize); 32],
    buffers: [[u8; 2048]; 32],
}

#[inline(never)]
fn measured_echo(host: &mut Host, frame: &[u8], batch: usize) {
    for _ in 0..batch {
        if let Some(Predicted::Udp(packet)) = host.ipv4.predicted(black_box(frame), host.info) {
            let result = host.datagrams.input(&packet, &mut ());
            result.expect("there is room");
        }
    }
    let mut places = host.received.iter_mut().zip(&mut host.buffers);
    let read = |info: &DatagramInfo, data: &[u8]| {
        if let Some((received, buffer)) = places.next() {
            buffer[..data.len()].copy_from_slice(data);
            *received = (*info, data.len());
        }
    };
    let count = host.datagrams.receive_many(host.port, batch, read);
    let received = &host.received[..count.expect("they were received")];
    for ((info, length), buffer) in received.iter().zip(&host.buffers) {
        let result = host.datagrams.send(host.port, info, &buffer[..*length]);
        result.expect("there is room");
    }
    let mut egress = Ipv4Egress::new(&mut host.ipv4, &mut host.ip, START, &mut host.link);
    host.datagrams.flush(&mut egress);
}

#[inline(never)]
fn measured_input(host: &mut Host, frame: &[u8], batch: usize) {
    for _ in 0..batch {
        let predicted = host.ipv4.predicted(black_box(frame), host.info);
        black_box(predicted.is_some());
    }
}

#[inline(never)]
fn measured_checksum(_: &mut Host, frame: &[u8], batch: usize) {
    for _ in 0..batch {
        black_box(Sum::from_bytes(black_box(&frame[42..])).checksum());
    }
}

/// A frame with a datagram of so many bytes from the peer.
pub fn datagram(payload: usize) -> Vec<u8> {
    let mut datagram = vec![3, 232, 0, 7];
    datagram.extend((8 + payload as u16).to_be_bytes());
    datagram.extend([0, 0]);
    datagram.resize(8 + payload, b'x');
    frame(17, datagram, 6)
}

impl Host {
    fn new(offload: bool) -> Self {
        let (ip, ipv4, info) = interface(offload);
        let mut datagrams = Datagrams::new(Random::from_seed([1; 32]));
        let limits = UdpLimits {
            datagrams: 64,
            receive: 128 * 1024,
            transmit: 128 * 1024,
        };
        let port = datagrams.bind(7, limits).expect("it is free");
        Self {
            ip,
            ipv4,
            datagrams,
            port,
            link: Buffer::new(),
            info,
            received: [(NONE, 0); 32],
            buffers: [[0; 2048]; 32],
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
        host.ipv4
            .input(&mut host.ip, START, &arp_reply(), host.info, &mut host.link);
    }
    let dropped = host.ip.drops().total();
    for _ in 0..ROUNDS / row.batch {
        (row.work)(&mut host, &frame, row.batch);
    }
    assert_eq!(host.ip.drops().total(), dropped);
}

/// An echo that is not counted.
fn warm_up(host: &mut Host, frame: &[u8]) {
    for _ in 0..32 {
        if let Some(Predicted::Udp(packet)) = host.ipv4.predicted(frame, host.info) {
            let result = host.datagrams.input(&packet, &mut ());
            result.expect("there is room");
        }
    }
    while let Ok(info) = host.datagrams.receive(host.port, |info, _| *info) {
        let sent = host.datagrams.send(host.port, &info, &frame[42..]);
        sent.expect("there is room");
    }
    let mut egress = Ipv4Egress::new(&mut host.ipv4, &mut host.ip, START, &mut host.link);
    host.datagrams.flush(&mut egress);
}

pub fn rows() -> Vec<callgrind::Row> {
    let row = |row: &Row| {
        let row = *row;
        callgrind::Row {
            name: row.name,
            units: ROUNDS / row.batch * row.batch,
            run: Box::new(move || run(row)),
        }
    };
    ROWS.iter().map(row).collect()
}
