//! The executor: one core, one queue of ready tasks, timers, and sleep when nothing is ready.
//!
//! A task is a future of any size, spawned at any time and woken in O(1): waking puts it at the end
//! of the ready queue, without allocating. The tasks that are ready when a round begins run once
//! each; then timers and devices are looked at, so that no busy task keeps them waiting.

mod ready;
mod timers;

pub use self::timers::Sleep;
use self::{ready::Ready, timers::Timers};
use crate::platform;
use alloc::{sync::Arc, vec::Vec};
use core::{cell::Cell, fmt};

/// What a task takes beside its future, at most, in bytes.
const TASK: usize = 256;

/// One executor. A machine has one; on `unix` each thread that asks for one has its own.
pub(crate) struct Executor {
    ready: Arc<Ready>,
    timers: Timers,
}

impl Executor {
    pub(crate) fn new() -> Self {
        Self {
            ready: Arc::new(Ready::new()),
            timers: Timers::new(),
        }
    }

    /// Adds a task to the end of the ready queue.
    pub(crate) fn spawn(&self, future: impl Future<Output = ()> + 'static) {
        let ready = Arc::clone(&self.ready);
        // SAFETY: the future need not be `Send`, since it is polled and dropped on the thread that
        // owns this executor only: `Ready` hands a `Runnable` to nobody else, and a waker on
        // another thread can only schedule. It is `'static`, and so is the schedule function,
        // which is `Send` and `Sync`.
        let (runnable, task) =
            unsafe { async_task::spawn_unchecked(future, move |runnable| ready.push(runnable)) };
        runnable.schedule();
        task.detach();
    }

    /// The same, if there is memory for the task and its place in the queue.
    pub(crate) fn try_spawn<F>(&self, future: F) -> Result<(), NotSpawned<F>>
    where
        F: Future<Output = ()> + 'static,
    {
        // The task is made at once, in ways that cannot be tried. So it is tried whether as much is
        // there, in one piece: nothing else allocates meanwhile.
        let needed = size_of::<F>() + align_of::<F>() + TASK;
        let there = Vec::<u8>::new().try_reserve_exact(needed).is_ok();
        if !there || !self.ready.reserve() {
            return Err(NotSpawned(future));
        }
        self.spawn(future);
        Ok(())
    }

    /// Runs until `main` completes, beside every task that is spawned meanwhile.
    pub(crate) fn run_until<T: 'static>(
        &'static self,
        main: impl Future<Output = T> + 'static,
    ) -> T {
        let result = alloc::rc::Rc::new(Cell::new(None));
        let slot = result.clone();
        self.spawn(async move { slot.set(Some(main.await)) });
        loop {
            self.ready.run_round();
            if let Some(output) = result.take() {
                return output;
            }
            self.timers.fire(platform::now());
            if self.ready.is_empty() {
                platform::wait(self.timers.next_deadline());
            } else {
                platform::poll();
            }
        }
    }

    pub(crate) fn timers(&self) -> &Timers {
        &self.timers
    }
}

/// Runs `future` as a task of its own, beside all others, until it completes or the unikernel ends.
///
/// ```
/// async fn serve() {
///     mirage_rt::spawn(async {
///         // goes on after `serve` has returned
///     });
/// }
/// ```
pub fn spawn(future: impl Future<Output = ()> + 'static) {
    platform::executor().spawn(future);
}

/// The same, where there is memory for it. [`spawn`] ends the unikernel where there is none.
///
/// What the task allocates once it runs is its own affair.
///
/// ```
/// # async fn serve() {}
/// async fn accept() {
///     if mirage_rt::try_spawn(serve()).is_err() {
///         mirage_rt::log::warn!("there is no memory for another client");
///     }
/// }
/// ```
///
/// # Errors
/// There is no memory for the task. The future is in the error.
pub fn try_spawn<F>(future: F) -> Result<(), NotSpawned<F>>
where
    F: Future<Output = ()> + 'static,
{
    platform::executor().try_spawn(future)
}

/// There was no memory for a task. It has the future that was to be spawned.
pub struct NotSpawned<F>(pub F);

impl<F> fmt::Debug for NotSpawned<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("NotSpawned")
    }
}

impl<F> fmt::Display for NotSpawned<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("there is no memory for another task")
    }
}

impl<F> core::error::Error for NotSpawned<F> {}

/// Lets every other task that is ready run first.
pub async fn yield_now() {
    embassy_futures::yield_now().await;
}

#[cfg(test)]
mod tests;
