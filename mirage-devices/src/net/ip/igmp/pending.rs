//! Which groups are to be reported, and when.

use super::super::members::MAX_GROUPS;
use crate::{net::jitter, random::Random, time::Instant};
use alloc::{collections::TryReserveError, vec::Vec};
use core::{net::Ipv4Addr, time::Duration};

/// How many groups have something to report: those that the interface is in, and as many that it was in.
pub(super) const MAX_PENDING: usize = 2 * MAX_GROUPS;

/// How often a change is reported: the Robustness Variable.
const CHANGE_REPORTS: u8 = 2;

/// What is to be reported about a group.
#[derive(Debug)]
struct Pending {
    group: Ipv4Addr,
    /// How many reports of a change are left, and when the next one is due.
    changes: u8,
    change_at: Instant,
    /// When a query is answered.
    answer_at: Option<Instant>,
}

impl Pending {
    fn is_change_due(&self, now: Instant) -> bool {
        self.changes > 0 && self.change_at <= now
    }

    fn take_change(&mut self, now: Instant, interval: Duration, random: &mut Random) {
        self.changes -= 1;
        if self.changes > 0 {
            self.change_at = now + jitter::between(random, interval / 10, interval);
        }
    }

    fn take_answer(&mut self, now: Instant) -> bool {
        self.answer_at.take_if(|at| *at <= now).is_some()
    }

    fn next_deadline(&self) -> Option<Instant> {
        let change_at = (self.changes > 0).then_some(self.change_at);
        Instant::earlier(change_at, self.answer_at)
    }
}

/// The groups that are to be reported.
#[derive(Debug)]
pub(super) struct PendingReports(Vec<Pending>);

impl PendingReports {
    pub(super) fn new() -> Result<Self, TryReserveError> {
        let mut list = Vec::new();
        list.try_reserve_exact(MAX_PENDING)?;
        Ok(Self(list))
    }

    pub(super) fn clear(&mut self) {
        self.0.clear();
    }

    pub(super) fn next_deadline(&self) -> Option<Instant> {
        self.0.iter().filter_map(Pending::next_deadline).min()
    }

    /// Notes that a group was joined or left: both are reported at once and once more.
    pub(super) fn on_change(
        &mut self,
        now: Instant,
        group: Ipv4Addr,
        is_joined: impl Fn(Ipv4Addr) -> bool,
    ) {
        self.forget(group);
        if self.0.len() == MAX_PENDING {
            // Some of them were left, and reported at least once.
            self.0.retain(|pending| is_joined(pending.group));
        }
        self.0.push(Pending {
            group,
            changes: CHANGE_REPORTS,
            change_at: now,
            answer_at: None,
        });
    }

    /// Notes that a group is asked for, which the interface is in.
    pub(super) fn on_query(
        &mut self,
        now: Instant,
        group: Ipv4Addr,
        max_delay: Duration,
        random: &mut Random,
    ) {
        let is_full = self.0.len() == MAX_PENDING;
        let found = self.0.iter_mut().find(|pending| pending.group == group);
        let answer_at = found.as_ref().and_then(|pending| pending.answer_at);
        if answer_at.is_some_and(|at| at <= now + max_delay) {
            return;
        }
        let answer_at = Some(now + jitter::between(random, Duration::ZERO, max_delay));
        match found {
            Some(pending) => pending.answer_at = answer_at,
            None if !is_full => self.0.push(Pending {
                group,
                changes: 0,
                change_at: now,
                answer_at,
            }),
            // The router asks again.
            None => {}
        }
    }

    /// Removes what is to be reported about a group.
    pub(super) fn forget(&mut self, group: Ipv4Addr) {
        self.0.retain(|pending| pending.group != group);
    }

    /// Removes an answer that another host has given.
    pub(super) fn suppress(&mut self, group: Ipv4Addr) {
        let of_group = self.0.iter_mut().filter(|pending| pending.group == group);
        of_group.for_each(|pending| pending.answer_at = None);
    }

    /// Passes the groups of which a change is due to `report`. They are reported once less.
    pub(super) fn take_changes(
        &mut self,
        now: Instant,
        interval: Duration,
        random: &mut Random,
        mut report: impl FnMut(Ipv4Addr),
    ) {
        for pending in &mut self.0 {
            if pending.is_change_due(now) {
                pending.take_change(now, interval, random);
                report(pending.group);
            }
        }
        self.remove_reported();
    }

    /// Returns whether an answer about a group is due, and removes it.
    pub(super) fn take_answer(&mut self, now: Instant, group: Ipv4Addr) -> bool {
        let mut all = self.0.iter_mut();
        let found = all.find(|pending| pending.group == group);
        let is_due = found.is_some_and(|pending| pending.take_answer(now));
        self.remove_reported();
        is_due
    }

    /// Returns a group of which a change or an answer is due, which is reported once less.
    pub(super) fn take_next(
        &mut self,
        now: Instant,
        interval: Duration,
        random: &mut Random,
    ) -> Option<Ipv4Addr> {
        let group = self.0.iter_mut().find_map(|pending| {
            let is_change_due = pending.is_change_due(now);
            if is_change_due {
                pending.take_change(now, interval, random);
            }
            // One message is both.
            (pending.take_answer(now) || is_change_due).then_some(pending.group)
        });
        self.remove_reported();
        group
    }

    fn remove_reported(&mut self) {
        self.0.retain(|pending| pending.next_deadline().is_some());
    }
}
