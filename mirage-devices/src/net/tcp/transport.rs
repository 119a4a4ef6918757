//! The transport of an interface: all of its connections.

pub mod calls;
mod connections;
mod icmp;
mod input;
mod output;
mod syn;
mod teardown;
mod writing;

use super::{
    budget::Budget,
    connection::{Connection, Context},
    counters::Counters,
    flow::{Flow, LocalAddress},
    flow_table::{Entry, FlowTable},
    listener::Listeners,
    pool::Pool,
    secret::Secrets,
    slots::Slots,
    syn_queue::SynQueue,
    time_wait::TimeWaits,
    timer_wheel::TimerWheel,
};
use crate::{
    net::{ip::Address, rate_limit::RateLimit},
    random::Random,
    time::Instant,
};
use alloc::{boxed::Box, collections::VecDeque, vec::Vec};
use core::time::Duration;

/// Resets and challenges for a source: one each 10 ms, and this many at once.
const ANSWERS_AT_ONCE: u16 = 64;

/// All connections of an interface.
///
/// It does no input or output. Packets are passed to [`input`](Self::input); segments to send are
/// passed to an [`Egress`](crate::net::ip::Egress) by [`input`](Self::input),
/// [`flush`](Self::flush) and [`expire`](Self::expire).
#[derive(Debug)]
pub struct Transport {
    secrets: Secrets,
    /// The largest IP packet of the link, in bytes.
    mtu: u16,
    locals: Vec<Address>,
    flows: FlowTable,
    connections: Slots<Box<Connection>>,
    syn_queue: SynQueue,
    time_waits: TimeWaits,
    listeners: Listeners,
    timers: TimerWheel,
    /// Connections that may have something to send.
    dirty: VecDeque<u32>,
    pool: Pool,
    /// Limits resets and challenges by source.
    answers: RateLimit,
    counters: Counters,
    random: Random,
    /// Whether header prediction is used.
    #[cfg(test)]
    pub is_predicting: bool,
}

impl Transport {
    /// Creates a transport for a link that carries IP packets of `mtu` bytes. The connections' data
    /// takes memory of `budget`, except 2 KiB of each connection in each direction.
    pub fn new(mtu: u16, budget: Budget, mut random: Random) -> Self {
        Self {
            secrets: Secrets::new(&mut random),
            mtu,
            // More are added if there is memory.
            locals: Vec::with_capacity(4),
            flows: FlowTable::default(),
            connections: Slots::default(),
            syn_queue: SynQueue::default(),
            time_waits: TimeWaits::default(),
            listeners: Listeners::default(),
            timers: TimerWheel::default(),
            dirty: VecDeque::new(),
            pool: Pool::new(budget),
            answers: RateLimit::new(Duration::from_millis(10), ANSWERS_AT_ONCE, random.clone()),
            counters: Counters::default(),
            random,
            #[cfg(test)]
            is_predicting: true,
        }
    }

    /// Changes the largest IP packet. The segments of open connections become smaller if they have to, but not
    /// larger.
    pub fn set_mtu(&mut self, mtu: u16) {
        self.mtu = mtu;
        for index in self.connections.range() {
            if let Some(connection) = self.connections.get_mut(index)
                && !connection.is_opening()
            {
                connection.limit_link_mtu(mtu);
            }
        }
    }

    /// Returns the counters.
    pub const fn counters(&self) -> &Counters {
        &self.counters
    }

    /// Returns the number of connections, of half-open ones and of those in TIME-WAIT.
    pub fn population(&self) -> (usize, usize, usize) {
        (
            self.connections.len(),
            self.syn_queue.len(),
            self.time_waits.len(),
        )
    }

    /// The memory for the connections' data.
    pub const fn pool(&self) -> &Pool {
        &self.pool
    }

    /// Whether the peers have acknowledged everything, except on connections that are still opening.
    pub fn is_drained(&self) -> bool {
        let mut connections = self.connections.indices();
        connections.all(|index| {
            self.connections.get(index).is_none_or(|connection| {
                connection.is_closed() || connection.is_opening() || connection.sender.is_idle()
            })
        })
    }

    /// Returns whether [`flush`](Self::flush) has something to do.
    pub fn has_work(&self) -> bool {
        !self.dirty.is_empty()
    }

    /// Returns when [`expire`](Self::expire) has to be called.
    pub fn next_deadline(&self) -> Option<Instant> {
        let unfinished = self.syn_queue.next_deadline();
        let finished = self.time_waits.next_deadline();
        let timers = self.timers.next_deadline();
        Instant::earlier(timers, Instant::earlier(unfinished, finished))
    }

    /// The sums of all connections equal a recount.
    #[cfg(test)]
    pub fn check(&self) {
        for index in self.connections.indices() {
            let connection = self.connections.get(index).expect("it has an index");
            if !connection.is_closed() && !connection.is_opening() {
                connection.sender.check();
            }
        }
    }

    /// The number of a local address, which is added if it is new; `None` if memory is exhausted.
    #[inline]
    fn local(&mut self, address: Address) -> Option<LocalAddress> {
        let known = self.locals.iter().position(|local| *local == address);
        let index = match known {
            Some(index) => index,
            None => self.add_local(address)?,
        };
        // An interface has few addresses.
        Some(LocalAddress(index as u16))
    }

    #[cold]
    fn add_local(&mut self, address: Address) -> Option<usize> {
        if self.locals.try_reserve(1).is_err() {
            self.counters.out_of_memory += 1;
            return None;
        }
        self.locals.push(address);
        Some(self.locals.len() - 1)
    }

    fn local_address(&self, local: LocalAddress) -> Address {
        self.locals
            .get(usize::from(local.0))
            .copied()
            .unwrap_or_default()
    }

    /// Looks up the entry of a flow.
    #[inline]
    fn find(&self, hash: u32, flow: &Flow) -> Option<Entry> {
        self.entry_of(self.flows.first(hash)?, hash, flow)
    }

    /// Returns the entry of a flow, given the first one with its hash.
    #[inline]
    fn entry_of(&self, first: Entry, hash: u32, flow: &Flow) -> Option<Entry> {
        if self.flow_of(first) == Some(flow) {
            return Some(first);
        }
        self.find_colliding(hash, flow)
    }

    /// Looks up the entry of a flow whose hash is that of another one, too.
    #[cold]
    fn find_colliding(&self, hash: u32, flow: &Flow) -> Option<Entry> {
        self.flows.find(hash, flow, |entry| self.flow_of(entry))
    }

    /// Returns the flow of an entry.
    #[inline]
    fn flow_of(&self, entry: Entry) -> Option<&Flow> {
        match entry {
            Entry::Connection(index) => Some(&self.connections.get(index)?.flow),
            Entry::HalfOpen(index) => Some(&self.syn_queue.get(index)?.flow),
            Entry::TimeWait(index) => Some(&self.time_waits.get(index)?.flow),
        }
    }

    /// Returns a connection and the environment of an operation on it.
    fn connection(&mut self, index: u32, now: Instant) -> Option<(&mut Connection, Context<'_>)> {
        let connection = self.connections.get_mut(index)?;
        let local = self.locals.get(usize::from(connection.flow.local.0));
        let context = Context {
            now,
            local: local.copied().unwrap_or_default(),
            pool: &mut self.pool,
            counters: &mut self.counters,
        };
        Some((connection, context))
    }
}
