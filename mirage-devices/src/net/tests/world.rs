//! A world with a time of its own: a clock that moves only when every task waits, and the executor
//! that runs the tasks. An hour passes in an instant, and each run is the same.

use crate::time::{Instant, Monotonic};
use core::{
    cell::{Cell, RefCell},
    pin::Pin,
    task::{Context, Poll, Waker},
    time::Duration,
};
use std::{
    boxed::Box,
    collections::{BTreeMap, VecDeque},
    rc::Rc,
    sync::{Arc, Mutex},
    task::Wake,
    vec::Vec,
};

/// Polls without any progress of time after which a test is taken to spin.
const MAX_POLLS_AT_ONCE: usize = 200_000;

/// How long a test may take, by the clock of its world.
const MAX_TIME: Instant = Instant::from_nanos(24 * 3600 * 1_000_000_000);

type Task = Pin<Box<dyn Future<Output = ()>>>;

/// The executor and its clock.
#[derive(Default)]
pub(super) struct World {
    clock: Clock,
    tasks: RefCell<Vec<Option<Task>>>,
    ready: Arc<Mutex<VecDeque<usize>>>,
    /// How often tasks were polled since time last moved, and when that was.
    polls: Cell<(usize, Option<Instant>)>,
}

/// The clock of a [`World`].
#[derive(Clone, Default)]
pub(super) struct Clock(Rc<Time>);

#[derive(Default)]
struct Time {
    now: Cell<u64>,
    sleepers: RefCell<BTreeMap<(Instant, u64), Waker>>,
    made: Cell<u64>,
}

struct Alarm {
    task: usize,
    ready: Arc<Mutex<VecDeque<usize>>>,
}

impl Wake for Alarm {
    fn wake(self: Arc<Self>) {
        let mut ready = self.ready.lock().unwrap();
        if !ready.contains(&self.task) {
            ready.push_back(self.task);
        }
    }
}

impl World {
    pub(super) fn clock(&self) -> Clock {
        self.clock.clone()
    }

    pub(super) fn spawn(&self, task: impl Future<Output = ()> + 'static) {
        let mut tasks = self.tasks.borrow_mut();
        self.ready.lock().unwrap().push_back(tasks.len());
        tasks.push(Some(Box::pin(task)));
    }

    /// Runs until `main` is done.
    pub(super) fn run<T: 'static>(&self, main: impl Future<Output = T> + 'static) -> T {
        let result = Rc::new(Cell::new(None));
        let place = result.clone();
        self.spawn(async move { place.set(Some(main.await)) });
        loop {
            if let Some(result) = result.take() {
                return result;
            }
            if !self.step() {
                assert!(self.clock.now() < MAX_TIME, "it has not ended after a day");
                assert!(
                    self.clock.advance_to_next_sleeper(None),
                    "every task waits for ever, at {:?}",
                    self.clock.now(),
                );
            }
        }
    }

    /// Runs whatever there is to run until `duration` has passed.
    pub(super) fn pass(&self, duration: Duration) {
        let end = self.clock.now() + duration;
        loop {
            while self.step() {}
            if !self.clock.advance_to_next_sleeper(Some(end)) {
                self.clock.0.now.set(end.as_nanos());
                return;
            }
        }
    }

    /// When the next sleeper wants to be woken.
    pub(super) fn next_deadline(&self) -> Option<Instant> {
        let sleepers = self.clock.0.sleepers.borrow();
        sleepers.keys().next().map(|(deadline, _)| *deadline)
    }

    /// Polls one task that is ready; whether there was one.
    fn step(&self) -> bool {
        let Some(index) = self.ready.lock().unwrap().pop_front() else {
            return false;
        };
        let now = self.clock.now();
        let polls = match self.polls.get() {
            (polls, Some(last)) if last == now => polls + 1,
            _ => 1,
        };
        self.polls.set((polls, Some(now)));
        assert!(
            polls < MAX_POLLS_AT_ONCE,
            "a task spins at {:?}",
            self.clock.now()
        );
        let Some(mut task) = self.tasks.borrow_mut()[index].take() else {
            return true;
        };
        let waker = Waker::from(Arc::new(Alarm {
            task: index,
            ready: self.ready.clone(),
        }));
        if task
            .as_mut()
            .poll(&mut Context::from_waker(&waker))
            .is_pending()
        {
            self.tasks.borrow_mut()[index] = Some(task);
        }
        true
    }
}

impl Clock {
    pub(super) async fn sleep(&self, duration: Duration) {
        self.sleep_until(self.now() + duration).await;
    }

    /// Moves time on to the next sleeper, unless that is after `limit`.
    fn advance_to_next_sleeper(&self, limit: Option<Instant>) -> bool {
        let mut sleepers = self.0.sleepers.borrow_mut();
        let Some(entry) = sleepers.first_entry() else {
            return false;
        };
        let (deadline, _) = *entry.key();
        if limit.is_some_and(|limit| deadline > limit) {
            return false;
        }
        self.0.now.set(self.0.now.get().max(deadline.as_nanos()));
        entry.remove().wake();
        true
    }
}

impl Monotonic for Clock {
    fn now(&self) -> Instant {
        Instant::from_nanos(self.0.now.get())
    }

    fn sleep_until(&self, deadline: Instant) -> impl Future<Output = ()> + 'static {
        Sleep {
            clock: self.clone(),
            deadline,
            number: None,
        }
    }
}

impl Clock {
    /// As [`Monotonic::sleep_until`], by its name.
    pub(super) fn alarm(&self, deadline: Instant) -> Sleep {
        Sleep {
            clock: self.clone(),
            deadline,
            number: None,
        }
    }
}

/// Sleeps until a deadline; forgotten when dropped.
pub(super) struct Sleep {
    clock: Clock,
    deadline: Instant,
    number: Option<u64>,
}

impl Future for Sleep {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        if self.clock.now() >= self.deadline {
            return Poll::Ready(());
        }
        let number = match self.number {
            Some(number) => number,
            None => {
                let number = self.clock.0.made.get();
                self.clock.0.made.set(number + 1);
                self.number = Some(number);
                number
            }
        };
        self.clock
            .0
            .sleepers
            .borrow_mut()
            .insert((self.deadline, number), context.waker().clone());
        Poll::Pending
    }
}

impl Drop for Sleep {
    fn drop(&mut self) {
        if let Some(number) = self.number {
            self.clock
                .0
                .sleepers
                .borrow_mut()
                .remove(&(self.deadline, number));
        }
    }
}
