//! A cable between two links, with the faults of real ones.

use super::world::{Clock, Sleep};
use crate::{
    net::{
        ethernet,
        link::{Link, LinkLost, Receive, Transmit},
    },
    random::Random,
    time::{Instant, Monotonic},
};
use core::{
    cell::{Cell, RefCell},
    pin::Pin,
    task::{Context, Poll, Waker},
    time::Duration,
};
use rand_core::Rng;
use std::{
    collections::{BTreeMap, VecDeque},
    rc::Rc,
    vec,
    vec::Vec,
};

pub(super) const MTU: usize = 1500;

/// What a cable does to the frames on it, in each direction.
#[derive(Clone)]
pub(super) struct Faults {
    /// Of a thousand frames, so many are lost.
    pub(super) lost: u32,
    /// So many arrive twice.
    pub(super) doubled: u32,
    /// So many are overtaken by those behind them.
    pub(super) overtaken: u32,
}

impl Faults {
    pub(super) const NONE: Self = Self {
        lost: 0,
        doubled: 0,
        overtaken: 0,
    };
}

/// How long a frame is on its way, without faults.
const LATENCY: Duration = Duration::from_micros(200);
/// How long a frame blocks its place in the transmit ring.
const DEPARTURE: Duration = Duration::from_micros(10);
/// Frames arrive in bunches, as with a card that does not interrupt for each.
const BUNCH: u64 = 100_000;
/// How much longer an overtaken frame takes.
const DETOUR: Duration = Duration::from_millis(2);

/// One direction.
struct Wire {
    clock: Clock,
    faults: RefCell<Faults>,
    random: RefCell<Random>,
    flying: RefCell<BTreeMap<(Instant, u64), Vec<u8>>>,
    /// When the frames in the transmit ring leave it.
    departures: RefCell<VecDeque<Instant>>,
    /// Frames that the ring keeps until it is released.
    held: RefCell<Option<Vec<Vec<u8>>>>,
    ring: Cell<usize>,
    cut: Cell<bool>,
    receiver: RefCell<Option<Waker>>,
    transmitter: RefCell<Option<Waker>>,
    /// Bytes of all frames that were ever pushed.
    pushed: Cell<usize>,
    number: Cell<u64>,
}

impl Wire {
    fn new(clock: &Clock, seed: u8) -> Rc<Self> {
        Rc::new(Self {
            clock: clock.clone(),
            faults: RefCell::new(Faults::NONE),
            random: RefCell::new(Random::from_seed([seed; 32])),
            flying: RefCell::default(),
            departures: RefCell::default(),
            held: RefCell::default(),
            ring: Cell::new(256),
            cut: Cell::default(),
            receiver: RefCell::default(),
            transmitter: RefCell::default(),
            pushed: Cell::default(),
            number: Cell::default(),
        })
    }

    fn has_room(&self) -> bool {
        let mut departures = self.departures.borrow_mut();
        let now = self.clock.now();
        while departures.front().is_some_and(|left| *left <= now) {
            departures.pop_front();
        }
        let held = self.held.borrow().as_ref().map_or(0, Vec::len);
        departures.len() + held < self.ring.get()
    }

    fn push(&self, frame: Vec<u8>) {
        if let Some(held) = &mut *self.held.borrow_mut() {
            held.push(frame);
            return;
        }
        let before = self.departures.borrow().back().copied();
        let now = self.clock.now();
        let departure = before.map_or(now, |before| before.max(now)) + DEPARTURE;
        self.departures.borrow_mut().push_back(departure);
        let chance = |of_thousand: u32| {
            of_thousand > 0 && self.random.borrow_mut().next_u32() % 1000 < of_thousand
        };
        let faults = self.faults.borrow().clone();
        if chance(faults.lost) {
            return;
        }
        if chance(faults.doubled) {
            self.fly(frame.clone(), departure + LATENCY);
        }
        let detour = if chance(faults.overtaken) {
            DETOUR
        } else {
            Duration::ZERO
        };
        self.fly(frame, departure + LATENCY + detour);
    }

    fn fly(&self, frame: Vec<u8>, arrival: Instant) {
        let number = self.number.get();
        self.number.set(number + 1);
        let arrival = Instant::from_nanos(arrival.as_nanos().next_multiple_of(BUNCH));
        self.flying.borrow_mut().insert((arrival, number), frame);
        wake(&self.receiver);
    }
}

fn wake(place: &RefCell<Option<Waker>>) {
    if let Some(waker) = place.take() {
        waker.wake();
    }
}

/// The cable, held from outside.
pub(super) struct Cable {
    there: Rc<Wire>,
    back: Rc<Wire>,
}

impl Cable {
    /// A cable without faults, and its two ends.
    pub(super) fn new(clock: &Clock) -> (Self, End, End) {
        let (there, back) = (Wire::new(clock, 1), Wire::new(clock, 2));
        let one = End::new(clock, [2, 0, 0, 0, 0, 1], back.clone(), there.clone());
        let other = End::new(clock, [2, 0, 0, 0, 0, 2], there.clone(), back.clone());
        (Self { there, back }, one, other)
    }

    pub(super) fn set_faults(&self, faults: &Faults) {
        for wire in [&self.there, &self.back] {
            wire.faults.replace(faults.clone());
        }
    }

