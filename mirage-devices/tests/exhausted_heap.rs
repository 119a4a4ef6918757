//! The stack when there is no memory left: it drops requests for connections, counts them, and
//! goes on; what it has admitted it serves to the end.

use core::{
    cell::{Cell, RefCell},
    net::Ipv4Addr,
    pin::Pin,
    task::{Context, Poll, Waker},
};
use embedded_io_async::{Read, Write};
use mirage_devices::{
    net::{
        Error, Stack, StackConfig, TcpListener, TcpStream,
        link::{Link, LinkLost, Receive, Transmit},
    },
    random::Random,
    time::{Instant, Monotonic},
};
use smoltcp::{
    phy::ChecksumCapabilities,
    wire::{
        ArpOperation, ArpPacket, ArpRepr, EthernetAddress, EthernetFrame, EthernetProtocol,
        EthernetRepr, IpProtocol, Ipv4Packet, Ipv4Repr, TcpControl, TcpPacket, TcpRepr,
        TcpSeqNumber,
    },
};
use std::{
    alloc::{GlobalAlloc, Layout, System},
    rc::Rc,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    task::Wake,
};

/// An allocator with a limit per thread.
struct Limited;

thread_local! {
    static LEFT: Cell<usize> = const { Cell::new(usize::MAX) };
}

