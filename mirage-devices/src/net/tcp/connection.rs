//! A connection: a sender, a receiver, and their shared state.

mod ecn;
pub mod handshake;
pub mod input;
mod opening;
pub mod output;
mod path;
mod predicted;
mod state;
mod timers;

use super::{
    compact_time::CoarseTime,
    counters::Counters,
    flow::Flow,
    isn,
    nanos::Nanos,
    on_demand::OnDemand,
    options::{OptionBytes, Timestamps},
    pool::{Page, Pool},
    receiver::{Receiver, acks::Urgency},
    sender::Sender,
    seq::SeqNumber,
};
use crate::{
    net::{
        error::Error,
        ip::{Address, Egress, NextHopHint},
        wakers::Wakers,
    },
    time::Instant,
};
use alloc::boxed::Box;
use core::{num::NonZeroU32, task::Waker, time::Duration};
use handshake::Opening;

pub use state::State;

/// The environment of an operation on a connection.
pub struct Context<'a> {
    /// The time.
    pub now: Instant,
    /// Our address.
    pub local: Address,
    /// The memory for data.
    pub pool: &'a mut Pool,
    /// The counters.
    pub counters: &'a mut Counters,
}

/// Probes of an idle peer (RFC 9293, section 3.8.4).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KeepAlive {
    /// The idle time before the first probe.
    pub idle: Duration,
    /// The interval between probes, in whole seconds, at least one.
    pub interval: Duration,
    /// How many unanswered probes abort the connection.
    pub probes: u8,
}

impl Default for KeepAlive {
    /// Two hours, 75 s and 9 probes, like Linux.
    fn default() -> Self {
        Self {
            idle: Duration::from_secs(2 * 60 * 60),
            interval: Duration::from_secs(75),
            probes: 9,
        }
    }
}

/// [`KeepAlive`] as a connection keeps it.
#[derive(Debug, Clone, Copy)]
struct Probes {
    /// In milliseconds.
    idle: NonZeroU32,
    /// In seconds.
    interval: u16,
    count: u8,
}

impl From<KeepAlive> for Probes {
    fn from(keep_alive: KeepAlive) -> Self {
        let idle = Nanos::from(keep_alive.idle).as_millis();
        Self {
            idle: NonZeroU32::new(idle).unwrap_or(NonZeroU32::MIN),
            interval: u16::try_from(keep_alive.interval.as_secs().max(1)).unwrap_or(u16::MAX),
            count: keep_alive.probes,
        }
    }
}

/// How long data may stay unacknowledged, and probes unanswered, before the connection is aborted, in
/// milliseconds.
const USER_TIMEOUT: u32 = 15 * 60 * 1000;

/// A connection.
#[derive(Debug)]
pub struct Connection {
    /// What identifies it.
    pub flow: Flow,
    /// Where the next hop was found.
    hint: NextHopHint,
    /// Whether the peer opened it.
    pub is_passive: bool,
    /// The state of the handshake; `None` once it is complete.
    opening: Option<Box<Opening>>,
    pub sender: Sender,
    pub receiver: Receiver,
    /// Why it is closed.
    error: Option<Error>,
    /// Why the peer was unreachable when something was last sent to it, according to ICMP.
    soft_error: Option<Error>,
    is_closed: bool,
    /// The peer has closed before us: there is no TIME-WAIT for us.
    peer_closed_first: bool,
    /// The application has released it.
    is_orphan: bool,
    /// A reset has to be sent.
    reset_is_due: bool,
    /// It is in the list of connections that the next flush visits.
    pub is_dirty: bool,
    /// The offset of our timestamps, which counts if they are used.
    timestamp_offset: u32,
    /// Whether SACK is used.
    sack: bool,
    /// When a state ends that ends by itself, one without an owner or TIME-WAIT, in seconds since boot.
    ends_at: Option<NonZeroU32>,
    /// When the last challenge was sent.
    challenged_at: CoarseTime,
    received_at: CoarseTime,
    keep_alive: Option<Probes>,
    probes_sent: u8,
    /// How long data may stay unacknowledged, in milliseconds.
    user_timeout: u32,
    /// The first task that waits to read.
    reader: Option<Waker>,
    /// Most connections never wait for room, and one task reads them.
    waiters: OnDemand<Waiters>,
}

