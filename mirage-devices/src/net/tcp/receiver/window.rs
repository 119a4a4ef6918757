//! The advertised window. It grows as data is read, within the memory of the pool.

use super::{Receiver, acks::Urgency};
use crate::net::tcp::{
    pool::{Pool, SMALL_PAGE},
    seq::SeqNumber,
};

/// The largest part of a window of `largest` bytes that is withheld until an update is worthwhile
/// (receiver silly window syndrome avoidance, RFC 9293, section 3.8.6.2.2).
fn step(mss: u32, largest: u32) -> u32 {
    (2 * mss).min(largest / 2)
}

impl Receiver {
    /// Returns the window field of the next segment. Advertises as much as the target, the pool and
    /// silly window avoidance allow.
    #[inline]
    pub fn offer_window(&mut self, mss: u32, pool: &mut Pool) -> u16 {
        self.extend(mss, pool);
        let window = self.window() >> self.scale;
        u16::try_from(window).unwrap_or(u16::MAX)
    }

    /// Returns whether enough was read since the window was last advertised to send an update (RFC 9293,
    /// section 3.8.6.2.2).
    pub fn wants_update(&mut self, mss: u32, pool: &Pool) -> bool {
        if self.window() > (self.tuning.target / 2).max(mss) {
            return false;
        }
        let gained = self.wanted_edge(pool).saturating_distance(self.edge);
        gained >= step(mss, self.largest(pool))
    }

    /// The largest window that target and pool allow.
    fn largest(&self, pool: &Pool) -> u32 {
        self.tuning.target.min(pool.backed(self.committed))
    }

    /// Returns the right edge that target and pool allow.
    fn wanted_edge(&self, pool: &Pool) -> SeqNumber {
        if self.is_finished {
            return self.edge;
        }
        let open = self.largest(pool).saturating_sub(self.unread);
        // The range and precision of the window field.
        let open = open.min(u32::from(u16::MAX) << self.scale) >> self.scale << self.scale;
        self.edge.max(self.nxt + open)
    }

    #[inline(always)]
    fn extend(&mut self, mss: u32, pool: &mut Pool) {
        let target = self.tuning.target;
        // Most segments change the window by less than a step, whatever the pool allows.
        let most = (self.nxt + target).saturating_distance(self.edge);
        if most >= step(mss, target.min(SMALL_PAGE as u32)) || self.window() == 0 {
            self.move_edge(mss, pool);
        }
        self.settle(pool);
    }

    #[inline(never)]
    fn move_edge(&mut self, mss: u32, pool: &mut Pool) {
        let wanted = self.wanted_edge(pool);
        let gained = wanted.saturating_distance(self.edge);
        let largest = self.largest(pool);
        if gained > 0
            && (gained >= step(mss, largest) || self.window() == 0 && gained >= mss.min(largest))
        {
            self.edge = wanted;
        }
    }

    /// Adjusts the commitment to the window and the unread data.
    #[inline]
    pub fn settle(&mut self, pool: &mut Pool) {
        let needed = if self.is_discarding {
            0
        } else {
            (self.unread + self.window()).saturating_sub(SMALL_PAGE as u32)
        };
        if needed > self.committed {
            let more = (needed - self.committed) as usize;
            self.committed += pool.commit(self.committed as usize, more) as u32;
        } else {
            pool.release((self.committed - needed) as usize);
            self.committed = needed;
        }
    }

    /// Schedules a window update if reading has opened the window enough.
    pub fn after_read(&mut self, mss: u32, pool: &mut Pool) {
        if self.wants_update(mss, pool) {
            self.owe_ack(Urgency::Now);
        }
    }
}
