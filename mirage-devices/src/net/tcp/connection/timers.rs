//! The timers of a connection.

use super::{Connection, Context, KeepAlive, Probes, State, USER_TIMEOUT};
use crate::{
    net::{
        error::Error,
        ip::Egress,
        tcp::{compact_time::CoarseTime, nanos::Nanos, time_wait, timer_wheel::NEVER},
    },
    time::Instant,
};
use core::{num::NonZeroU32, time::Duration};

/// A second in nanoseconds.
const SECOND: u64 = 1_000_000_000;

/// How long a connection that the application has released, and whose data is acknowledged, waits for the
/// peer to acknowledge its FIN and to send one.
const ORPHAN_LIFETIME: Duration = Duration::from_secs(60);

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
        let used_ecn = self.sender.uses_ecn();
        if let Some(expiry) = self.sender.on_timer(now) {
            if self.sender.rtt.backoff() > timeouts {
                context.counters.timeouts += 1;
                self.check_path(now);
            }
            context.counters.ecn_failed += u64::from(used_ecn && !self.sender.uses_ecn());
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

    /// Sets or clears keep-alive probes.
    pub fn set_keep_alive(&mut self, keep_alive: Option<KeepAlive>, now: Instant) {
        self.keep_alive = keep_alive.map(Probes::from);
        self.probes_sent = 0;
        self.received_at = CoarseTime::at(now);
    }

    /// Sets how long data may stay unacknowledged (RFC 5482).
    pub fn set_user_timeout(&mut self, timeout: Option<Duration>) {
        self.user_timeout =
            timeout.map_or(USER_TIMEOUT, |timeout| Nanos::from(timeout).as_millis());
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

    /// Sets the end of a state that ends by itself.
    pub(super) fn note_state(&mut self, now: Instant) {
        let lifetime = match self.state() {
            State::FinWait1 | State::FinWait2 | State::Closing | State::LastAck
                if self.is_orphan && self.sender.data_is_acknowledged() =>
            {
                ORPHAN_LIFETIME
            }
            State::TimeWait => time_wait::DURATION,
            _ => {
                self.ends_at = None;
                return;
            }
        };
        if self.ends_at.is_none() {
            let seconds = (now + lifetime).as_nanos().div_ceil(SECOND);
            self.ends_at = u32::try_from(seconds).ok().and_then(NonZeroU32::new);
        }
    }

    /// Returns when the present state ends by itself, or [`NEVER`].
    fn end_of_state(&self) -> Instant {
        self.ends_at.map_or(NEVER, |seconds| {
            Instant::from_nanos(u64::from(seconds.get()) * SECOND)
        })
    }
}
