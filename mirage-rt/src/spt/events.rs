//! Waiting for readable devices and the timer.

use super::{
    clock,
    system_call::{Event, epoll_pwait, timerfd_settime},
};
use crate::solo5::{pace::Pace, readiness};
use mirage_devices::time::Instant;
use spin::Mutex;

/// The data of the timer's events. Those of a device have its handle.
const TIMER: u64 = 0xffff_fffe;

/// Maximum number of events per call.
const EVENTS: usize = 16;

static WAITING: Mutex<Waiting> = Mutex::new(Waiting {
    epoll: -1,
    timer: -1,
    armed: None,
    pace: Pace::new(),
});

struct Waiting {
    epoll: i32,
    timer: i32,
    /// The deadline of the timer, by the host's clock. No call reads the timer, so it wakes until it is
    /// armed again.
    armed: Option<u64>,
    pace: Pace,
}

/// Sets the tender's descriptors.
pub(super) fn initialise(epoll: i32, timer: i32) {
    let mut waiting = WAITING.lock();
    (waiting.epoll, waiting.timer) = (epoll, timer);
}

impl Waiting {
    /// Arms the timer for `deadline`, or disarms it if `None`. Does nothing if the timer is already armed
    /// for an earlier time: waking early once costs less than arming it for each of many deadlines that are
    /// postponed.
    fn arm(&mut self, deadline: Option<u64>, now: u64) {
        let is_early = |armed| armed > now && deadline.is_none_or(|deadline| armed <= deadline);
        let is_set = match self.armed {
            Some(armed) => is_early(armed),
            None => deadline.is_none(),
        };
        if !is_set && timerfd_settime(self.timer, deadline).is_ok() {
            self.armed = deadline;
        }
    }

    /// Returns the handles of the readable devices as a set of bits. If `wait`, waits for one of them or
    /// the timer.
    fn readable(&self, wait: bool) -> u64 {
        let mut events = [Event { flags: 0, data: 0 }; EVENTS];
        let mut set = 0;
        for event in epoll_pwait(self.epoll, &mut events, wait) {
            match event.data {
                TIMER => {}
                handle => set |= 1_u64.checked_shl(handle as u32).unwrap_or(0),
            }
        }
        set
    }
}

/// Sleeps until a device is readable or `deadline` has passed, and wakes the tasks concerned. It may
/// return early.
pub(crate) fn wait(deadline: Option<Instant>) {
    let now = clock::now();
    let has_passed = deadline.is_some_and(|deadline| deadline <= now);
    let set = {
        let mut waiting = WAITING.lock();
        if !has_passed {
            waiting.arm(deadline.map(clock::host_nanos), clock::host_nanos(now));
        }
        let set = waiting.readable(!has_passed);
        waiting.pace.waited();
        set
    };
    readiness::raise(set);
}

/// Wakes the tasks whose devices are readable, without waiting. Most calls return without a system call.
pub(crate) fn poll() {
    let set = {
        let mut waiting = WAITING.lock();
        if !waiting.pace.is_due(clock::now()) || !readiness::is_awaited() {
            return;
        }
        waiting.readable(false)
    };
    readiness::raise(set);
}
