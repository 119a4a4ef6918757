//! Timers: a hierarchical timing wheel (Varghese and Lauck 1987).
//!
//! A timer is an index that the caller chooses, with one deadline. Arming and disarming take constant
//! time.

use crate::time::Instant;
use alloc::vec::Vec;

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
    /// The deadline in ticks.
    deadline: u64,
    /// `level * SLOTS + slot`, or [`IDLE`].
    slot: u16,
}

const IDLE: u16 = u16::MAX;

const UNARMED: Timer = Timer {
    next: NONE,
    previous: NONE,
    deadline: 0,
    slot: IDLE,
};

/// Timers by index. The wheel covers 39 hours; later deadlines fire then and are armed again.
#[derive(Debug)]
pub struct TimerWheel {
    heads: [[u32; SLOTS]; LEVELS],
    /// The slots that are not empty, a bit for each.
    occupied: [u64; LEVELS],
    timers: Vec<Timer>,
    /// The tick up to which all timers have fired.
    now: u64,
}

impl Default for TimerWheel {
    fn default() -> Self {
        Self {
            heads: [[NONE; SLOTS]; LEVELS],
            occupied: [0; LEVELS],
            timers: Vec::new(),
            now: 0,
        }
    }
}

impl TimerWheel {
    /// Arms the timer `index` for `deadline`, unless it is armed for an earlier one. It fires in the
    /// next tick at the earliest.
    #[inline]
    pub fn arm(&mut self, index: u32, deadline: Instant) {
        // Rounded up: a timer never fires early. One that is late fires in the next tick, so that a
        // caller that keeps arming it for the past does not prevent `pop` from ending.
        let deadline = (deadline.as_nanos() >> TICK).max(self.now) + 1;
        match self.timers.get(index as usize) {
            Some(timer) if timer.slot != IDLE && timer.deadline <= deadline => {}
            _ => self.rearm(index, deadline),
        }
    }

    fn rearm(&mut self, index: u32, deadline: u64) {
        let needed = index as usize + 1;
        if self.timers.len() < needed {
            self.timers.resize(needed, UNARMED);
        }
        self.cancel(index);
        self.timers[index as usize].deadline = deadline;
        self.link(index);
    }

    /// Disarms the timer `index`.
    pub fn cancel(&mut self, index: u32) {
        let Some(&timer) = self.timers.get(index as usize) else {
            return;
        };
        if timer.slot == IDLE {
            return;
        }
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
            previous => self.timers[previous as usize].next = timer.next,
        }
        if timer.next != NONE {
            self.timers[timer.next as usize].previous = timer.previous;
        }
        self.timers[index as usize].slot = IDLE;
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
            if head != NONE && self.timers[head as usize].deadline <= until {
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
        while index != NONE {
            let next = self.timers[index as usize].next;
            self.link(index);
            index = next;
        }
    }

    /// Links a timer into the slot of its deadline.
    fn link(&mut self, index: u32) {
        let timer = self.timers[index as usize];
        // One that is due or beyond the wheel goes into the nearest slot that there is.
        let span = (1 << (BITS * LEVELS as u32)) - 1;
        let deadline = timer
            .deadline
            .clamp(self.now, self.now.saturating_add(span - (span >> BITS)));
        let differing = (deadline ^ self.now) | 1;
        let level = ((63 - differing.leading_zeros()) / BITS) as usize;
        // A deadline across the end of the top level's turn differs from the present above it.
        let level = level.min(LEVELS - 1);
        let slot = ((deadline >> (BITS * level as u32)) & (SLOTS as u64 - 1)) as usize;
        let head = core::mem::replace(&mut self.heads[level][slot], index);
        if head != NONE {
            self.timers[head as usize].previous = index;
        }
        self.occupied[level] |= 1 << slot;
        self.timers[index as usize] = Timer {
            next: head,
            previous: NONE,
            slot: (level * SLOTS + slot) as u16,
            ..timer
        };
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
        wheel.arm(3, at(200_000));
        assert_eq!(wheel.pop(at(199_999)), None);
        assert_eq!(wheel.pop(at(200_300)), Some(3));
        assert_eq!(wheel.pop(at(10_000_000)), None);
        assert_eq!(wheel.next_deadline(), None);
    }

    #[test]
    fn only_an_earlier_deadline_rearms() {
        let mut wheel = TimerWheel::default();
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
            let mut now = at(start);
            while wheel.pop(now).is_some() {}
            let mut deadlines = alloc::vec::Vec::new();
            let mut latest = now;
            for (index, (gap, delay)) in delays.iter().enumerate() {
                now = now + Duration::from_micros(*gap / 60);
                while let Some(index) = wheel.pop(now) {
                    let deadline: Instant = core::mem::replace(&mut deadlines[index as usize], Instant::BOOT);
                    prop_assert!(deadline <= now && deadline != Instant::BOOT);
                }
                let deadline = now + Duration::from_micros(*delay / if index % 2 == 0 { 1 } else { 100_000 });
                deadlines.push(deadline);
                latest = latest.max(deadline);
                wheel.arm(index as u32, deadline);
            }
            while let Some(next) = wheel.next_deadline() {
                now = now.max(next);
                while let Some(index) = wheel.pop(now) {
                    let deadline = core::mem::replace(&mut deadlines[index as usize], Instant::BOOT);
                    prop_assert!(deadline <= now && deadline != Instant::BOOT);
                    prop_assert!(now - deadline <= Duration::from_micros(300), "{:?}", now - deadline);
                }
            }
            prop_assert!(deadlines.iter().all(|deadline| *deadline == Instant::BOOT));
        }
    }
}
