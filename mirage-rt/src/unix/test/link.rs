//! An in-memory link: every end receives the frames that the others send.

use crate::{
    device::{Link as LinkDevice, LinkLost, Receive, Transmit},
    net::MacAddress,
    random::{Random, Rng},
    time::{Clock, Duration, Instant, Sleep},
};
use alloc::{collections::BTreeMap, rc::Rc, vec, vec::Vec};
use core::{
    cell::{Cell, RefCell},
    fmt,
    pin::Pin,
    task::{Context, Poll, Waker},
};
use mirage_devices::net::ethernet;

/// The MTU in bytes.
const MTU: usize = 1500;

/// The default latency.
const LATENCY: Duration = Duration::from_micros(100);

/// An Ethernet link between the hosts of a test. By default it loses no frames.
///
/// ```
/// # use mirage_rt::time::Duration;
/// mirage_rt::test::run(async |world| {
///     // A bad intercontinental connection.
///     world.link().set_loss(0.1);
///     world.link().set_latency(Duration::from_millis(150));
///     world.link().set_reordering(0.05);
/// });
/// ```
#[derive(Clone)]
pub struct Link(Rc<Wire>);

struct Wire {
    inboxes: RefCell<Vec<Rc<Inbox>>>,
    random: RefCell<Random>,
    loss: Cell<f64>,
    reordering: Cell<f64>,
    latency: Cell<Duration>,
    /// The number of frames sent so far.
    sent: Cell<u64>,
}

/// Frames on their way to one end, in the order of arrival.
struct Inbox {
    /// The end's number on the link, the last byte of its MAC address.
    number: u8,
    frames: RefCell<BTreeMap<(Instant, u64), Vec<u8>>>,
    waiting: RefCell<Option<Waker>>,
}

impl Link {
    pub(super) fn new(random: Random) -> Self {
        Self(Rc::new(Wire {
            inboxes: RefCell::default(),
            random: RefCell::new(random),
            loss: Cell::new(0.0),
            reordering: Cell::new(0.0),
            latency: Cell::new(LATENCY),
            sent: Cell::new(0),
        }))
    }

    /// Sets the share of frames that are lost from now on, from 0 to 1 (an unplugged cable).
    pub fn set_loss(&self, share: f64) {
        self.0.loss.set(share);
    }

    /// Sets how long frames take from now on. The default is 100 µs.
    pub fn set_latency(&self, latency: Duration) {
        self.0.latency.set(latency);
    }

    /// Sets the share of frames, from 0 to 1, that take twice as long from now on, so that others
    /// overtake them.
    pub fn set_reordering(&self, share: f64) {
        self.0.reordering.set(share);
    }

    /// Returns the random generator of the hosts.
    pub(super) fn random(&self) -> Random {
        self.0.random.borrow().clone()
    }

    fn send(&self, from: &Rc<Inbox>, frame: &[u8]) {
        let wire = &self.0;
        let number = wire.sent.get();
        wire.sent.set(number + 1);
        for inbox in wire.inboxes.borrow().iter() {
            if Rc::ptr_eq(inbox, from) || wire.happens(wire.loss.get()) {
                continue;
            }
            let mut arrival = Clock.now() + wire.latency.get();
            if wire.happens(wire.reordering.get()) {
                arrival = arrival + wire.latency.get();
            }
            let mut frames = inbox.frames.borrow_mut();
            frames.insert((arrival, number), frame.to_vec());
            if let Some(waker) = inbox.waiting.take() {
                waker.wake();
            }
        }
    }
}

impl Wire {
    /// Decides at random, true with a probability of `share`.
    fn happens(&self, share: f64) -> bool {
        // A link without faults draws nothing, so that it does not change what its hosts draw.
        share > 0.0 && f64::from(self.random.borrow_mut().next_u32()) < share * 4_294_967_296.0
    }
}

impl fmt::Debug for Link {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Link").finish_non_exhaustive()
    }
}

/// One end of a link, as a device.
pub(crate) struct End {
    mac: MacAddress,
    receiver: Receiver,
    transmitter: Transmitter,
    arrival: Option<Sleep>,
}

pub(crate) struct Receiver {
    inbox: Rc<Inbox>,
    front: Option<Vec<u8>>,
}

pub(crate) struct Transmitter {
    link: Link,
    inbox: Rc<Inbox>,
    buffer: Vec<u8>,
}

impl End {
    /// Adds an end to the link.
    ///
    /// # Panics
    /// Panics if the link has 255 ends.
    #[track_caller]
    pub(in crate::unix) fn new(link: &Link) -> Self {
        let mut inboxes = link.0.inboxes.borrow_mut();
        let is_free = |number: &u8| inboxes.iter().all(|inbox| inbox.number != *number);
        let number = (1..=u8::MAX).find(is_free);
        let number = number.expect("a link has at most 255 hosts");
        let inbox = Rc::new(Inbox {
            number,
            frames: RefCell::default(),
            waiting: RefCell::default(),
        });
        inboxes.push(inbox.clone());
        Self {
            mac: MacAddress([2, 0, 0, 0, 0, number]),
            receiver: Receiver {
                inbox: inbox.clone(),
                front: None,
            },
            transmitter: Transmitter {
                link: link.clone(),
                inbox,
                buffer: vec![0; ethernet::HEADER_LEN + MTU],
            },
            arrival: None,
        }
    }
}

impl LinkDevice for End {
    type Receiver = Receiver;
    type Transmitter = Transmitter;

    fn mac_address(&self) -> [u8; 6] {
        self.mac.0
    }

    fn mtu(&self) -> usize {
        MTU
    }

    fn split(&mut self) -> (&mut Receiver, &mut Transmitter) {
        (&mut self.receiver, &mut self.transmitter)
    }

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), LinkLost>> {
        let inbox = &self.receiver.inbox;
        let next = inbox.frames.borrow().keys().next().copied();
        self.arrival = None;
        if let Some((arrival, _)) = next {
            let mut sleep = Sleep::until(arrival);
            if Pin::new(&mut sleep).poll(context).is_ready() {
                return Poll::Ready(Ok(()));
            }
            self.arrival = Some(sleep);
        }
        inbox.waiting.replace(Some(context.waker().clone()));
        Poll::Pending
    }
}

impl Receive for Receiver {
    fn front(&mut self) -> Option<&mut [u8]> {
        if self.front.is_none() {
            let mut frames = self.inbox.frames.borrow_mut();
            let first = frames.first_entry()?;
            if first.key().0 > Clock.now() {
                return None;
            }
            self.front = Some(first.remove());
        }
        self.front.as_deref_mut()
    }

    fn pop(&mut self) {
        self.front = None;
    }
}

/// Unplugs the end.
impl Drop for Transmitter {
    fn drop(&mut self) {
        let mut inboxes = self.link.0.inboxes.borrow_mut();
        inboxes.retain(|inbox| !Rc::ptr_eq(inbox, &self.inbox));
    }
}

impl Transmit for Transmitter {
    fn has_room(&mut self) -> bool {
        true
    }

    fn push<R>(&mut self, length: usize, fill: impl FnOnce(&mut [u8]) -> R) -> Option<R> {
        let frame = self.buffer.get_mut(..length)?;
        let result = fill(frame);
        self.link.send(&self.inbox, frame);
        Some(result)
    }

    fn flush(&mut self) {}
}