/// How many tasks wait to read a connection, or to write it, before all of them are woken. Those that still
/// wait register again, but not the futures that were dropped, whose wakers would fill memory otherwise.
const MAX_WAITING: usize = 64;

/// The tasks that wait for a connection, except the first reader.
#[derive(Debug, Default)]
struct Waiters {
    readers: Wakers,
    writers: Wakers,
}

impl Connection {
    /// Its state.
    pub fn state(&self) -> State {
        if self.is_closed {
            return State::Closed;
        }
        if let Some(opening) = &self.opening {
            return opening.state();
        }
        let peer_closed = self.receiver.is_finished();
        if !self.sender.is_closed() {
            return if peer_closed {
                State::CloseWait
            } else {
                State::Established
            };
        }
        match (self.sender.fin_is_acknowledged(), peer_closed) {
            (false, false) => State::FinWait1,
            (true, false) => State::FinWait2,
            (false, true) if self.peer_closed_first => State::LastAck,
            (false, true) => State::Closing,
            (true, true) if self.peer_closed_first => State::Closed,
            (true, true) => State::TimeWait,
        }
    }

    /// Returns why it is closed, if it was not closed by both sides.
    pub fn error(&self) -> Option<Error> {
        self.error
    }

    /// Returns whether the handshake is in progress.
    pub fn is_opening(&self) -> bool {
        self.opening.is_some()
    }

    /// Returns whether it is closed.
    pub fn is_closed(&self) -> bool {
        self.is_closed
    }

    /// Returns whether the application has released it.
    pub fn is_orphan(&self) -> bool {
        self.is_orphan
    }

    /// What has been acknowledged and received, if that the peer is reachable has to be confirmed.
    pub fn progress_in_doubt(&self) -> Option<(SeqNumber, SeqNumber)> {
        let progress = (self.sender.una, self.receiver.nxt);
        self.hint.is_in_doubt().then_some(progress)
    }

    /// Confirms that the peer's next hop is reachable, if there has been progress since `before`.
    pub fn confirm_if_progress(
        &mut self,
        before: Option<(SeqNumber, SeqNumber)>,
        egress: &mut impl Egress,
    ) {
        if before.is_some() && before != self.progress_in_doubt() {
            self.confirm_next_hop(egress);
        }
    }

    /// Confirms that the peer's next hop is reachable.
    #[inline]
    pub fn confirm_next_hop(&mut self, egress: &mut impl Egress) {
        if self.hint.is_in_doubt() {
            egress.confirm(self.flow.remote, &mut self.hint);
        }
    }

    /// Returns whether an acknowledgment is to be sent at once.
    pub fn owes_ack(&self) -> bool {
        self.receiver.urgency() == Urgency::Now
    }

    /// Notes that the application has released it: received data is discarded, and nothing more is
    /// written.
    pub fn set_orphan(&mut self, context: &mut Context<'_>) {
        self.is_orphan = true;
        self.reader = None;
        self.waiters.clear();
        self.receiver.discard(context.pool);
        self.sender.close();
        self.note_state(context.now);
    }

    /// Aborts it: the next flush sends a reset.
    pub fn abort(&mut self) {
        self.reset_is_due = true;
    }

    /// Notes why the peer is unreachable according to ICMP or to our routes. The connection goes on (RFC
    /// 5461, section 2.1); if it times out without progress, it fails with this error.
    pub fn note_soft_error(&mut self, error: Error) {
        self.soft_error = Some(error);
    }

    /// Aborts it because of `error`, which its owner receives from now on.
    pub fn abort_with(&mut self, error: Error) {
        self.error = Some(error);
        self.abort();
        self.wake_reader();
        self.wake_writer();
    }

