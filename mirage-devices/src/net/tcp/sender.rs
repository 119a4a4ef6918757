//! The sending half of a connection: the data that was written and is not acknowledged.

pub mod acknowledgment;
mod arm;
pub mod ecn;
mod flight;
pub mod loss;
mod path_probe;
pub mod reservation;
mod timer;
pub mod transmit;

use super::{
    compact_time::CoarseTime,
    congestion::{Algorithm, Controller, Window},
    ecn::EcnState,
    on_demand::OnDemand,
    page_queue::PageQueue,
    pool::{Pool, SMALL_PAGE},
    recovery::Recovery,
    rtt::RttEstimator,
    scoreboard::Scoreboard,
    seq::SeqNumber,
    timer_wheel::NEVER,
};
use crate::time::Instant;
use alloc::boxed::Box;
use flight::Flight;
use timer::Timer;

/// The memory of a sender with more in flight than a single transmission, in bytes.
pub const FLIGHT_MEMORY: usize = size_of::<Flight>();

/// A tail loss probe that is not acknowledged yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Probe {
    /// It was new data.
    New,
    /// It repeated data.
    Retransmission,
}

/// The sending half of a connection.
#[derive(Debug)]
pub struct Sender {
    /// SND.UNA: the oldest byte that is not acknowledged.
    pub una: SeqNumber,
    /// SND.NXT: the next byte to send.
    pub nxt: SeqNumber,
    /// SND.WND: the peer's window, from `una` on.
    window: u32,
    /// The largest window that the peer has offered.
    max_window: u32,
    /// SND.WL1 and SND.WL2: the segment of the last window update.
    wl1: SeqNumber,
    wl2: SeqNumber,
    /// Snd.Wind.Shift: the scale of the peer's windows.
    scale: u8,
    /// Our half of the connection is closed: a FIN follows the data.
    is_closed: bool,
    /// The FIN is acknowledged.
    fin_is_acknowledged: bool,
    /// Whether small segments wait for acknowledgments (Nagle's algorithm).
    pub nagle: bool,
    /// Bytes in flight after the last transmission. Acknowledgments are processed in batches, so while a
    /// batch is processed less may be in flight than the window lets.
    last_flight: u32,
    /// Whether the congestion window limited the last transmission.
    is_cwnd_limited: bool,
    /// A byte beyond the closed window was sent, to learn whether it has opened.
    is_probing_window: bool,
    /// A segment that is due could not be sent.
    is_held_back: bool,
    /// There was no memory for what was written last. An acknowledgment frees some.
    is_starved: bool,
    timer: Timer,
    /// When the timer expires.
    deadline: Instant,
    /// The earliest time of the next segment (pacing).
    pub next_departure: Instant,
    /// When something was last acknowledged or nothing was outstanding.
    pub progress_at: CoarseTime,
    last_sent_at: CoarseTime,
    /// The bytes from `una` on, those of SYN and FIN not counted.
    queue: PageQueue,
    queued: u32,
    /// Maximum number of queued bytes.
    limit: u32,
    /// Bytes that are committed in the pool.
    committed: u32,
    scoreboard: Scoreboard,
    pub rtt: RttEstimator,
    pub congestion: Window,
    controller: Controller,
    flight: OnDemand<Flight>,
    probe: Option<Probe>,
    /// SND.NXT when the probe was sent.
    probe_end: SeqNumber,
    recovery: Option<Box<Recovery>>,
    pub ecn: EcnState,
    /// What was in flight when the window was last reduced for marks ends here.
    reduced_until: SeqNumber,
}

/// What is known when a connection is established.
#[derive(Debug, Clone, Copy)]
pub struct SenderConfig {
    /// The initial sequence number.
    pub iss: SeqNumber,
    /// The size of a full segment.
    pub mss: u32,
    /// The peer's window, scaled up.
    pub window: u32,
    /// The scale of its later windows.
    pub scale: u8,
    /// The peer's initial sequence number.
    pub irs: SeqNumber,
    /// Maximum number of queued bytes.
    pub limit: u32,
    /// The algorithm of congestion control.
    pub algorithm: Algorithm,
    /// Whether both sides support ECN.
    pub ecn: bool,
}

