//! Header prediction: the segments of a connection that transfers data without loss are processed
//! without the checks for all the others.

use super::Connection;
use crate::{
    net::tcp::{compact_time::CoarseTime, counters::Counters, pool::Pool, segment::Segment},
    time::Instant,
};

impl Connection {
    /// Processes a segment that [`Segment::parse_predicted`] has read, if it is a predicted one. If not,
    /// it returns false and changes nothing.
    ///
    /// A segment is predicted if all of this is true; then [`on_segment`](Self::on_segment) has the same
    /// result.
    /// - The connection is established, and neither side has closed.
    /// - Only the control bits ACK and PSH are set, and the window is open.
    /// - There is a timestamp if and only if timestamps are used, and it is not old. There are no other
    ///   options.
    /// - The segment begins at RCV.NXT, its data fits into the window, and nothing was received out of
    ///   order.
    /// - It says nothing new of ECN, and its packet is not marked.
    /// - It acknowledges all data in flight, which was sent in one go and once; or it has data and
    ///   acknowledges nothing new. No loss is being repaired.
    #[inline(always)]
    pub fn on_predicted(
        &mut self,
        segment: &Segment<'_>,
        now: Instant,
        pool: &mut Pool,
        counters: &mut Counters,
    ) -> bool {
        let is_predicted = self.opening.is_none()
            && !self.is_closed
            && self.receiver.predicts(segment)
            && self.sender.predicts(segment)
            && self.sender.ecn.predicts(!segment.payload.is_empty());
        if !is_predicted {
            return false;
        }
        self.received_at = CoarseTime::at(now);
        self.probes_sent = 0;
        self.receiver
            .note_timestamp(segment.seq, segment.options.timestamps, now);
        if self.sender.on_predicted(now, segment, pool) {
            self.on_progress();
        }
        let mss = self.mss();
        if !segment.payload.is_empty() {
            let kept = self.receiver.append(segment.payload, now, mss, pool);
            counters.out_of_memory += u64::from(kept < segment.payload.len());
            if kept > 0 {
                self.wake_reader();
            }
        }
        true
    }
}