// SAFETY: it hands out what `System` does, or nothing.
unsafe impl GlobalAlloc for Limited {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        match LEFT.get().checked_sub(layout.size()) {
            None => core::ptr::null_mut(),
            Some(left) => {
                LEFT.set(left);
                // SAFETY: the caller keeps the rules of `alloc`.
                unsafe { System.alloc(layout) }
            }
        }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        LEFT.set(LEFT.get().saturating_add(layout.size()));
        // SAFETY: it came from `System`, with this layout.
        unsafe { System.dealloc(pointer, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Limited = Limited;

/// Runs `act` with `bytes` of heap.
fn with_heap<R>(bytes: usize, act: impl FnOnce() -> R) -> R {
    LEFT.set(bytes);
    let result = act();
    LEFT.set(usize::MAX);
    result
}

const SERVER: Ipv4Addr = Ipv4Addr::new(10, 0, 0, 2);
const CLIENT: Ipv4Addr = Ipv4Addr::new(10, 0, 0, 3);
const SERVER_MAC: EthernetAddress = EthernetAddress([2, 0, 0, 0, 0, 1]);
const CLIENT_MAC: EthernetAddress = EthernetAddress([2, 0, 0, 0, 0, 2]);

/// A link that holds one frame in each direction, and allocates nothing.
#[derive(Clone, Default)]
struct Desk(Rc<Places>);

#[derive(Default)]
struct Places {
    incoming: RefCell<Option<Vec<u8>>>,
    outgoing: RefCell<Vec<u8>>,
}

struct Sheet {
    desk: Desk,
    frame: Vec<u8>,
}

struct Ends(Sheet, Sheet);

impl Link for Ends {
    type Receiver = Sheet;
    type Transmitter = Sheet;

    fn mac_address(&self) -> [u8; 6] {
        SERVER_MAC.0
    }

    fn mtu(&self) -> usize {
        1500
    }

    fn split(&mut self) -> (&mut Sheet, &mut Sheet) {
        (&mut self.0, &mut self.1)
    }

    fn poll_ready(&mut self, _context: &mut Context<'_>) -> Poll<Result<(), LinkLost>> {
        match *self.0.desk.0.incoming.borrow() {
            Some(_) => Poll::Ready(Ok(())),
            None => Poll::Pending,
        }
    }
}

impl Receive for Sheet {
    fn front(&mut self) -> Option<&mut [u8]> {
        if self.frame.is_empty() {
            self.frame = self.desk.0.incoming.take()?;
        }
        Some(&mut self.frame)
    }

    fn pop(&mut self) {
        self.frame = Vec::new();
    }
}

impl Transmit for Sheet {
    fn has_room(&mut self) -> bool {
        true
    }

    fn push<R>(&mut self, length: usize, fill: impl FnOnce(&mut [u8]) -> R) -> Option<R> {
        let mut outgoing = self.desk.0.outgoing.borrow_mut();
        // Its capacity is that of the longest frame.
        outgoing.resize(length, 0);
        Some(fill(&mut outgoing))
    }

    fn flush(&mut self) {}
}

#[derive(Clone)]
struct Standstill;

impl Monotonic for Standstill {
    fn now(&self) -> Instant {
        Instant::BOOT
    }

    fn sleep_until(&self, _deadline: Instant) -> impl Future<Output = ()> + 'static {
        core::future::pending()
    }
}

/// Whether the stack is to be polled.
#[derive(Default)]
struct Woken(AtomicBool);

impl Wake for Woken {
    fn wake(self: Arc<Self>) {
        self.0.store(true, Ordering::Relaxed);
    }
}

struct Bench {
    woken: Arc<Woken>,
    stack: Stack,
    listener: TcpListener,
    desk: Desk,
    running: Pin<Box<dyn Future<Output = ()>>>,
}

fn poll<F: Future + ?Sized>(future: Pin<&mut F>) -> Poll<F::Output> {
    future.poll(&mut Context::from_waker(Waker::noop()))
}

impl Bench {
    fn new() -> Self {
        let config = StackConfig {
            address: SERVER,
            prefix_length: 24,
            gateway: None,
        };
        let desk = Desk::default();
        desk.0.outgoing.borrow_mut().reserve(2000);
        let sheet = || Sheet {
            desk: desk.clone(),
            frame: Vec::new(),
        };
        let link = Ends(sheet(), sheet());
        let random = Random::from_seed([7; 32]);
        let stack = Stack::new(Some(config), &link, 1 << 20, random, Standstill).unwrap();
        let running = Box::pin(stack.run(link, Standstill));
        let listener = stack.listen(80).unwrap();
        let mut bench = Self {
            woken: Arc::default(),
            stack,
            listener,
            desk,
            running,
        };
        bench.input(usize::MAX, arp());
        bench
    }

    /// Sends a frame to the stack, which has `heap` bytes to work with; how many are left.
    fn input(&mut self, heap: usize, frame: Vec<u8>) -> usize {
        self.desk.0.outgoing.borrow_mut().clear();
        self.desk.0.incoming.replace(Some(frame));
        self.run(heap)
    }

    /// Runs the stack until it waits.
    fn run(&mut self, heap: usize) -> usize {
        let waker = Waker::from(self.woken.clone());
        with_heap(heap, || {
            self.woken.0.store(true, Ordering::Relaxed);
            // The stack lets other tasks run before it goes on.
            while self.woken.0.swap(false, Ordering::Relaxed) {
                let mut context = Context::from_waker(&waker);
                assert!(self.running.as_mut().poll(&mut context).is_pending());
            }
            LEFT.get()
        })
    }

    /// The next connection.
    fn accept(&self) -> Option<TcpStream> {
        match poll(core::pin::pin!(self.listener.accept())) {
            Poll::Ready(Ok(stream)) => Some(stream),
            _ => None,
        }
    }

    /// The segment that the stack has sent last: control, sequence number, payload.
    fn answer(&self) -> Option<(TcpControl, TcpSeqNumber, Vec<u8>)> {
        let outgoing = self.desk.0.outgoing.borrow();
        let ethernet = EthernetFrame::new_checked(&outgoing[..]).ok()?;
        let ip = Ipv4Packet::new_checked(ethernet.payload()).ok()?;
        let tcp = TcpPacket::new_checked(ip.payload()).ok()?;
        let checksums = ChecksumCapabilities::default();
        let tcp = TcpRepr::parse(&tcp, &SERVER.into(), &CLIENT.into(), &checksums).ok()?;
        Some((tcp.control, tcp.seq_number, tcp.payload.to_vec()))
    }
}

fn frame(kind: EthernetProtocol, length: usize, fill: impl FnOnce(&mut [u8])) -> Vec<u8> {
    let mut bytes = vec![0; 14 + length];
    let ethernet = EthernetRepr {
        src_addr: CLIENT_MAC,
        dst_addr: SERVER_MAC,
        ethertype: kind,
    };
    ethernet.emit(&mut EthernetFrame::new_unchecked(&mut bytes[..]));
    fill(&mut bytes[14..]);
    bytes
}

fn arp() -> Vec<u8> {
    let arp = ArpRepr::EthernetIpv4 {
        operation: ArpOperation::Request,
        source_hardware_addr: CLIENT_MAC,
        source_protocol_addr: CLIENT,
        target_hardware_addr: SERVER_MAC,
        target_protocol_addr: SERVER,
    };
    frame(EthernetProtocol::Arp, arp.buffer_len(), |bytes| {
        arp.emit(&mut ArpPacket::new_unchecked(bytes));
    })
}

fn segment(
    from: u16,
    control: TcpControl,
    sequence: i32,
    acknowledges: Option<TcpSeqNumber>,
    payload: &[u8],
) -> Vec<u8> {
    let tcp = TcpRepr {
        src_port: from,
        dst_port: 80,
        control,
        seq_number: TcpSeqNumber(sequence),
        ack_number: acknowledges,
        window_len: 8192,
        window_scale: None,
        max_seg_size: None,
        sack_permitted: false,
        sack_ranges: [None; 3],
        timestamp: None,
        payload,
    };
    let ip = Ipv4Repr {
        src_addr: CLIENT,
        dst_addr: SERVER,
        next_header: IpProtocol::Tcp,
        payload_len: tcp.buffer_len(),
        hop_limit: 64,
    };
    let checksums = ChecksumCapabilities::default();
    frame(EthernetProtocol::Ipv4, 20 + tcp.buffer_len(), |bytes| {
        ip.emit(&mut Ipv4Packet::new_unchecked(&mut bytes[..]), &checksums);
        let mut packet = TcpPacket::new_unchecked(&mut bytes[20..]);
        tcp.emit(&mut packet, &CLIENT.into(), &SERVER.into(), &checksums);
    })
}

fn syn(from: u16) -> Vec<u8> {
    segment(from, TcpControl::Syn, 1000, None, &[])
}

/// The acknowledgment of the SYN|ACK with `sequence`.
fn ack(from: u16, sequence: TcpSeqNumber) -> Vec<u8> {
    segment(from, TcpControl::None, 1001, Some(sequence + 1), &[])
}

/// However little is left, an allocation that fails ends nothing. (One that may not fail would end
/// this process.)
#[test]
fn a_request_is_answered_and_its_connection_counted_wherever_memory_ends() {
    let mut opened = 0;
    for heap in (0..80 * 1024).step_by(61) {
        let mut bench = Bench::new();
        let left = bench.input(heap, syn(40_000));
        // Without memory the answer is a cookie.
        let (control, sequence, _) = bench.answer().expect("an answer");
        assert_eq!(control, TcpControl::Syn);
        bench.input(left, ack(40_000, sequence));
        let full = bench.stack.counters().tcp.out_of_memory;
        match bench.accept() {
            None => assert_eq!(full, 1, "{heap} bytes: neither opened nor counted"),
            Some(_) => {
                assert_eq!(full, 0);
                opened += 1;
            }
        }
        bench.input(usize::MAX, syn(40_001));
        assert_eq!(bench.answer().map(|answer| answer.0), Some(TcpControl::Syn));
    }
    assert!(opened > 100, "{opened}");
}

/// The same with many connections, where the tables themselves have to grow.
#[test]
fn a_crowd_is_admitted_as_far_as_memory_goes() {
    for heap in (0..4 * 1024 * 1024).step_by(200_003) {
        let mut bench = Bench::new();
        let mut left = heap;
        let mut open = Vec::new();
        for number in 0..200 {
            let from = 30_000 + number;
            left = bench.input(left, syn(from));
            let (_, sequence, _) = bench.answer().expect("an answer");
            left = bench.input(left, ack(from, sequence));
            assert_eq!(bench.answer(), None, "reset");
            with_heap(left, || {
                open.extend(bench.accept());
                left = LEFT.get();
            });
        }
        let refused = bench.stack.counters().tcp.out_of_memory;
        assert_eq!(refused + open.len() as u64, 200);
        // What is kept back, and the tables, take 100 kB at most.
        let least = heap.saturating_sub(100_000) / 2000;
        assert!(
            open.len() >= least.min(200),
            "{} in {heap} bytes",
            open.len()
        );
    }
}

/// A crowd that comes before `main` gets a turn leaves it memory to serve each that was admitted:
/// a task for it is an allocation that may not fail.
#[test]
fn a_crowd_leaves_memory_to_serve_it() {
    for heap in (0..4 * 1024 * 1024).step_by(200_003) {
        let mut bench = Bench::new();
        let mut left = heap;
        for number in 0..200 {
            let from = 30_000 + number;
            left = bench.input(left, syn(from));
            let (_, sequence, _) = bench.answer().expect("an answer");
            left = bench.input(left, ack(from, sequence));
        }
        let mut tasks = Vec::with_capacity(200);
        with_heap(left, || {
            while let Some(stream) = bench.accept() {
                tasks.push((stream, Box::new([0_u8; 8 * 1024])));
            }
        });
        let refused = bench.stack.counters().tcp.out_of_memory;
        assert_eq!(tasks.len() as u64 + refused, 200, "of {heap} bytes");
    }
}

/// Without memory for data nothing is acknowledged, and nothing is lost: the peer sends it again.
#[test]
fn data_without_memory_is_sent_again() {
    let mut bench = Bench::new();
    bench.input(usize::MAX, syn(40_000));
    let (_, sequence, _) = bench.answer().unwrap();
    bench.input(usize::MAX, ack(40_000, sequence));
    let mut stream = bench.accept().unwrap();
    let acked = Some(sequence + 1);
    let question = || segment(40_000, TcpControl::None, 1001, acked, b"question");
    bench.input(0, question());
    let mut buffer = [0; 16];
    let read = with_heap(0, || poll(core::pin::pin!(stream.read(&mut buffer))));
    assert!(read.is_pending());
    let written = with_heap(0, || poll(core::pin::pin!(stream.write(b"answer"))));
    assert_eq!(written, Poll::Ready(Err(Error::OutOfMemory)));
    bench.input(usize::MAX, question());
    let read = poll(core::pin::pin!(stream.read(&mut buffer)));
    assert_eq!(read, Poll::Ready(Ok(8)));
    let written = poll(core::pin::pin!(stream.write(b"answer")));
    assert_eq!(written, Poll::Ready(Ok(6)));
    drop(stream);
    bench.run(usize::MAX);
    let (control, _, payload) = bench.answer().unwrap();
    assert_eq!((control, &payload[..]), (TcpControl::Fin, &b"answer"[..]));
}

/// What this side begins is an error when there is no memory for it.
#[test]
fn without_memory_nothing_is_opened() {
    let (mut opened, mut bound) = (0, 0);
    for heap in (0..160 * 1024).step_by(499) {
        let bench = Bench::new();
        let stack = bench.stack.clone();
        let attempt = core::pin::pin!(stack.connect((CLIENT, 80).into()));
        match with_heap(heap, || poll(attempt)) {
            Poll::Pending => opened += 1,
            Poll::Ready(result) => assert_eq!(result.err(), Some(Error::OutOfMemory)),
        }
        match with_heap(heap, || stack.open_udp()) {
            Ok(_) => bound += 1,
            Err(error) => assert_eq!(error, Error::OutOfMemory),
        }
    }
    assert!((100..300).contains(&opened), "{opened} of {bound}");
    assert!(bound >= 50, "{bound}");
}
