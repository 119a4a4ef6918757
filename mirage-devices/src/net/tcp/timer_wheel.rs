//! Timers: a hierarchical timing wheel (Varghese and Lauck 1987).
//!
//! A timer is an index that the caller chooses, with one deadline. Arming and disarming take constant
//! time.

use super::slots::Chunks;
use crate::time::Instant;

/// No deadline.
pub const NEVER: Instant = Instant::from_nanos(u64::MAX);

/// Binary logarithm of a tick in nanoseconds: a tick has 131 µs.
const TICK: u32 = 17;
const LEVELS: usize = 5;
/// Binary logarithm of the slots of a level.
const BITS: u32 = 6;
const SLOTS: usize = 1 << BITS;
const NONE: u32 = u32::MAX;

/// A timer in the list of its slot.
#[derive(Debug, Clone, Copy)]
struct Timer {
    next: u32,
    previous: u32,
    /// The lower bits of the deadline in ticks, which is in the turn of the wheel.
    deadline: u32,
    /// `level * SLOTS + slot`, or [`IDLE`].
    slot: u16,
}

impl Timer {
    /// The ticks until its deadline.
    const fn left(&self, now: u64) -> u32 {
        self.deadline.wrapping_sub(now as u32)
    }
}

const IDLE: u16 = u16::MAX;

const UNARMED: Timer = Timer {
    next: NONE,
    previous: NONE,
    deadline: 0,
    slot: IDLE,
};

/// The ticks that the wheel covers. The last slot of the top level is left out, as it is the present one.
const SPAN: u64 = (1 << (BITS * LEVELS as u32)) - (1 << (BITS * (LEVELS as u32 - 1)));

/// Timers by index. The wheel covers 38 hours; one with a later deadline fires then, and is armed again.
#[derive(Debug)]
pub struct TimerWheel {
    heads: [[u32; SLOTS]; LEVELS],
    /// The slots that are not empty, a bit for each.
    occupied: [u64; LEVELS],
    timers: Chunks<Timer>,
    /// The tick up to which all timers have fired.
    now: u64,
}

impl Default for TimerWheel {
    fn default() -> Self {
        Self {
            heads: [[NONE; SLOTS]; LEVELS],
            occupied: [0; LEVELS],
            timers: Chunks::default(),
            now: 0,
        }
    }
}

impl TimerWheel {
    /// Arms the timer `index` for `deadline`, unless it is armed for an earlier one. It fires in the
    /// next tick at the earliest.
    #[inline]
    pub fn arm(&mut self, index: u32, deadline: Instant) {
        // Rounded up: a timer that the wheel covers never fires early. One that is late fires in the next
        // tick, so that a caller that keeps arming it for the past does not prevent `pop` from ending.
        let deadline = (deadline.as_nanos() >> TICK).max(self.now) + 1;
        let left = (deadline - self.now).min(SPAN) as u32;
        match self.timers.get(index) {
            Some(timer) if timer.slot == IDLE || timer.left(self.now) > left => {
                self.rearm(index, left);
            }
            Some(_) => {}
            None => debug_assert!(false, "it was not reserved"),
        }
    }

    fn rearm(&mut self, index: u32, left: u32) {
        self.cancel(index);
        if let Some(timer) = self.timers.get_mut(index) {
            timer.deadline = (self.now as u32).wrapping_add(left);
        }
        self.link(index);
    }

    /// Makes sure that the timer `index` can be armed. Returns false if memory is exhausted.
    #[must_use]
    pub fn reserve(&mut self, index: u32) -> bool {
        while self.timers.len() <= index as usize {
            if !self.timers.grow(|| UNARMED) {
                return false;
            }
        }
        true
    }

    /// Disarms the timer `index`.
    pub fn cancel(&mut self, index: u32) {
        let Some(timer) = self.timers.get_mut(index) else {
            return;
        };
        if timer.slot == IDLE {
            return;
        }
        let timer = core::mem::replace(timer, UNARMED);
        let (level, slot) = (
            usize::from(timer.slot) / SLOTS,
            usize::from(timer.slot) % SLOTS,
        );
        match timer.previous {
            NONE => {
                self.heads[level][slot] = timer.next;
                if timer.next == NONE {
                    self.occupied[level] &= !(1 << slot);
                }
            }
            previous => {
                if let Some(previous) = self.timers.get_mut(previous) {
                    previous.next = timer.next;
                }
            }
        }
        if let Some(next) = self.timers.get_mut(timer.next) {
            next.previous = timer.previous;
        }
    }

    /// Disarms and returns a timer whose deadline is not after `now`.
    pub fn pop(&mut self, now: Instant) -> Option<u32> {
        let until = now.as_nanos() >> TICK;
        if self.occupied == [0; LEVELS] {
            self.now = self.now.max(until);
            return None;
        }
        loop {
            // All timers of a slot of the first level have the same deadline, which is in this turn.
            let slot = (self.now & (SLOTS as u64 - 1)) as usize;
            let head = self.heads[0][slot];
            if head != NONE && self.now <= until {
                self.cancel(head);
                return Some(head);
            }
            if self.now >= until {
                return None;
            }
            self.advance(until);
        }
    }

    /// The time at which [`pop`](Self::pop) should be called again: not after the next deadline.
    pub fn next_deadline(&self) -> Option<Instant> {
        let tick = self.next_tick()?;
        Some(Instant::from_nanos(tick.saturating_mul(1 << TICK)))
    }

