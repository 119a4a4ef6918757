//! One transport and a script of segments, by hand.

use super::world::{A, B, MEMORY, Outbox, PORT, waker};
use crate::{
    net::{
        ip::{Ecn, Packet},
        tcp::{
            Budget,
            listener::ConnectionConfig,
            options::{OptionBytes, Options, SackBlock, Timestamps},
            segment::{Flags, HEADER_LEN, Header, Segment},
            seq::SeqNumber,
            transport::{Transport, calls::ConnectionId},
        },
    },
    random::Random,
    time::Instant,
};
use alloc::{vec, vec::Vec};
use core::{net::Ipv4Addr, time::Duration};

/// A segment that was sent, with its data.
#[derive(Debug, Clone)]
pub struct Answer {
    pub seq: SeqNumber,
    pub ack: SeqNumber,
    pub flags: Flags,
    pub window: u16,
    pub data: Vec<u8>,
    pub ecn: Ecn,
    pub timestamps: Option<Timestamps>,
    pub sack: Vec<SackBlock>,
    pub has_scale: bool,
    pub mss: Option<u16>,
    /// The bytes of the header's options.
    pub options: Vec<u8>,
}

/// A transport at address B, and a scripted peer at address A.
pub struct Script {
    pub now: Instant,
    pub transport: Transport,
    pub outbox: Outbox,
    pub source: Ipv4Addr,
    pub port: u16,
    /// The peer's next sequence number, and the next one that it expects.
    pub seq: SeqNumber,
    pub ack: SeqNumber,
    pub timestamp: Option<u32>,
    /// The ECN field of the peer's packets when they arrive.
    pub ecn: Ecn,
}

impl Script {
    pub fn new() -> Self {
        Self::with_budget(MEMORY)
    }

    /// A script whose transport has a budget of `bytes`.
    pub fn with_budget(bytes: usize) -> Self {
        let mut transport = Transport::new(1500, Budget::new(bytes), Random::from_seed([9; 32]));
        transport
            .listen(PORT, ConnectionConfig::default(), None)
            .expect("the port is free");
        Self {
            now: Instant::BOOT + Duration::from_secs(500),
            transport,
            outbox: Outbox::default(),
            source: A,
            port: 40_000,
            seq: SeqNumber(u32::MAX - 2),
            ack: SeqNumber(0),
            timestamp: None,
            ecn: Ecn::NotCapable,
        }
    }

    /// A script whose connection is established.
    pub fn established() -> (Self, ConnectionId) {
        let mut script = Self::new();
        let id = script.open();
        (script, id)
    }

    pub fn header(&self, flags: Flags) -> Header {
        Header {
            source_port: self.port,
            destination_port: PORT,
            seq: self.seq,
            ack: self.ack,
            flags,
            window: 20_000,
            options: OptionBytes::NONE,
        }
    }

    /// The transport receives a segment; returns what it answers at once.
    pub fn send(&mut self, mut header: Header, data: &[u8]) -> Vec<Answer> {
        if let Some(value) = self.timestamp {
            header.options.timestamps(Timestamps { value, echo: 0 });
        }
        let mut bytes = vec![0; header.len()];
        header.write(&mut bytes);
        bytes.extend_from_slice(data);
        self.receive(&bytes);
        self.flush()
    }

    /// The transport receives a segment with `options` as they are, padded to whole words.
    pub fn send_with_options(&mut self, flags: Flags, options: &[u8], data: &[u8]) -> Vec<Answer> {
        let words = options.len().div_ceil(4);
        let mut bytes = vec![0; HEADER_LEN];
        self.header(flags).write(&mut bytes);
        bytes[12] = (5 + words as u8) << 4;
        bytes.extend_from_slice(options);
        bytes.resize(HEADER_LEN + words * 4, 0);
        bytes.extend_from_slice(data);
        self.receive(&bytes);
        self.flush()
    }

