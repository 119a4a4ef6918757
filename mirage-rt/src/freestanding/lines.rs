//! Interrupt lines, and the tasks that wait for them.

use core::task::{Context, Poll, Waker};
use spin::Mutex;

/// A set of up to 64 lines.
pub(crate) struct Lines<const COUNT: usize>(Mutex<State<COUNT>>);

struct State<const COUNT: usize> {
    /// By line: the task that waits for it.
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

    /// Ready if `line` was raised since this was last ready. Else the task is woken when it is.
    pub(crate) fn poll_raised(&self, line: u8, context: &mut Context<'_>) -> Poll<()> {
        let mut state = self.0.lock();
        let bit = 1 << line;
        if state.raised & bit != 0 {
            state.raised &= !bit;
            return Poll::Ready(());
        }
        let waker = &mut state.wakers[usize::from(line)];
        match waker {
            Some(waker) => waker.clone_from(context.waker()),
            None => *waker = Some(context.waker().clone()),
        }
        Poll::Pending
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

    /// Whether a task waits for any line.
    #[allow(
        dead_code,
        reason = "interrupts come unasked, and only tenders are asked"
    )]
    pub(crate) fn is_awaited(&self) -> bool {
        self.0.lock().wakers.iter().any(Option::is_some)
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
    fn a_line_wakes_its_task_once_and_keeps_what_nobody_has_polled() {
        let lines = Lines::<64>::new();
        let counter = Arc::new(Counter::default());
        let waker = Waker::from(counter.clone());
        let mut context = Context::from_waker(&waker);
        assert_eq!(lines.poll_raised(63, &mut context), Poll::Pending);
        assert!(lines.is_awaited());
        lines.raise(1 << 2);
        assert_eq!(counter.0.load(Ordering::Relaxed), 0);
        lines.raise(1 << 63 | 1 << 5);
        assert_eq!(counter.0.load(Ordering::Relaxed), 1);
        assert!(!lines.is_awaited());
        for line in [2, 5, 63] {
            assert_eq!(lines.poll_raised(line, &mut context), Poll::Ready(()));
            assert_eq!(lines.poll_raised(line, &mut context), Poll::Pending);
        }
    }

    #[test]
    fn a_line_that_is_not_there_wakes_nobody() {
        let lines = Lines::<2>::new();
        lines.raise(u64::MAX);
        assert!(!lines.is_awaited());
    }
}