    /// Closes the connection, with `error` if it was not closed by both sides.
    pub fn end(&mut self, error: Option<Error>, context: &mut Context<'_>) {
        self.error = self.error.or(error);
        self.is_closed = true;
        self.opening = None;
        self.ends_at = None;
        self.sender.clear(context.pool);
        // What was received can still be read.
        self.receiver.close(context.pool);
        self.wake_reader();
        self.wake_writer();
    }

    /// Removes data that was read. Returns whether an acknowledgment is due at once.
    pub fn consume(&mut self, count: usize, now: Instant, pool: &mut Pool) -> bool {
        let smoothed = self.sender.rtt.smoothed();
        self.receiver.consume(count as u32, now, smoothed, pool);
        if self.is_closed {
            return false;
        }
        self.receiver.after_read(self.sender.congestion.mss, pool);
        self.owes_ack()
    }

    /// Removes the page with the data at the front and returns it, with the number of bytes in front of that
    /// data. `None` if the data has to be copied.
    pub fn take_page(&mut self, now: Instant, pool: &mut Pool) -> Option<(Page, usize)> {
        let taken = self.receiver.take_page(now, self.sender.rtt.smoothed())?;
        if !self.is_closed {
            self.receiver.after_read(self.sender.congestion.mss, pool);
        }
        Some(taken)
    }

    /// Wakes `waker` when there is something to read.
    pub fn register_reader(&mut self, waker: &Waker) {
        match &self.reader {
            None => self.reader = Some(waker.clone()),
            Some(reader) if reader.will_wake(waker) => {}
            Some(_) => self.register(waker, |waiters| &mut waiters.readers),
        }
    }

    /// Wakes `waker` when there is room to write, or when the connection is established or closed.
    pub fn register_writer(&mut self, waker: &Waker) {
        self.register(waker, |waiters| &mut waiters.writers);
    }

    #[cold]
    #[inline(never)]
    fn register(&mut self, waker: &Waker, of: fn(&mut Waiters) -> &mut Wakers) {
        match self.waiters.get_or_insert_with(Waiters::default) {
            Some(waiters) => {
                let wakers = of(waiters);
                if wakers.len() >= MAX_WAITING {
                    wakers.wake();
                }
                wakers.register(waker);
            }
            // Without memory it asks again.
            None => waker.wake_by_ref(),
        }
    }

    fn wake_reader(&mut self) {
        if let Some(waker) = self.reader.take() {
            waker.wake();
            if let Some(waiters) = self.waiters.get_mut() {
                waiters.readers.wake();
            }
        }
    }

    fn wake_writer(&mut self) {
        if let Some(waiters) = self.waiters.get_mut() {
            waiters.writers.wake();
        }
    }

    /// The size of a full segment.
    fn mss(&self) -> u32 {
        self.sender.congestion.mss
    }

    /// Returns whether a segment at `seq` is in flight.
    pub fn has_sent(&self, seq: SeqNumber) -> bool {
        match &self.opening {
            Some(opening) => opening.is_for(seq),
            None => seq.is_within(self.sender.una, self.sender.nxt),
        }
    }

    /// Returns the offset of our timestamps, if they are used. A SYN of ours always has one.
    #[inline]
    fn timestamp_offset(&self) -> Option<u32> {
        let is_used = self.receiver.timestamp().is_some() || self.opening.is_some();
        is_used.then_some(self.timestamp_offset)
    }

    /// TS.Recent and the offset of our timestamps, if timestamps are used.
    pub fn timestamps(&self) -> Option<(u32, u32)> {
        let recent = self.receiver.timestamp()?;
        Some((recent, self.timestamp_offset))
    }

    /// Returns the options of every segment.
    fn options(&self, now: Instant) -> OptionBytes {
        let mut options = OptionBytes::NONE;
        if let Some(offset) = self.timestamp_offset() {
            options.timestamps(Timestamps {
                value: isn::timestamp(now, offset),
                echo: self.receiver.timestamp().unwrap_or(0),
            });
        }
        options
    }
}
