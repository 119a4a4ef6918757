//! The time driver of `embassy-time`, on the timers of tasks.

use super::Instant;
use crate::{
    executor::{self, Key},
    platform,
};
use alloc::vec::Vec;
use core::{cell::RefCell, task::Waker};
use embassy_time_driver::{Driver, TICK_HZ};

const NANOS_PER_SECOND: u128 = 1_000_000_000;

struct Timers;

embassy_time_driver::time_driver_impl!(static DRIVER: Timers = Timers);

impl Driver for Timers {
    fn now(&self) -> u64 {
        ticks(platform::now(), TICK_HZ)
    }

    fn schedule_wake(&self, at: u64, waker: &Waker) {
        let (deadline, now) = (instant(at, TICK_HZ), platform::now());
        let is_armed =
            deadline > now && ARMED.with(|armed| armed.borrow_mut().arm(deadline, waker, now));
        if !is_armed {
            // The deadline has passed. Without memory for a timer the task looks at the clock again and again.
            waker.wake_by_ref();
        }
    }
}

/// Returns the ticks that have passed at `instant`, of which a second has `frequency`.
fn ticks(instant: Instant, frequency: u64) -> u64 {
    let ticks = u128::from(instant.as_nanos()) * u128::from(frequency) / NANOS_PER_SECOND;
    u64::try_from(ticks).unwrap_or(u64::MAX)
}

/// Returns the first instant at which so many ticks have passed, or the last instant if there is none.
fn instant(ticks: u64, frequency: u64) -> Instant {
    let nanos = (u128::from(ticks) * NANOS_PER_SECOND).div_ceil(u128::from(frequency));
    Instant::from_nanos(u64::try_from(nanos).unwrap_or(u64::MAX))
}

platform::thread_local! {
    static ARMED: RefCell<Armed> = const { RefCell::new(Armed::new()) };
}

/// The timers that `embassy-time` has armed: one for each waker, as a task schedules its waker whenever it is
/// polled.
struct Armed {
    /// In the order of their wakers. Those whose deadline has passed have fired.
    timers: Vec<Timer>,
}

struct Timer {
    waker: Identity,
    key: Key,
    deadline: Instant,
}

/// Tells wakers apart. It is that of one waker as long as the timer is armed, which holds a clone of it.
type Identity = [usize; 2];

fn identity(waker: &Waker) -> Identity {
    [
        waker.data().addr(),
        core::ptr::from_ref(waker.vtable()).addr(),
    ]
}

impl Armed {
    const fn new() -> Self {
        Self { timers: Vec::new() }
    }

    /// Wakes the waker at `deadline`, or at an earlier one for which it is armed. Returns whether there is memory
    /// for the timer.
    fn arm(&mut self, deadline: Instant, waker: &Waker, now: Instant) -> bool {
        let timers = executor::current().timers();
        let identity = identity(waker);
        let find = |timer: &Timer| timer.waker.cmp(&identity);
        let mut place = self.timers.binary_search_by(find);
        if let Ok(index) = place {
            let timer = &mut self.timers[index];
            let is_armed = timer.deadline > now;
            if is_armed && timer.deadline <= deadline {
                return true;
            }
            let reset = is_armed.then(|| timers.reset(timer.key, deadline));
            let Some(key) = reset.flatten().or_else(|| timers.arm(deadline, waker)) else {
                self.timers.remove(index);
                return false;
            };
            (timer.key, timer.deadline) = (key, deadline);
            return true;
        }
        if self.timers.len() == self.timers.capacity() {
            self.timers.retain(|timer| timer.deadline > now);
            if self.timers.try_reserve(1 + self.timers.len()).is_err() {
                return false;
            }
            place = self.timers.binary_search_by(find);
        }
        let Some(key) = timers.arm(deadline, waker) else {
            return false;
        };
        let timer = Timer {
            waker: identity,
            key,
            deadline,
        };
        self.timers
            .insert(place.unwrap_or_else(|place| place), timer);
        true
    }
}

#[cfg(all(test, not(mirage_target)))]
mod tests;