impl Sender {
    /// The sender of a connection whose SYN is acknowledged.
    pub fn new(config: &SenderConfig, now: Instant) -> Self {
        let start = config.iss + 1;
        Self {
            una: start,
            nxt: start,
            window: config.window,
            max_window: config.window,
            wl1: config.irs,
            wl2: start,
            scale: config.scale,
            is_closed: false,
            fin_is_acknowledged: false,
            nagle: false,
            last_flight: 0,
            is_cwnd_limited: false,
            is_probing_window: false,
            is_held_back: false,
            is_starved: false,
            timer: Timer::Off,
            deadline: NEVER,
            next_departure: Instant::BOOT,
            progress_at: CoarseTime::at(now),
            last_sent_at: CoarseTime::at(now),
            queue: PageQueue::new(),
            queued: 0,
            limit: config.limit,
            committed: 0,
            scoreboard: Scoreboard::default(),
            rtt: RttEstimator::default(),
            congestion: Window::new(config.mss),
            controller: Controller::new(config.algorithm),
            flight: OnDemand::NONE,
            probe: None,
            probe_end: start,
            recovery: None,
            ecn: EcnState::new(config.ecn),
            reduced_until: start,
        }
    }

    /// Returns how many bytes can be written now.
    pub fn room(&self, pool: &Pool) -> u32 {
        if self.is_closed || self.is_starved {
            return 0;
        }
        // Two windows, so that the data of the next one is queued when this one is acknowledged.
        let window = self.congestion.cwnd.saturating_mul(2).max(16 * 1024);
        let room = self.limit.min(window).saturating_sub(self.queued);
        room.min(pool.backed(self.committed).saturating_sub(self.queued))
    }

    /// Queues as much of `bytes` as there is room and memory for and returns how much: at least one byte if
    /// nothing is queued, unless a reservation holds the connection's own page.
    pub fn write(&mut self, bytes: &[u8], pool: &mut Pool) -> usize {
        let count = (self.room(pool) as usize).min(bytes.len());
        self.commit(count as u32, pool);
        let written = self.queue.write(self.queued, &bytes[..count], pool);
        self.queued += written as u32;
        // Nothing is acknowledged if nothing is queued.
        self.is_starved |= written < count && self.queued > 0;
        written
    }

    /// Commits the memory for `count` bytes to queue.
    #[inline(always)]
    fn commit(&mut self, count: u32, pool: &mut Pool) {
        let needed = (self.queued + count).saturating_sub(SMALL_PAGE as u32);
        if needed > self.committed {
            let more = needed - self.committed;
            self.committed += pool.commit(self.committed as usize, more as usize) as u32;
        }
    }

    /// No more data will be written: a FIN follows what is queued.
    pub fn close(&mut self) {
        self.is_closed = true;
    }

    /// Whether a FIN follows the data.
    pub fn is_closed(&self) -> bool {
        self.is_closed
    }

    /// The sequence number after the queued data: that of the FIN.
    fn data_end(&self) -> SeqNumber {
        self.una + self.queued
    }

    /// Whether the FIN was sent.
    pub fn fin_was_sent(&self) -> bool {
        self.fin_is_acknowledged || (self.is_closed && self.nxt.is_after(self.data_end()))
    }

    /// Bytes that were sent and are not acknowledged, the FIN included.
    pub fn outstanding(&self) -> u32 {
        self.nxt - self.una
    }

    /// Bytes that were sent and are on their way, as far as is known.
    fn in_flight(&self) -> u32 {
        self.scoreboard.in_flight(self.outstanding())
    }

