//! A double-ended queue that allocates nothing for one element.

use super::on_demand::{Allocated, allocate};
use alloc::collections::VecDeque;

/// For how many elements there is memory once they are no longer stored in place.
const SPILLED: usize = 8;

/// A queue whose only element is stored in place. An idle or a request-response connection has at
/// most one page of data and one record in flight.
#[derive(Debug, Default)]
pub enum InlineDeque<T> {
    /// No element.
    #[default]
    Empty,
    /// One element.
    One(T),
    /// Any number of elements.
    Many(Allocated<VecDeque<T>>),
}

impl<T> InlineDeque<T> {
    pub fn len(&self) -> usize {
        match self {
            Self::Empty => 0,
            Self::One(_) => 1,
            Self::Many(elements) => elements[0].len(),
        }
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    pub fn get(&self, index: usize) -> Option<&T> {
        match self {
            Self::One(element) if index == 0 => Some(element),
            Self::Many(elements) => elements[0].get(index),
            Self::Empty | Self::One(_) => None,
        }
    }

    pub fn get_mut(&mut self, index: usize) -> Option<&mut T> {
        match self {
            Self::One(element) if index == 0 => Some(element),
            Self::Many(elements) => elements[0].get_mut(index),
            Self::Empty | Self::One(_) => None,
        }
    }

    pub fn front(&self) -> Option<&T> {
        self.get(0)
    }

    pub fn front_mut(&mut self) -> Option<&mut T> {
        self.get_mut(0)
    }

    pub fn back(&self) -> Option<&T> {
        self.get(self.len().wrapping_sub(1))
    }

    pub fn back_mut(&mut self) -> Option<&mut T> {
        self.get_mut(self.len().wrapping_sub(1))
    }

    pub fn iter(&self) -> impl Iterator<Item = &T> {
        (0..self.len()).filter_map(|index| self.get(index))
    }

    /// The index of the first element for which `is_before` is false; it is true for none behind it.
    pub fn partition_point(&self, mut is_before: impl FnMut(&T) -> bool) -> usize {
        match self {
            Self::Empty => 0,
            Self::One(element) => usize::from(is_before(element)),
            Self::Many(elements) => elements[0].partition_point(is_before),
        }
    }

    /// Sets the only element of a queue that is empty.
    #[inline(always)]
    pub fn set_only(&mut self, element: T) {
        debug_assert!(self.is_empty());
        // There is nothing to drop, which the compiler does not see.
        core::mem::forget(core::mem::replace(self, Self::One(element)));
    }

    /// Appends an element. Returns whether there was memory for it.
    #[must_use]
    pub fn try_push_back(&mut self, element: T) -> bool {
        if self.is_empty() {
            *self = Self::One(element);
            return true;
        }
        let Some(elements) = self.spilled() else {
            return false;
        };
        let has_memory = elements.try_reserve(1).is_ok();
        if has_memory {
            elements.push_back(element);
        }
        has_memory
    }

    /// Inserts an element before the one at `index`, which is at most the length. Returns whether there
    /// was memory for it.
    #[must_use]
    pub fn try_insert(&mut self, index: usize, element: T) -> bool {
        if self.is_empty() {
            *self = Self::One(element);
            return true;
        }
        let Some(elements) = self.spilled() else {
            return false;
        };
        let has_memory = elements.try_reserve(1).is_ok();
        if has_memory {
            elements.insert(index, element);
        }
        has_memory
    }

    /// Removes the element if it is the only one and stored in place.
    #[inline]
    pub fn take_only(&mut self) -> Option<T> {
        if !matches!(self, Self::One(_)) {
            return None;
        }
        match core::mem::replace(self, Self::Empty) {
            Self::One(element) => Some(element),
            Self::Empty | Self::Many(_) => None,
        }
    }

    pub fn pop_front(&mut self) -> Option<T> {
        self.take(VecDeque::pop_front)
    }

    pub fn pop_back(&mut self) -> Option<T> {
        self.take(VecDeque::pop_back)
    }

    pub fn remove(&mut self, index: usize) -> Option<T> {
        if index >= self.len() {
            return None;
        }
        self.take(|elements| elements.remove(index))
    }

    /// Takes the element that is stored in place, or the one that `take` takes from those on the heap.
    fn take(&mut self, take: impl FnOnce(&mut VecDeque<T>) -> Option<T>) -> Option<T> {
        let Self::Many(elements) = self else {
            return self.take_only();
        };
        let element = take(&mut elements[0]);
        if elements[0].is_empty() {
            *self = Self::Empty;
        }
        element
    }

    /// Moves the elements to the heap, and returns them; `None` if memory is exhausted.
    fn spilled(&mut self) -> Option<&mut VecDeque<T>> {
        if !matches!(self, Self::Many(_)) {
            let mut elements = VecDeque::new();
            elements.try_reserve(SPILLED).ok()?;
            let mut elements = allocate(elements)?;
            if let Self::One(element) = core::mem::replace(self, Self::Empty) {
                elements[0].push_back(element);
            }
            *self = Self::Many(elements);
        }
        match self {
            Self::Many(elements) => Some(&mut elements[0]),
            Self::Empty | Self::One(_) => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[derive(Debug, Clone)]
    enum Step {
        PushBack(u8),
        Insert(usize, u8),
        Remove(usize),
        PopFront,
        PopBack,
        TakeOnly,
    }

    fn step() -> impl Strategy<Value = Step> {
        prop_oneof![
            any::<u8>().prop_map(Step::PushBack),
            (0..4usize, any::<u8>()).prop_map(|(at, element)| Step::Insert(at, element)),
            (0..4usize).prop_map(Step::Remove),
            Just(Step::PopFront),
            Just(Step::PopBack),
            Just(Step::TakeOnly),
        ]
    }

    proptest! {
        #[test]
        fn it_is_a_deque(steps in proptest::collection::vec(step(), 0..64)) {
            let mut expected = VecDeque::new();
            let mut deque = InlineDeque::default();
            for step in steps {
                match step {
                    Step::PushBack(element) => {
                        expected.push_back(element);
                        prop_assert!(deque.try_push_back(element));
                    }
                    Step::Insert(index, element) => {
                        let index = index.min(expected.len());
                        expected.insert(index, element);
                        prop_assert!(deque.try_insert(index, element));
                    }
                    Step::Remove(index) => prop_assert_eq!(expected.remove(index), deque.remove(index)),
                    Step::PopFront => prop_assert_eq!(expected.pop_front(), deque.pop_front()),
                    Step::PopBack => prop_assert_eq!(expected.pop_back(), deque.pop_back()),
                    Step::TakeOnly => {
                        let is_in_place = matches!(deque, InlineDeque::One(_));
                        let only = if is_in_place { expected.pop_front() } else { None };
                        prop_assert_eq!(deque.take_only(), only);
                    }
                }
                prop_assert!(deque.iter().eq(expected.iter()));
                prop_assert_eq!(deque.back(), expected.back());
            }
        }
    }
}
