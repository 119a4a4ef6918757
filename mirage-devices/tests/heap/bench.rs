//! A stack whose frames and heap the test controls.

use super::{
    allocator::{left, with_heap},
    link::{Desk, Ends, Sheet},
    segments::{CLIENT, SERVER, ack, arp, syn},
};
use core::{
    cell::Cell,
    future::poll_fn,
    pin::Pin,
    task::{Context, Poll, Waker},
    time::Duration,
};
use mirage_devices::{
    net::{Budget, Stack, StackConfig, TcpListener, TcpStream, tcp::Algorithm},
    random::Random,
    time::{Instant, Monotonic},
};
use smoltcp::{
    phy::ChecksumCapabilities,
    wire::{EthernetFrame, Ipv4Packet, TcpControl, TcpPacket, TcpRepr, TcpSeqNumber},
};
use std::{
    rc::Rc,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    task::Wake,
};

/// A clock that the test sets.
#[derive(Clone)]
struct Clock(Rc<Cell<Instant>>);

impl Monotonic for Clock {
    fn now(&self) -> Instant {
        self.0.get()
    }

    /// The test polls the stack after it has set the clock.
    fn sleep_until(&self, deadline: Instant) -> impl Future<Output = ()> + 'static {
        let clock = self.clone();
        poll_fn(move |_| match clock.now() >= deadline {
            true => Poll::Ready(()),
            false => Poll::Pending,
        })
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

pub struct Bench {
    woken: Arc<Woken>,
    clock: Clock,
    pub stack: Stack,
    listener: TcpListener,
    desk: Desk,
    running: Pin<Box<dyn Future<Output = ()>>>,
}

pub fn poll<F: Future + ?Sized>(future: Pin<&mut F>) -> Poll<F::Output> {
    future.poll(&mut Context::from_waker(Waker::noop()))
}

impl Bench {
    pub fn new() -> Self {
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
        let clock = Clock(Rc::new(Cell::new(Instant::BOOT)));
        let stack = Stack::new(
            &link,
            Budget::new(1 << 20),
            Algorithm::CUBIC,
            random.clone(),
            clock.clone(),
        )
        .unwrap();
        let family = stack.add_ipv4(Some(config), random).unwrap();
        let running = Box::pin(stack.run(family, link, clock.clone()));
        let listener = stack.listen(80).unwrap();
        let mut bench = Self {
            woken: Arc::default(),
            clock,
            stack,
            listener,
            desk,
            running,
        };
        bench.input(usize::MAX, arp());
        bench
    }

    /// Sends a frame to the stack, which has `heap` bytes to work with; how many are left.
    pub fn input(&mut self, heap: usize, frame: Vec<u8>) -> usize {
        self.desk.0.outgoing.borrow_mut().clear();
        self.desk.0.incoming.replace(Some(frame));
        self.run(heap)
    }

    /// Lets time pass.
    pub fn advance(&self, duration: Duration) {
        self.clock.0.set(self.clock.0.get() + duration);
    }

    /// Runs the stack until it waits.
    pub fn run(&mut self, heap: usize) -> usize {
        let waker = Waker::from(self.woken.clone());
        with_heap(heap, || {
            self.woken.0.store(true, Ordering::Relaxed);
            // The stack lets other tasks run before it goes on.
            while self.woken.0.swap(false, Ordering::Relaxed) {
                let mut context = Context::from_waker(&waker);
                assert!(self.running.as_mut().poll(&mut context).is_pending());
            }
            left()
        })
    }

    /// Opens a connection from port `from`. Returns it with the sequence number of the SYN|ACK.
    pub fn open(&mut self, from: u16) -> (TcpStream, TcpSeqNumber) {
        self.input(usize::MAX, syn(from));
        let (_, sequence, _) = self.answer().expect("a SYN|ACK");
        self.input(usize::MAX, ack(from, sequence));
        (self.accept().expect("a connection"), sequence)
    }

    /// The next connection.
    pub fn accept(&self) -> Option<TcpStream> {
        match poll(core::pin::pin!(self.listener.accept())) {
            Poll::Ready(Ok(stream)) => Some(stream),
            _ => None,
        }
    }

    /// The segment that the stack has sent last: control, sequence number, payload.
    pub fn answer(&self) -> Option<(TcpControl, TcpSeqNumber, Vec<u8>)> {
        let outgoing = self.desk.0.outgoing.borrow();
        let ethernet = EthernetFrame::new_checked(&outgoing[..]).ok()?;
        let ip = Ipv4Packet::new_checked(ethernet.payload()).ok()?;
        let tcp = TcpPacket::new_checked(ip.payload()).ok()?;
        let checksums = ChecksumCapabilities::default();
        let tcp = TcpRepr::parse(&tcp, &SERVER.into(), &CLIENT.into(), &checksums).ok()?;
        Some((tcp.control, tcp.seq_number, tcp.payload.to_vec()))
    }
}