    /// Bytes that were not sent yet, the FIN not counted.
    fn unsent(&self) -> u32 {
        self.data_end().saturating_distance(self.nxt)
    }

    /// Whether something waits for the peer or the path.
    pub fn is_waiting(&self) -> bool {
        self.outstanding() > 0 || self.is_held_back
    }

    /// Whether the FIN is acknowledged.
    pub fn fin_is_acknowledged(&self) -> bool {
        self.fin_is_acknowledged
    }

    /// Whether all data that was written is acknowledged.
    pub fn data_is_acknowledged(&self) -> bool {
        self.queued == 0
    }

    /// Whether everything that was sent is acknowledged and nothing waits.
    pub fn is_idle(&self) -> bool {
        self.queued == 0 && self.outstanding() == 0
    }

    /// The largest window that the peer has offered.
    pub fn max_window(&self) -> u32 {
        self.max_window
    }

    /// When the sender has to be run again.
    pub fn deadline(&self) -> Instant {
        self.deadline
    }

    fn is_recovering(&self) -> bool {
        self.recovery
            .as_ref()
            .is_some_and(|recovery| recovery.is_active())
    }

    /// A SYN was lost: the path may be congested (RFC 5681, section 3.1).
    pub fn handshake_was_lossy(&mut self) {
        self.congestion.cwnd = self.congestion.mss;
    }

    /// The segment that is due cannot be sent now: tries again when the timer expires.
    pub fn hold_back(&mut self, now: Instant) {
        if self.outstanding() == 0 && !self.is_held_back {
            self.progress_at = CoarseTime::at(now);
        }
        // An acknowledgment waits for nothing.
        self.is_held_back = self.has_more();
        self.next_departure = now + self.rtt.timeout();
    }

    /// When pacing lets the next segment leave, or [`NEVER`] if none waits for it.
    #[inline]
    pub fn pacing_deadline(&self, now: Instant) -> Instant {
        if self.next_departure > now && self.has_more() {
            self.next_departure
        } else {
            NEVER
        }
    }

    /// Whether something is to be sent, now or later.
    #[inline]
    pub fn has_more(&self) -> bool {
        self.unsent() > 0 || self.scoreboard.lost() > 0 || (self.is_closed && !self.fin_was_sent())
    }

    /// Returns the state of the flight, which begins now unless it has begun; `None` if there is no memory
    /// for it. Then losses are found by the retransmission timeout, nothing is paced, and segments stay large.
    #[inline(never)]
    fn flight(&mut self, now: Instant) -> Option<&mut Flight> {
        let (scoreboard, in_flight) = (&self.scoreboard, self.nxt - self.una);
        self.flight.get_or_insert_with(|| {
            let oldest = scoreboard.records().front();
            Flight::new(oldest.map_or(now, |oldest| oldest.sent_at), in_flight)
        })
    }

    /// Frees the state of a flight that has ended, unless it says something about the next one.
    #[cold]
    #[inline(never)]
    fn end_flight(&mut self, now: Instant) {
        if !self.flight.get().is_some_and(|flight| flight.outlasts(now)) {
            self.flight.clear();
        }
    }

    /// Releases all memory.
    pub fn clear(&mut self, pool: &mut Pool) {
        self.queue.clear(pool);
        pool.release(self.committed as usize);
        self.committed = 0;
        self.queued = 0;
    }

    /// The sums of the scoreboard equal a recount.
    #[cfg(test)]
    pub fn check(&self) {
        let covered: u32 = self
            .scoreboard
            .records()
            .iter()
            .map(super::sent_data::Record::len)
            .sum();
        assert_eq!(covered, self.outstanding());
        assert!(self.scoreboard.sacked() + self.scoreboard.lost() <= self.outstanding());
        if self.outstanding() > 0 {
            assert_ne!(self.deadline, NEVER, "unacknowledged data has a deadline");
        }
    }
}

#[cfg(test)]
mod tests;