    /// Cuts the cable: both links are lost, with what is on its way.
    pub(super) fn cut(&self) {
        for wire in [&self.there, &self.back] {
            wire.cut.set(true);
            wire.flying.borrow_mut().clear();
            wake(&wire.receiver);
            wake(&wire.transmitter);
        }
    }

    /// The transmit ring of the first end has this many places.
    pub(super) fn set_ring(&self, places: usize) {
        self.there.ring.set(places);
    }

    /// The first end's device stops sending: what is pushed stays in the transmit ring.
    pub(super) fn hold(&self) {
        self.there.held.replace(Some(Vec::new()));
    }

    /// The first end's device goes on.
    pub(super) fn release(&self) {
        for frame in self.there.held.take().unwrap_or_default() {
            self.there.push(frame);
        }
        wake(&self.there.transmitter);
    }

    /// Sends a frame to both ends, as a third host.
    pub(super) fn inject(&self, frame: &[u8]) {
        for wire in [&self.there, &self.back] {
            wire.fly(frame.to_vec(), wire.clock.now() + LATENCY);
        }
    }

    /// Bytes, headers included, that the first end has sent so far.
    pub(super) fn sent(&self) -> usize {
        self.there.pushed.get()
    }
}

/// One end of a cable: a link.
pub(super) struct End {
    address: [u8; 6],
    receiver: Receiver,
    transmitter: Transmitter,
    alarm: Option<Sleep>,
    clock: Clock,
}

pub(super) struct Receiver {
    wire: Rc<Wire>,
    front: Option<Vec<u8>>,
    /// The arrival of the newest frame that was announced.
    announced: Option<(Instant, u64)>,
}

pub(super) struct Transmitter {
    wire: Rc<Wire>,
    /// Room was looked for in vain.
    starved: bool,
}

impl End {
    fn new(clock: &Clock, address: [u8; 6], from: Rc<Wire>, to: Rc<Wire>) -> Self {
        Self {
            address,
            receiver: Receiver {
                wire: from,
                front: None,
                announced: None,
            },
            transmitter: Transmitter {
                wire: to,
                starved: false,
            },
            alarm: None,
            clock: clock.clone(),
        }
    }

    /// Sends a frame however long it is; those sent at once arrive at once.
    pub(super) fn inject(&self, frame: &[u8]) {
        let arrival = self.clock.now() + LATENCY;
        self.transmitter.wire.fly(frame.to_vec(), arrival);
    }

    /// When something will be ready that is not yet announced.
    fn next(&self) -> Option<Instant> {
        let flying = self.receiver.wire.flying.borrow();
        let arrival = flying
            .keys()
            .find(|key| self.receiver.announced.is_none_or(|seen| **key > seen))
            .map(|(arrival, _)| *arrival);
        let room = if self.transmitter.starved {
            let departures = self.transmitter.wire.departures.borrow();
            departures.front().copied()
        } else {
            None
        };
        [arrival, room].into_iter().flatten().min()
    }
}

impl Link for End {
    type Receiver = Receiver;
    type Transmitter = Transmitter;

    fn mac_address(&self) -> [u8; 6] {
        self.address
    }

    fn mtu(&self) -> usize {
        MTU
    }

    fn split(&mut self) -> (&mut Receiver, &mut Transmitter) {
        (&mut self.receiver, &mut self.transmitter)
    }

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), LinkLost>> {
        if self.receiver.wire.cut.get() {
            return Poll::Ready(Err(LinkLost));
        }
        let now = self.clock.now();
        if self.transmitter.starved && self.transmitter.wire.has_room() {
            self.transmitter.starved = false;
            return Poll::Ready(Ok(()));
        }
        match self.next() {
            Some(next) if next <= now => {
                let flying = self.receiver.wire.flying.borrow();
                self.receiver.announced = flying.keys().rfind(|key| key.0 <= now).copied();
                return Poll::Ready(Ok(()));
            }
            Some(next) => {
                let mut alarm = self.clock.alarm(next);
                let _ = Pin::new(&mut alarm).poll(context);
                self.alarm = Some(alarm);
            }
            None => self.alarm = None,
        }
        let waker = || Some(context.waker().clone());
        self.receiver.wire.receiver.replace(waker());
        self.transmitter.wire.transmitter.replace(waker());
        Poll::Pending
    }
}

impl Receive for Receiver {
    fn front(&mut self) -> Option<&mut [u8]> {
        if self.front.is_none() {
            let mut flying = self.wire.flying.borrow_mut();
            let entry = flying.first_entry()?;
            if entry.key().0 > self.wire.clock.now() {
                return None;
            }
            self.front = Some(entry.remove());
        }
        self.front.as_deref_mut()
    }

    fn pop(&mut self) {
        if self.front.take().is_none() {
            self.front();
            self.front = None;
        }
    }
}

impl Transmit for Transmitter {
    fn has_room(&mut self) -> bool {
        let room = self.wire.has_room();
        self.starved |= !room;
        room
    }

    fn push<R>(&mut self, length: usize, fill: impl FnOnce(&mut [u8]) -> R) -> Option<R> {
        if !self.has_room() || length > MTU + ethernet::HEADER_LEN {
            return None;
        }
        let mut frame = vec![0xa5; length];
        let result = fill(&mut frame);
        self.wire.pushed.set(self.wire.pushed.get() + length);
        self.wire.push(frame);
        Some(result)
    }

    fn flush(&mut self) {}
}
