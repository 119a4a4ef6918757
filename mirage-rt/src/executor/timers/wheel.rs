//! A hierarchical timing wheel (Varghese and Lauck 1987). Adding and removing a timer take constant time.
//!
//! A level has a slot for each digit to the base 64, and a slot a list of timers. A timer is at the level of
//! the highest digit in which the tick of its deadline differs from the present tick, in the slot of its
//! digit. When the wheel comes to a slot, its timers move to lower levels, in their order. At the lowest
//! level the wheel looks at the deadlines themselves: ticks do not make timers late.

use alloc::vec::Vec;
use mirage_devices::time::Instant;

/// Binary logarithm of a tick in nanoseconds: a tick has 131 µs.
const TICK: u32 = 17;
/// Binary logarithm of the slots of a level.
const BITS: u32 = 6;
const SLOTS: usize = 1 << BITS;
/// So many that every instant has a slot.
const LEVELS: usize = (u64::BITS - TICK).div_ceil(BITS) as usize;

/// The list of timers whose deadlines have passed. Those before it belong to slots.
const DUE: usize = LEVELS * SLOTS;
/// The list of vacant entries.
const VACANT: usize = DUE + 1;
const LISTS: usize = VACANT + 1;

/// No timer: the list is empty.
const NONE: u32 = u32::MAX;

/// Identifies a timer in the wheel.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Key {
    index: u32,
    /// Distinguishes the timer from later ones in the same entry.
    number: u64,
}

/// An entry for a timer, in one of the lists.
#[derive(Debug)]
struct Timer<T> {
    deadline: Instant,
    number: u64,
    next: u32,
    previous: u32,
    list: u16,
    /// `None` if the entry is vacant.
    value: Option<T>,
}

/// Timers with values of type `T`.
#[derive(Debug)]
pub(super) struct Wheel<T> {
    /// The first timer of each list. Lists are circular.
    first: [u32; LISTS],
    /// For each slot with timers, an instant that none of their deadlines is before.
    earliest: [Instant; LEVELS * SLOTS],
    /// The slots that have timers, a bit for each.
    occupied: [u64; LEVELS],
    timers: Vec<Timer<T>>,
    /// The present tick.
    tick: u64,
    next_number: u64,
}

impl<T> Wheel<T> {
    pub(super) fn new() -> Self {
        Self {
            first: [NONE; LISTS],
            earliest: [Instant::BOOT; LEVELS * SLOTS],
            occupied: [0; LEVELS],
            timers: Vec::new(),
            tick: 0,
            next_number: 0,
        }
    }

    /// Adds a timer. Returns `None` if memory is exhausted.
    pub(super) fn insert(&mut self, deadline: Instant, value: T) -> Option<Key> {
        if self.first[VACANT] == NONE {
            self.grow()?;
        }
        let index = self.first[VACANT];
        self.unlink(index);
        let number = self.next_number;
        self.next_number += 1;
        let timer = self.timer(index);
        timer.deadline = deadline;
        timer.number = number;
        timer.value = Some(value);
        self.place(index);
        Some(Key { index, number })
    }

    /// Returns the value of a timer, unless the timer is gone.
    pub(super) fn get_mut(&mut self, key: Key) -> Option<&mut T> {
        let timer = self.timers.get_mut(key.index as usize)?;
        match &mut timer.value {
            Some(value) if timer.number == key.number => Some(value),
            _ => None,
        }
    }

    /// Removes a timer. Returns its value, unless the timer is gone.
    pub(super) fn remove(&mut self, key: Key) -> Option<T> {
        self.get_mut(key)?;
        self.vacate(key.index)
    }

    /// Removes a timer whose deadline is not after `now`: one with the earliest tick, and of those the one
    /// that was added first.
    pub(super) fn pop(&mut self, now: Instant) -> Option<T> {
        loop {
            let due = self.first[DUE];
            if due != NONE {
                return self.vacate(due);
            }
            let slot = self.next_slot()?;
            if self.earliest[slot] > now {
                return None;
            }
            self.spread(slot, now);
        }
    }