    /// The next tick at which a slot is due: a timer fires or a slot of a higher level is spread over
    /// the levels below.
    fn next_tick(&self) -> Option<u64> {
        let due = |(level, occupied): (usize, &u64)| {
            if *occupied == 0 {
                return None;
            }
            let shift = BITS * level as u32;
            let current = self.now >> shift;
            let ahead = occupied.rotate_right((current & (SLOTS as u64 - 1)) as u32);
            // The current slot of a higher level is empty: it was spread when it became current.
            Some((current + u64::from(ahead.trailing_zeros())) << shift)
        };
        self.occupied.iter().enumerate().filter_map(due).min()
    }

    /// Advances to the next tick that is due, at most to `until`.
    fn advance(&mut self, until: u64) {
        let next = self.next_tick().unwrap_or(until).max(self.now + 1);
        self.now = next.min(until);
        for level in (1..LEVELS).rev() {
            let shift = BITS * level as u32;
            if self.now & ((1 << shift) - 1) == 0 {
                let slot = ((self.now >> shift) & (SLOTS as u64 - 1)) as usize;
                self.spread(level, slot);
            }
        }
    }

    /// Moves the timers of a slot that has become current to the levels below.
    fn spread(&mut self, level: usize, slot: usize) {
        let mut index = core::mem::replace(&mut self.heads[level][slot], NONE);
        self.occupied[level] &= !(1 << slot);
        while let Some(timer) = self.timers.get(index) {
            let next = timer.next;
            self.link(index);
            index = next;
        }
    }

    /// Links a timer into the slot of its deadline.
    fn link(&mut self, index: u32) {
        let Some(&timer) = self.timers.get(index) else {
            return;
        };
        let deadline = self.now + u64::from(timer.left(self.now));
        let differing = (deadline ^ self.now) | 1;
        let level = ((63 - differing.leading_zeros()) / BITS) as usize;
        // A deadline across the end of the top level's turn differs from the present above it.
        let level = level.min(LEVELS - 1);
        let slot = ((deadline >> (BITS * level as u32)) & (SLOTS as u64 - 1)) as usize;
        let head = core::mem::replace(&mut self.heads[level][slot], index);
        if let Some(head) = self.timers.get_mut(head) {
            head.previous = index;
        }
        self.occupied[level] |= 1 << slot;
        if let Some(timer) = self.timers.get_mut(index) {
            timer.next = head;
            timer.previous = NONE;
            timer.slot = (level * SLOTS + slot) as u16;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use core::time::Duration;
    use proptest::prelude::*;

    fn at(micros: u64) -> Instant {
        Instant::BOOT + Duration::from_micros(micros)
    }

    #[test]
    fn a_timer_fires_after_its_deadline_and_once() {
        let mut wheel = TimerWheel::default();
        assert!(wheel.reserve(3));
        wheel.arm(3, at(200_000));
        assert_eq!(wheel.pop(at(199_999)), None);
        assert_eq!(wheel.pop(at(200_300)), Some(3));
        assert_eq!(wheel.pop(at(10_000_000)), None);
        assert_eq!(wheel.next_deadline(), None);
    }

    #[test]
    fn only_an_earlier_deadline_rearms() {
        let mut wheel = TimerWheel::default();
        assert!(wheel.reserve(0));
        wheel.arm(0, at(5_000_000));
        wheel.arm(0, at(7_000_000));
        wheel.arm(0, at(3_000_000));
        assert_eq!(wheel.pop(at(3_000_200)), Some(0));
        assert_eq!(wheel.pop(at(8_000_000)), None);
    }

    proptest! {
        /// Each timer fires within a tick after its deadline, when the wheel is asked at the times that
        /// it names.
        #[test]
        fn timers_fire_on_time(
            delays in proptest::collection::vec((0..20_000_000u64, 0..300_000_000_000u64), 1..60),
            start in 0..1_000_000_000_000u64,
        ) {
            let mut wheel = TimerWheel::default();
            prop_assert!(wheel.reserve(60));
            let mut now = at(start);
            while wheel.pop(now).is_some() {}
            let (mut deadlines, mut armed) = (alloc::vec::Vec::new(), alloc::vec::Vec::new());
            for (index, (gap, delay)) in delays.iter().enumerate() {
                now = now + Duration::from_micros(*gap / 60);
                while let Some(index) = wheel.pop(now) {
                    let deadline: Instant = core::mem::replace(&mut deadlines[index as usize], Instant::BOOT);
                    prop_assert!(deadline <= now && deadline != Instant::BOOT);
                }
                let deadline = now + Duration::from_micros(*delay / if index % 2 == 0 { 1 } else { 100_000 });
                deadlines.push(deadline);
                armed.push(now);
                wheel.arm(index as u32, deadline);
            }
            while let Some(next) = wheel.next_deadline() {
                now = now.max(next);
                while let Some(index) = wheel.pop(now) {
                    let deadline = deadlines[index as usize];
                    if deadline > now {
                        // It is beyond what the wheel covers.
                        prop_assert!(now - armed[index as usize] > Duration::from_secs(38 * 3600));
                        armed[index as usize] = now;
                        wheel.arm(index, deadline);
                        continue;
                    }
                    deadlines[index as usize] = Instant::BOOT;
                    prop_assert!(deadline <= now && deadline != Instant::BOOT);
                    prop_assert!(now - deadline <= Duration::from_micros(300), "{:?}", now - deadline);
                }
            }
            prop_assert!(deadlines.iter().all(|deadline| *deadline == Instant::BOOT));
        }
    }
}
