//! TCP: a request and its answer on a connection, and handshakes. Requests of 100 bytes are answered with
//! 100 bytes by a loop.

use crate::{
    callgrind,
    link::{Buffer, START, arp_reply, frame, interface},
};
use mirage_devices::{
    net::{
        ip::{Ip, Ipv4, Ipv4Egress, Predicted},
        offload::ReceiveInfo,
        tcp::{Budget, ConnectionConfig, ConnectionId, Transport},
    },
    random::Random,
    time::Instant,
};
use std::{hint::black_box, task::Waker, time::Duration};

const PORT: u16 = 80;

/// Bytes of a request, and of an answer.
const LENGTH: usize = 100;
/// Requests received before they are answered.
const BATCH: usize = 32;
/// Requests of each row.
const REQUESTS: usize = 16_000;

const SYN: u8 = 2;
const RESET: u8 = 4;
pub const PUSH: u8 = 8;
pub const ACK: u8 = 16;

/// Half-open connections of a port beyond which it answers with cookies.
const HALF_OPEN: usize = 1024;

/// What is measured.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Work {
    /// Requests on connections that have carried one before.
    Requests,
    /// SYNs.
    Syn,
    /// The acknowledgments that complete handshakes.
    Acknowledgment,
}

#[derive(Clone, Copy)]
struct Row {
    name: &'static str,
    work: Work,
    connections: usize,
    offload: bool,
    timestamps: bool,
    cookies: bool,
}

const fn requests(name: &'static str, connections: usize, offload: bool, timestamps: bool) -> Row {
    Row {
        name,
        work: Work::Requests,
        connections,
        offload,
        timestamps,
        cookies: false,
    }
}

const fn handshake(name: &'static str, work: Work, cookies: bool) -> Row {
    Row {
        name,
        work,
        connections: 8000,
        offload: false,
        timestamps: true,
        cookies,
    }
}

const ROWS: [Row; 11] = [
    requests("request, 1 connection", 1, false, false),
    requests("request, 100 connections", 100, false, false),
    requests("request, 1,000 connections", 1000, false, false),
    requests("request, 10,000 connections", 10_000, false, false),
    requests("request, 1,000 connections, offloaded", 1000, true, false),
    requests(
        "request, 10,000 connections, offloaded",
        10_000,
        true,
        false,
    ),
    requests("request, 1,000 connections, timestamps", 1000, false, true),
    handshake("SYN, half-open", Work::Syn, false),
    handshake("SYN, cookie", Work::Syn, true),
    handshake("acknowledgment of a SYN", Work::Acknowledgment, false),
    handshake("acknowledgment of a cookie", Work::Acknowledgment, true),
];

/// The peer's side of a connection.
pub struct Client {
    pub port: u16,
    pub seq: u32,
    pub ack: u32,
    pub id: Option<ConnectionId>,
    timestamp: Option<u32>,
}

pub struct Host {
    pub ip: Ip,
    pub ipv4: Ipv4,
    pub transport: Transport,
    pub link: Buffer,
    pub info: ReceiveInfo,
    pub now: Instant,
}

impl Host {
    pub fn new(offload: bool) -> Self {
        let (ip, ipv4, info) = interface(offload);
        let mut transport = Transport::new(1500, Budget::new(16 << 20), Random::from_seed([1; 32]));
        transport
            .listen(PORT, ConnectionConfig::default(), None)
            .expect("it is free");
        Self {
            ip,
            ipv4,
            transport,
            link: Buffer::new(),
            info,
            now: START,
        }
    }

    #[inline]
    pub fn receive(&mut self, frame: &[u8]) {
        if let Some(Predicted::Tcp(packet)) = self.ipv4.predicted(black_box(frame), self.info) {
            let mut egress =
                Ipv4Egress::new(&mut self.ipv4, &mut self.ip, self.now, &mut self.link);
            self.transport.input(self.now, &packet, &mut egress);
        }
    }
}

impl Host {
    /// Handles the timers that are due, and sends.
    pub fn flush(&mut self) {
        let mut egress = Ipv4Egress::new(&mut self.ipv4, &mut self.ip, self.now, &mut self.link);
        self.transport.expire(self.now, &mut egress);
        self.transport.flush(self.now, &mut egress);
    }
}

/// Receives requests, answers them, and handles the timers that are due.
#[inline(never)]
fn serve(host: &mut Host, batch: &[(Vec<u8>, ConnectionId)], waker: &Waker) {
    for (frame, _) in batch {
        host.receive(frame);
    }
    let mut bytes = [0; 1024];
    for (_, id) in batch {
        let read = host.transport.read(host.now, *id, &mut bytes, waker);
        let read = read.expect("it is open").expect("there is a request");
        let written = host.transport.write(*id, &bytes[..read], waker);
        assert_eq!(written, Ok(Some(LENGTH)));
        let again = host.transport.read(host.now, *id, &mut bytes, waker);
        assert_eq!(again, Ok(None));
    }
    host.flush();
}