    /// Returns the next deadline, or an earlier instant if the timer with the next deadline was removed.
    pub(super) fn next_deadline(&self) -> Option<Instant> {
        Some(self.earliest[self.next_slot()?])
    }

    /// The next slot that has timers: deadlines at lower levels are earlier.
    fn next_slot(&self) -> Option<usize> {
        let level = self.occupied.iter().position(|slots| *slots != 0)?;
        Some(level * SLOTS + self.occupied[level].trailing_zeros() as usize)
    }

    /// Advances to the next slot and moves its timers: at the lowest level those that are due to the list
    /// of those, others to lower levels.
    fn spread(&mut self, slot: usize, now: Instant) {
        let (level, digit) = (slot / SLOTS, (slot % SLOTS) as u64);
        let higher = self.tick >> (BITS * level as u32) >> BITS << BITS;
        self.tick = (higher | digit) << (BITS * level as u32);

        let mut index = core::mem::replace(&mut self.first[slot], NONE);
        self.occupied[level] &= !(1 << digit);
        let last = self.timer(index).previous;
        loop {
            let timer = self.timer(index);
            let next = timer.next;
            if level == 0 && timer.deadline <= now {
                self.link(index, DUE);
            } else {
                self.place(index);
            }
            if index == last {
                return;
            }
            index = next;
        }
    }

    /// Links a timer to the slot of its deadline.
    fn place(&mut self, index: u32) {
        let deadline = self.timer(index).deadline;
        let tick = (deadline.as_nanos() >> TICK).max(self.tick);
        let differing = u64::BITS - (tick ^ self.tick).leading_zeros();
        let level = differing.saturating_sub(1) / BITS;
        let digit = (tick >> (BITS * level)) as usize % SLOTS;
        let slot = level as usize * SLOTS + digit;
        let earliest = &mut self.earliest[slot];
        if self.first[slot] == NONE || deadline < *earliest {
            *earliest = deadline;
        }
        self.occupied[level as usize] |= 1 << digit;
        self.link(index, slot);
    }

    /// Links an entry to the end of a list.
    fn link(&mut self, index: u32, list: usize) {
        let first = self.first[list];
        let (next, previous) = if first == NONE {
            self.first[list] = index;
            (index, index)
        } else {
            (first, self.timer(first).previous)
        };
        let timer = self.timer(index);
        timer.list = list as u16;
        timer.next = next;
        timer.previous = previous;
        self.timer(previous).next = index;
        self.timer(next).previous = index;
    }

    /// Unlinks an entry from its list.
    fn unlink(&mut self, index: u32) {
        let timer = self.timer(index);
        let (list, next, previous) = (usize::from(timer.list), timer.next, timer.previous);
        if next == index {
            self.first[list] = NONE;
            if let Some(slots) = self.occupied.get_mut(list / SLOTS) {
                *slots &= !(1 << (list % SLOTS));
            }
            return;
        }
        self.timer(previous).next = next;
        self.timer(next).previous = previous;
        if self.first[list] == index {
            self.first[list] = next;
        }
    }

    /// Removes the timer of an entry.
    fn vacate(&mut self, index: u32) -> Option<T> {
        self.unlink(index);
        self.link(index, VACANT);
        self.timer(index).value.take()
    }

    /// Adds a vacant entry.
    fn grow(&mut self) -> Option<()> {
        self.timers.try_reserve(1).ok()?;
        let index = self.timers.len() as u32;
        self.timers.push(Timer {
            deadline: Instant::BOOT,
            number: 0,
            next: index,
            previous: index,
            list: VACANT as u16,
            value: None,
        });
        self.link(index, VACANT);
        Some(())
    }

    fn timer(&mut self, index: u32) -> &mut Timer<T> {
        &mut self.timers[index as usize]
    }
}

#[cfg(test)]
mod tests;
