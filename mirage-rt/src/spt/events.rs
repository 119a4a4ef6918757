//! Waiting: for devices that can be read, and for the timer.

use super::{
    clock,
    system_call::{Event, epoll_pwait, timerfd_settime},
};
use crate::solo5::{pace::Pace, readiness};
use mirage_devices::time::Instant;
use spin::Mutex;

/// What the tender calls the timer among the events; a device has its handle.
const TIMER: u64 = 0xffff_fffe;

/// Events that are taken at once.
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
    /// The time of the host's that the timer is set to. It stays due, and so wakes, until it is set
    /// again: no call reads it.
    armed: Option<u64>,
    pace: Pace,
}

/// From here on the tender's descriptors are known.
pub(super) fn initialise(epoll: i32, timer: i32) {
    let mut waiting = WAITING.lock();
    (waiting.epoll, waiting.timer) = (epoll, timer);
}

impl Waiting {
    /// Has the timer wake at `deadline`, or never. One that is set to a time before is left: it wakes
    /// early once, which costs less than to set it for each of many deadlines that are put off.
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

    /// The handles of the devices that can be read, as a set; until there is one, or the timer is
    /// due, if `wait`.
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

/// Sleeps until a device can be read or `deadline` is there, and wakes the tasks concerned. It may
/// return early.
pub(crate) fn wait(deadline: Option<Instant>) {
    let now = clock::now();
    let has_passed = deadline.is_some_and(|deadline| deadline <= now);
    let set = {
        let mut waiting = WAITING.lock();
        if !has_passed {
            waiting.arm(deadline.map(clock::by_the_host), clock::by_the_host(now));
        }
        let set = waiting.readable(!has_passed);
        waiting.pace.waited();
        set
    };
    readiness::raise(set);
}

/// Wakes the tasks whose devices can be read, without waiting, and not at every call.
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