#[inline(never)]
fn measured_requests(host: &mut Host, batch: &[(Vec<u8>, ConnectionId)], waker: &Waker) {
    serve(host, batch, waker);
}

#[inline(never)]
fn measured_segment(host: &mut Host, frame: &[u8]) {
    host.receive(frame);
}

impl Client {
    pub fn new(number: usize, timestamps: bool) -> Self {
        Self {
            port: 1024 + number as u16,
            seq: 1,
            ack: 0,
            id: None,
            timestamp: timestamps.then_some(1),
        }
    }

    pub fn frame(&self, flags: u8, length: usize) -> Vec<u8> {
        let mut options = Vec::new();
        if flags & SYN != 0 {
            options.extend([2, 4, 5, 180, 1, 1, 4, 2, 1, 3, 3, 7]);
        }
        if let Some(timestamp) = self.timestamp {
            options.extend([1, 1, 8, 10]);
            options.extend(timestamp.to_be_bytes());
            options.extend([0; 4]);
        }
        let mut segment = Vec::from(self.port.to_be_bytes());
        segment.extend(PORT.to_be_bytes());
        segment.extend(self.seq.to_be_bytes());
        segment.extend(self.ack.to_be_bytes());
        segment.extend([
            ((20 + options.len()) << 2) as u8,
            flags,
            255,
            255,
            0,
            0,
            0,
            0,
        ]);
        segment.extend(options);
        segment.resize(segment.len() + length, b'x');
        frame(6, segment, 16)
    }

    /// The handshake.
    pub fn open(&mut self, host: &mut Host, waker: &Waker, work: Work) {
        let step = |step| match step == work {
            true => measured_segment,
            false => Host::receive,
        };
        step(Work::Syn)(host, &self.frame(SYN, 0));
        let answer = &host.link.bytes[34..host.link.length];
        self.ack = u32::from_be_bytes([answer[4], answer[5], answer[6], answer[7]]).wrapping_add(1);
        self.seq += 1;
        step(Work::Acknowledgment)(host, &self.frame(ACK, 0));
        self.id = host.transport.accept(PORT, waker);
    }
}

/// Runs the work of a row; called under valgrind.
fn run(row: Row) {
    let waker = Waker::noop();
    let mut host = Host::new(row.offload);
    let mut clients: Vec<_> = (0..row.connections)
        .map(|number| Client::new(number, row.timestamps))
        .collect();
    // The peer is resolved before anything is counted.
    host.receive(&clients[0].frame(SYN, 0));
    host.ipv4.input(
        &mut host.ip,
        host.now,
        &arp_reply(),
        host.info,
        &mut host.link,
    );
    clients[0].seq += 1;
    host.receive(&clients[0].frame(RESET, 0));
    if row.cookies {
        // Their ports are those behind the clients'.
        for number in 0..HALF_OPEN {
            let client = Client::new(row.connections + number, true);
            host.receive(&client.frame(SYN, 0));
        }
    }
    for client in &mut clients {
        client.open(&mut host, waker, row.work);
    }
    let opened = host.transport.counters();
    let by_cookie = if row.cookies { row.connections } else { 0 };
    assert_eq!(opened.accepted, row.connections as u64);
    assert_eq!(opened.cookies_accepted, by_cookie as u64);
    if row.work != Work::Requests {
        return;
    }
    let per_batch = BATCH.min(row.connections);
    let mut next = 0;
    let warm_up_rounds = row.connections.div_ceil(per_batch);
    for round in 0..warm_up_rounds + REQUESTS / per_batch {
        host.now = host.now + Duration::from_micros(100);
        let indices: Vec<_> = (0..per_batch)
            .map(|offset| (next + offset) % row.connections)
            .collect();
        next = (next + per_batch) % row.connections;
        let batch: Vec<_> = indices
            .iter()
            .map(|index| {
                let client = &clients[*index];
                let id = client.id.expect("it is accepted");
                (client.frame(PUSH | ACK, LENGTH), id)
            })
            .collect();
        // At first each connection carries a request that is not counted.
        if round < warm_up_rounds {
            serve(&mut host, &batch, waker);
        } else {
            measured_requests(&mut host, &batch, waker);
        }
        for index in indices {
            let client = &mut clients[index];
            client.seq += LENGTH as u32;
            client.ack = client.ack.wrapping_add(LENGTH as u32);
        }
    }
    assert_eq!(host.transport.counters().retransmissions, 0);
}

pub fn rows() -> Vec<callgrind::Row> {
    let row = |row: &Row| {
        let row = *row;
        let per_batch = BATCH.min(row.connections);
        callgrind::Row {
            name: row.name,
            units: match row.work {
                Work::Requests => REQUESTS / per_batch * per_batch,
                Work::Syn | Work::Acknowledgment => row.connections,
            },
            run: Box::new(move || run(row)),
        }
    };
    ROWS.iter().map(row).collect()
}
