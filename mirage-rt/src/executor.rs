//! The executor: one core, one queue of ready tasks, timers, and sleep when nothing is ready.
//!
//! A task is a future of any size. It can be spawned at any time. Waking a task is O(1): it is added to
//! the end of the ready queue, without allocating. The tasks that are ready when a round begins run once
//! each. Then timers and devices are polled, so that a busy task does not starve them.

mod ready;
mod timers;

use self::ready::Ready;
pub(crate) use self::timers::Key;
pub(crate) use self::timers::Timers;
use crate::{
    platform,
    task::{JoinHandle, NotSpawned},
};
use alloc::{boxed::Box, sync::Arc};
use async_task::Task;
use core::cell::Cell;
use mirage_devices::allocation::can_allocate;

/// Upper bound on the memory of a task without its future, in bytes, including its entry in a
/// [`JoinSet`](crate::task::JoinSet).
const TASK: usize = 256;

platform::thread_local! {
    /// Lives as long as the process: wakers may outlive the thread.
    static EXECUTOR: &'static Executor = Box::leak(Box::new(Executor::new()));
}

/// Returns the executor of this thread.
pub(crate) fn current() -> &'static Executor {
    #[cfg(all(not(mirage_target), feature = "std"))]
    platform::device_thread::assert_current();
    EXECUTOR.with(|executor| *executor)
}

/// The timers of the devices in a program with std, which all of its threads use.
#[cfg(all(not(mirage_target), feature = "std"))]
static SHARED_TIMERS: std::sync::OnceLock<&'static Timers> = std::sync::OnceLock::new();

/// Makes the timers of this thread those of all threads.
#[cfg(all(not(mirage_target), feature = "std"))]
pub(crate) fn share_timers() {
    let _ = SHARED_TIMERS.set(current().timers());
}

/// Returns the timers of this thread.
pub(crate) fn timers() -> &'static Timers {
    #[cfg(all(not(mirage_target), feature = "std"))]
    if let Some(timers) = SHARED_TIMERS.get() {
        return timers;
    }
    current().timers()
}

/// An executor. A machine has one. On `unix` each thread has its own, so that tests can run in
/// parallel.
pub(crate) struct Executor {
    ready: Arc<Ready>,
    timers: Timers,
    /// The number of the current round, which wraps around. Handles of tasks refer to it.
    round: Cell<u32>,
}

impl Executor {
    fn new() -> Self {
        Self {
            ready: Arc::new(Ready::new()),
            timers: Timers::new(),
            round: Cell::new(0),
        }
    }

    /// Adds a task to the end of the ready queue.
    fn spawn<T: 'static>(&self, future: impl Future<Output = T> + 'static) -> Task<T> {
        let ready = Arc::clone(&self.ready);
        // SAFETY: the future need not be `Send`, since it is polled and dropped on the thread that
        // owns this executor only: `Ready` hands a `Runnable` to nothing else, and a waker on
        // another thread can only schedule. It is `'static`, and so is the schedule function,
        // which is `Send` and `Sync`.
        let (runnable, task) =
            unsafe { async_task::spawn_unchecked(future, move |runnable| ready.push(runnable)) };
        runnable.schedule();
        task
    }

    /// Adds a task, if memory for it and its entry in the queue can be allocated.
    pub(crate) fn try_spawn<F>(
        &'static self,
        future: F,
    ) -> Result<JoinHandle<F::Output>, NotSpawned<F>>
    where
        F: Future + 'static,
        F::Output: 'static,
    {
        // `async-task` allocates infallibly. A trial allocation of the same size shows whether that will
        // succeed: nothing else allocates in between.
        let future_size = size_of::<F>().max(size_of::<F::Output>());
        let needed = future_size + align_of::<F>() + TASK;
        if !can_allocate(needed) || !self.ready.reserve() {
            return Err(NotSpawned(future));
        }
        let task = self.spawn(platform::adopt(future));
        Ok(JoinHandle::new(task, &self.round))
    }

    /// Runs `main` and all spawned tasks until `main` completes.
    pub(crate) fn run_until<T: 'static>(
        &'static self,
        main: impl Future<Output = T> + 'static,
    ) -> T {
        let result = alloc::rc::Rc::new(Cell::new(None));
        let slot = result.clone();
        self.spawn(async move { slot.set(Some(main.await)) })
            .detach();
        loop {
            self.round.set(self.round.get().wrapping_add(1));
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

/// Runs `future` as a task, until it completes or the unikernel ends.
///
/// The task first runs after the current task has awaited something that is not ready. The [`JoinHandle`] waits for
/// the task's output or aborts it; dropping the handle detaches the task. A unikernel in which memory
/// for the task is exhausted ends; [`try_spawn`] returns an error instead.
///
/// ```
/// async fn serve() {
///     mirage_rt::spawn(async {
///         // Continues after `serve` has returned.
///     });
/// }
/// ```
pub fn spawn<F>(future: F) -> JoinHandle<F::Output>
where
    F: Future + 'static,
    F::Output: 'static,
{
    let executor = current();
    let task = executor.spawn(platform::adopt(future));
    JoinHandle::new(task, &executor.round)
}

/// Runs `future` as a task, if memory for the task can be allocated. If not, [`spawn`] ends the
/// unikernel.
///
/// What the task allocates while it runs is not counted.
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
/// Returns the future in [`NotSpawned`] if memory for the task cannot be allocated.
pub fn try_spawn<F>(future: F) -> Result<JoinHandle<F::Output>, NotSpawned<F>>
where
    F: Future + 'static,
    F::Output: 'static,
{
    current().try_spawn(future)
}

/// Lets all other ready tasks run first.
pub async fn yield_now() {
    embassy_futures::yield_now().await;
}

#[cfg(test)]
mod tests;
