//! UDP from a frame to a task and back: the whole stack with its sockets, and a task that echoes. Only
//! the driver and the executor are missing: both futures are polled in turn.

use crate::{
    callgrind,
    datagrams::datagram,
    link::{Buffer, LOCAL, MAC, START, arp_reply},
};
use mirage_devices::{
    net::{
        Budget, Datagram, RecvMeta, Stack, StackConfig, UdpLimits, UdpSocket,
        link::{Link, LinkLost, Receive},
        offload::{ChecksumState, Offloads, ReceiveInfo},
        tcp::Algorithm,
    },
    random::Random,
    time::{Instant, Monotonic},
};
use std::{
    cell::Cell,
    future::{Future, pending, poll_fn},
    pin::Pin,
    rc::Rc,
    task::{Context, Poll, Waker},
};

/// Frames received before the task runs.
const BATCH: usize = 32;
/// Datagrams of each row.
const DATAGRAMS: usize = 9_984;

#[derive(Clone, Copy)]
struct Row {
    name: &'static str,
    offload: bool,
    /// Whether the task receives and sends batches.
    batches: bool,
}

const ROWS: [Row; 3] = [
    Row {
        name: "UDP echo by a task, 64 bytes, one by one",
        offload: false,
        batches: false,
    },
    Row {
        name: "UDP echo by a task, 64 bytes, batches",
        offload: false,
        batches: true,
    },
    Row {
        name: "UDP echo by a task, 64 bytes, batches, offloaded",
        offload: true,
        batches: true,
    },
];

/// A clock that stands still.
#[derive(Clone, Copy)]
struct Still;

impl Monotonic for Still {
    fn now(&self) -> Instant {
        START
    }

    fn sleep_until(&self, _: Instant) -> impl Future<Output = ()> + 'static {
        pending()
    }
}

/// The same frame, as often as it is to be received.
struct Frames {
    frame: Vec<u8>,
    /// The frame in its place, until it is received.
    next: Rc<Cell<Option<Vec<u8>>>>,
    left: Rc<Cell<usize>>,
    info: ReceiveInfo,
}

impl Receive for Frames {
    fn front(&mut self) -> Option<&mut [u8]> {
        if let Some(next) = self.next.take() {
            self.frame = next;
        }
        (self.left.get() > 0).then_some(&mut self.frame)
    }

    fn front_info(&self) -> ReceiveInfo {
        self.info
    }

    fn pop(&mut self) {
        self.left.set(self.left.get() - 1);
    }
}

struct Wire {
    receiver: Frames,
    transmitter: Buffer,
    offloads: Offloads,
}

impl Link for Wire {
    type Receiver = Frames;
    type Transmitter = Buffer;

    fn mac_address(&self) -> [u8; 6] {
        MAC
    }

    fn mtu(&self) -> usize {
        1500
    }

    fn offloads(&self) -> Offloads {
        self.offloads
    }

    fn split(&mut self) -> (&mut Frames, &mut Buffer) {
        (&mut self.receiver, &mut self.transmitter)
    }

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), LinkLost>> {
        match self.receiver.left.get() {
            0 => Poll::Pending,
            _ => Poll::Ready(Ok(())),
        }
    }
}

type Task = Pin<Box<dyn Future<Output = ()>>>;

struct Host {
    stack: Task,
    task: Task,
    next: Rc<Cell<Option<Vec<u8>>>>,
    left: Rc<Cell<usize>>,
}

/// Receives a batch of frames, runs the task, and sends what it has sent.
#[inline(never)]
fn measured_round(host: &mut Host, context: &mut Context<'_>) {
    host.left.set(BATCH);
    let _ = host.stack.as_mut().poll(context);
    let _ = host.task.as_mut().poll(context);
    let _ = host.stack.as_mut().poll(context);
}

async fn echo(socket: UdpSocket) {
    let mut buffer = [0; 2048];
    while let Ok((length, peer)) = socket.recv_from(&mut buffer).await {
        let _ = socket.send_to(&buffer[..length], peer).await;
    }
}

async fn echo_batches(socket: UdpSocket) {
    let (mut buffers, mut meta) = ([[0; 512]; BATCH], [RecvMeta::default(); BATCH]);
    loop {
        let count = poll_fn(|context| socket.poll_recv_many(context, &mut buffers, &mut meta));
        let Ok(count) = count.await else { return };
        let answers: [_; BATCH] = std::array::from_fn(|index| {
            let received = &meta[index];
            Datagram::new(&buffers[index][..received.len], received.addr)
        });
        let _ = socket.try_send_many(&answers[..count]);
    }
}

impl Host {
    fn new(row: Row) -> Self {
        let left = Rc::new(Cell::new(0));
        let next = Rc::new(Cell::new(None));
        let mut info = ReceiveInfo::default();
        if row.offload {
            info.checksum = ChecksumState::Verified;
        }
        let wire = Wire {
            receiver: Frames {
                frame: Vec::new(),
                next: next.clone(),
                left: left.clone(),
                info,
            },
            transmitter: Buffer::new(),
            offloads: Offloads {
                checksum: row.offload,
                ..Offloads::default()
            },
        };
        let config = StackConfig {
            address: LOCAL,
            prefix_length: 24,
            gateway: None,
        };
        let random = Random::from_seed([1; 32]);
        let stack = Stack::new(
            &wire,
            Budget::new(1 << 20),
            Algorithm::CUBIC,
            random.clone(),
            Still,
        );
        let stack = stack.expect("memory");
        let family = stack.add_ipv4(Some(config), random).expect("memory");
        let socket = stack.bind_udp_within(7, UdpLimits::DEFAULT);
        let socket = socket.expect("it is free");
        Self {
            stack: Box::pin(stack.run(family, wire, Still)),
            task: match row.batches {
                true => Box::pin(echo_batches(socket)),
                false => Box::pin(echo(socket)),
            },
            next,
            left,
        }
    }

    /// Receives a frame, which is not counted.
    fn receive(&mut self, frame: Vec<u8>, context: &mut Context<'_>) {
        self.next.set(Some(frame));
        self.left.set(1);
        for _ in 0..4 {
            let _ = self.stack.as_mut().poll(context);
            let _ = self.task.as_mut().poll(context);
        }
    }
}

/// Runs the work of a row; called under valgrind.
fn run(row: Row) {
    let mut host = Host::new(row);
    let context = &mut Context::from_waker(Waker::noop());
    // The peer is resolved and the queues have grown before anything is counted.
    host.receive(datagram(64), context);
    host.receive(arp_reply(), context);
    host.receive(datagram(64), context);
    for _ in 0..DATAGRAMS / BATCH {
        measured_round(&mut host, context);
        assert_eq!(host.left.get(), 0);
    }
}

pub fn rows() -> Vec<callgrind::Row> {
    let row = |row: &Row| {
        let row = *row;
        callgrind::Row {
            name: row.name,
            units: DATAGRAMS,
            run: Box::new(move || run(row)),
        }
    };
    ROWS.iter().map(row).collect()
}
