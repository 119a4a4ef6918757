//! `mirage_rt::device`.

use alloc::{rc::Rc, vec::Vec};
use core::{
    cell::Cell,
    future::poll_fn,
    task::{Context, Poll},
};
use mirage_rt::{
    device::{
        ChecksumState, Config, Device, Interrupt, Link, LinkLost, Monotonic, Offloads,
        PartialChecksum, Receive, ReceiveInfo, STOP_LIMIT, Share, StartError, Transmit,
        TransmitInfo,
    },
    println, yield_now,
};

/// The configuration of a [`Counter`].
pub struct CounterConfig {
    /// What it counts from.
    pub first: u32,
}

impl Config for CounterConfig {
    const DEFAULT: Self = Self { first: 0 };
    const MEMORY: usize = size_of::<u32>();
}

impl CounterConfig {
    /// Makes a counter.
    pub fn wire<C: Monotonic>(self, clock: C) -> Counter<C> {
        let count = Rc::new(Cell::new(self.first));
        Counter { count, clock }
    }
}

/// Counts in the background.
#[derive(Clone)]
pub struct Counter<C> {
    count: Rc<Cell<u32>>,
    clock: C,
}

impl<C: Clone> Share for Counter<C> {}

impl<C: Monotonic> Device for Counter<C> {
    type Output = Self;

    async fn start(&mut self) -> Result<(), StartError> {
        let now = Monotonic::now(&self.clock);
        Monotonic::sleep_until(&self.clock, now).await;
        match self.count.get() {
            u32::MAX => Err(StartError::new("it counts no further")),
            0 => Err(StartError::with_source("there is no link", LinkLost)),
            _ => Ok(()),
        }
    }

    fn run(&self) -> Option<impl Future<Output = ()> + 'static> {
        let count = self.count.clone();
        Some(async move { count.set(count.get() + 1) })
    }

    fn stop(&self) -> Option<impl Future<Output = ()> + 'static> {
        let count = self.count.clone();
        Some(async move { println!("counted to {} within {STOP_LIMIT:?}", count.get()) })
    }

    fn provide(self) -> Self {
        self
    }
}

pub async fn exercise<C: Monotonic>(counter: Counter<C>) {
    yield_now().await;
    assert_eq!(counter.count.get(), 2);
    link(Loop::default()).await;
    poll_fn(|context| Raised.poll_raised(context)).await;
    assert_eq!(CounterConfig::DEFAULT.first, 0);
}

/// A link whose frames come back.
#[derive(Default)]
struct Loop {
    received: Frames,
    sent: Frames,
}

#[derive(Default)]
struct Frames(Vec<Vec<u8>>);

impl Link for Loop {
    type Receiver = Frames;
    type Transmitter = Frames;

    fn mac_address(&self) -> [u8; 6] {
        [2, 0, 0, 0, 0, 1]
    }

    fn mtu(&self) -> usize {
        1500
    }

    fn offloads(&self) -> Offloads {
        Offloads {
            checksum: true,
            segmentation: None,
            large_receive: false,
        }
    }

    fn split(&mut self) -> (&mut Frames, &mut Frames) {
        self.received.0.append(&mut self.sent.0);
        (&mut self.received, &mut self.sent)
    }

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), LinkLost>> {
        Poll::Ready(Ok(()))
    }
}

impl Receive for Frames {
    fn front(&mut self) -> Option<&mut [u8]> {
        self.0.first_mut().map(Vec::as_mut_slice)
    }

    fn front_info(&self) -> ReceiveInfo {
        ReceiveInfo {
            checksum: ChecksumState::Partial,
            segment_size: None,
        }
    }

    fn pop(&mut self) {
        self.0.remove(0);
    }
}

impl Transmit for Frames {
    fn has_room(&mut self) -> bool {
        self.0.len() < 4
    }

    fn push<R>(&mut self, length: usize, fill: impl FnOnce(&mut [u8]) -> R) -> Option<R> {
        self.0.push(alloc::vec![0; length]);
        self.0.last_mut().map(|frame| fill(frame))
    }

    fn room(&mut self) -> usize {
        4 - self.0.len()
    }

    fn push_with<R>(
        &mut self,
        length: usize,
        _: TransmitInfo,
        fill: impl FnOnce(&mut [u8]) -> R,
    ) -> Option<R> {
        self.push(length, fill)
    }

    fn flush(&mut self) {}
}

/// Sends a frame over a link and receives it.
async fn link<L: Link<Receiver = Frames, Transmitter = Frames>>(mut link: L) {
    let mac = link.mac_address();
    let length = link.mtu() + 14;
    let offloads = link.offloads();
    assert!(offloads.checksum && offloads.segmentation.is_none() && !offloads.large_receive);
    let (_, transmitter) = link.split();
    assert!(transmitter.has_room() && transmitter.room() > 1);
    let pushed = transmitter.push(length, |frame| frame[..6].copy_from_slice(&mac));
    assert!(pushed.is_some());
    let info = TransmitInfo {
        checksum: Some(PartialChecksum {
            start: 34,
            offset: 16,
        }),
        segment_size: None,
    };
    assert_eq!(transmitter.push_with(length, info, |_| ()), Some(()));
    transmitter.flush();
    let ready = poll_fn(|context| link.poll_ready(context)).await;
    assert_eq!(ready, Ok(()));
    let (receiver, _) = link.split();
    assert_eq!(receiver.front().map(|frame| frame.len()), Some(length));
    let known = [ChecksumState::Unknown, ChecksumState::Verified];
    assert!(!known.contains(&receiver.front_info().checksum));
    receiver.pop();
}

/// An interrupt that is always raised.
struct Raised;

impl Interrupt for Raised {
    fn poll_raised(&mut self, _: &mut Context<'_>) -> Poll<()> {
        Poll::Ready(())
    }
}