    /// The transport receives a segment and sends nothing but what answers it at once.
    pub fn receive(&mut self, bytes: &[u8]) {
        let packet = Packet {
            local: B.into(),
            remote: self.source.into(),
            class: self.ecn.class(),
            payload: bytes,
        };
        self.transport.input(self.now, &packet, &mut self.outbox);
    }

    /// Time passes.
    pub fn wait(&mut self, duration: Duration) -> Vec<Answer> {
        let end = self.now + duration;
        while let Some(next) = self.transport.next_deadline()
            && next <= end
        {
            self.now = self.now.max(next);
            self.transport.expire(self.now, &mut self.outbox);
            self.transport.flush(self.now, &mut self.outbox);
        }
        self.now = end;
        self.answers()
    }

    pub fn flush(&mut self) -> Vec<Answer> {
        self.transport.flush(self.now, &mut self.outbox);
        self.answers()
    }

    fn answers(&mut self) -> Vec<Answer> {
        let sent = self.outbox.0.drain(..);
        sent.map(|sent| {
            let segment = Segment::parse(&sent.payload).expect("it is a segment");
            let options: Options<'_> = segment.options;
            Answer {
                seq: segment.seq,
                ack: segment.ack,
                flags: segment.flags,
                window: segment.window,
                data: segment.payload.to_vec(),
                ecn: sent.header.ecn,
                timestamps: options.timestamps,
                sack: options.sack_blocks().collect(),
                has_scale: options.window_scale.is_some(),
                mss: options.mss,
                options: option_bytes(&sent.payload),
            }
        })
        .collect()
    }

    /// The three packets of a handshake, with segments of 1000 bytes and SACK.
    pub fn open(&mut self) -> ConnectionId {
        let mut syn = self.header(Flags::SYN);
        syn.options.mss(1000);
        syn.options.sack_permitted();
        self.open_with(syn)
    }

    /// The three packets of a handshake that begins with `syn`.
    pub fn open_with(&mut self, syn: Header) -> ConnectionId {
        let answers = self.send(syn, b"");
        let [answer] = &answers[..] else {
            panic!("{answers:?}")
        };
        assert_eq!(answer.flags, Flags::SYN | Flags::ACK);
        self.seq = self.seq + 1;
        assert_eq!(answer.ack, self.seq);
        self.ack = answer.seq + 1;
        let answers = self.send(self.header(Flags::ACK), b"");
        assert!(answers.is_empty(), "{answers:?}");
        self.transport
            .accept(PORT, &waker())
            .expect("it is established")
    }

    /// The application writes `data`; returns what is sent at once.
    pub fn write(&mut self, id: ConnectionId, data: &[u8]) -> Vec<Answer> {
        let written = self.transport.write(id, data, &waker());
        assert_eq!(written, Ok(Some(data.len())));
        self.flush()
    }

    /// An acknowledgment of `count` more bytes, with a window.
    pub fn acknowledge(&mut self, count: u32, window: u16) -> Vec<Answer> {
        self.ack = self.ack + count;
        let mut header = self.header(Flags::ACK);
        header.window = window;
        self.send(header, b"")
    }

    /// Data from the peer.
    pub fn data(&mut self, data: &[u8]) -> Vec<Answer> {
        let answers = self.send(self.header(Flags::ACK | Flags::PSH), data);
        self.seq = self.seq + data.len() as u32;
        answers
    }

    pub fn read(&mut self, id: ConnectionId) -> Result<Vec<u8>, crate::net::Error> {
        let mut bytes = vec![0; 100_000];
        let count = self
            .transport
            .read(self.now, id, &mut bytes, &waker())?
            .unwrap_or(0);
        bytes.truncate(count);
        Ok(bytes)
    }
}

/// The options of a segment, as they are.
fn option_bytes(segment: &[u8]) -> Vec<u8> {
    let header_len = usize::from(segment[12] >> 4) * 4;
    segment[HEADER_LEN..header_len].to_vec()
}

/// The bytes of data in all segments.
pub fn data_len(answers: &[Answer]) -> usize {
    answers.iter().map(|answer| answer.data.len()).sum()
}
