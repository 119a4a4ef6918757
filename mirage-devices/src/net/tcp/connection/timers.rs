//! The timers of a connection.

use super::{Connection, Context};
use crate::{
    net::{
        error::Error,
        ip::Egress,
        tcp::{nanos::Nanos, timer_wheel::NEVER},
    },
    time::Instant,
};

impl Connection {
    /// Handles the timers that are due.
    pub fn expire(&mut self, egress: &mut impl Egress, context: &mut Context<'_>) {
        let now = context.now;
        if self.opening.is_some() {
            self.on_opening_timer(context);
            return;
        }
        if self.end_of_state() <= now {
            self.end(None, context);
            return;
        }
        if self.sender.is_waiting() && self.user_deadline(now) <= now {
            self.time_out(context);
            return;
        }
        let timeouts = self.sender.rtt.backoff();
        if let Some(expiry) = self.sender.on_timer(now) {
            context.counters.timeouts += u64::from(self.sender.rtt.backoff() > timeouts);
            self.send_expired(expiry, egress, context);
        }
        self.receiver.on_timer(now);
        self.check_keep_alive(egress, context);
    }

    pub(super) fn time_out(&mut self, context: &mut Context<'_>) {
        context.counters.timed_out += 1;
        let error = self.soft_error.unwrap_or(Error::TimedOut);
        self.end(Some(error), context);
    }

    fn check_keep_alive(&mut self, egress: &mut impl Egress, context: &mut Context<'_>) {
        let Some(deadline) = self.keep_alive_deadline(context.now) else {
            return;
        };
        if deadline > context.now {
            return;
        }
        if self
            .keep_alive
            .as_ref()
            .is_some_and(|it| self.probes_sent >= it.count)
        {
            self.time_out(context);
            return;
        }
        self.probes_sent += 1;
        self.send_keep_alive(egress, context);
    }

    /// When data that is unacknowledged aborts the connection.
    #[inline]
    fn user_deadline(&self, now: Instant) -> Instant {
        self.sender.progress_at.to_instant(now) + Nanos::from_millis(self.user_timeout)
    }

    fn keep_alive_deadline(&self, now: Instant) -> Option<Instant> {
        let keep_alive = self.keep_alive.as_ref()?;
        // Retransmissions probe the peer while data is unacknowledged.
        if self.sender.is_waiting() {
            return None;
        }
        let interval = Nanos::from_secs(keep_alive.interval.into());
        let silence =
            Nanos::from_millis(keep_alive.idle.get()) + interval * self.probes_sent.into();
        Some(self.received_at.to_instant(now) + silence)
    }

    /// Returns the next deadline of the connection, or [`NEVER`].
    #[inline]
    pub fn next_deadline(&mut self, now: Instant) -> Instant {
        if self.is_closed {
            return NEVER;
        }
        if let Some(opening) = &self.opening {
            return opening.deadline;
        }
        let mut deadline = self.sender.deadline();
        deadline = deadline.min(self.receiver.ack_deadline(now));
        deadline = deadline.min(self.sender.pacing_deadline(now));
        if self.sender.is_waiting() {
            deadline = deadline.min(self.user_deadline(now));
        }
        deadline = deadline.min(self.end_of_state());
        if let Some(at) = self.keep_alive_deadline(now) {
            deadline = deadline.min(at);
        }
        deadline
    }
}
