//! Interrupt lines, and the tasks that wait for them.

use core::{
    fmt,
    task::{Context, Poll, Waker},
};
use mirage_devices::interrupt::Interrupt;
use spin::Mutex;

/// A set of up to 64 lines.
pub(crate) struct Lines<const COUNT: usize>(Mutex<State<COUNT>>);

struct State<const COUNT: usize> {
    /// The task that waits for each line.
    wakers: [Option<Waker>; COUNT],
    /// The lines that were raised and have not been polled since, a bit for each.
    raised: u64,
}

impl<const COUNT: usize> Lines<COUNT> {
    pub(crate) const fn new() -> Self {
        Self(Mutex::new(State {
            wakers: [const { None }; COUNT],
            raised: 0,
        }))
    }

    /// Returns the line of this number, for the one device that it belongs to.
    pub(crate) const fn line(&'static self, number: u8) -> Line<COUNT> {
        Line {
            lines: self,
            number,
        }
    }

    /// Raises the lines in `set`, and wakes the tasks that wait for them.
    pub(crate) fn raise(&self, mut set: u64) {
        while set != 0 {
            let line = set.trailing_zeros() as usize;
            set &= set - 1;
            // Not in the `if let` head: the lock must be free while the task is woken.
            let waker = {
                let mut state = self.0.lock();
                state.raised |= 1 << line;
                state.wakers.get_mut(line).and_then(Option::take)
            };
            if let Some(waker) = waker {
                waker.wake();
            }
        }
    }

    /// Returns whether a task waits for any line.
    #[allow(dead_code, reason = "only tenders are polled; devices interrupt")]
    pub(crate) fn is_awaited(&self) -> bool {
        self.0.lock().wakers.iter().any(Option::is_some)
    }
}

/// A line that belongs to one device.
pub(crate) struct Line<const COUNT: usize> {
    lines: &'static Lines<COUNT>,
    pub(crate) number: u8,
}

impl<const COUNT: usize> Interrupt for Line<COUNT> {
    fn poll_raised(&mut self, context: &mut Context<'_>) -> Poll<()> {
        let mut state = self.lines.0.lock();
        let bit = 1 << self.number;
        if state.raised & bit != 0 {
            state.raised &= !bit;
            return Poll::Ready(());
        }
        let waker = &mut state.wakers[usize::from(self.number)];
        match waker {
            Some(waker) => waker.clone_from(context.waker()),
            None => *waker = Some(context.waker().clone()),
        }
        Poll::Pending
    }
}

impl<const COUNT: usize> fmt::Debug for Line<COUNT> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Line").field(&self.number).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::{sync::Arc, task::Wake};
    use core::sync::atomic::{AtomicU32, Ordering};

    #[derive(Default)]
    struct Counter(AtomicU32);

    impl Wake for Counter {
        fn wake(self: Arc<Self>) {
            self.0.fetch_add(1, Ordering::Relaxed);
        }
    }

    #[test]
    fn a_line_wakes_its_task_once_and_keeps_events_until_they_are_polled() {
        static LINES: Lines<64> = Lines::new();
        let lines = &LINES;
        let poll = |line: u8, context: &mut Context<'_>| lines.line(line).poll_raised(context);
        let counter = Arc::new(Counter::default());
        let waker = Waker::from(counter.clone());
        let mut context = Context::from_waker(&waker);
        assert_eq!(poll(63, &mut context), Poll::Pending);
        assert!(lines.is_awaited());
        lines.raise(1 << 2);
        assert_eq!(counter.0.load(Ordering::Relaxed), 0);
        lines.raise(1 << 63 | 1 << 5);
        assert_eq!(counter.0.load(Ordering::Relaxed), 1);
        assert!(!lines.is_awaited());
        for line in [2, 5, 63] {
            assert_eq!(poll(line, &mut context), Poll::Ready(()));
            assert_eq!(poll(line, &mut context), Poll::Pending);
        }
    }

    #[test]
    fn an_unknown_line_wakes_no_task() {
        let lines = Lines::<2>::new();
        lines.raise(u64::MAX);
        assert!(!lines.is_awaited());
    }
}
