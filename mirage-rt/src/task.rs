//! Tasks: what [`spawn`](crate::spawn) returns, and sets of tasks.
//!
//! A unikernel has one executor on one core. A task runs until it awaits something that is not
//! ready; until then no other task, timer or device is served. Ready tasks run in the order in
//! which they were woken, each once per round. Nothing in this module is `Send`: what tasks share
//! can be an [`Rc`](alloc::rc::Rc) or a [`Cell`].

mod join_set;

pub use self::join_set::JoinSet;
use async_task::{FallibleTask, Task};
use core::{
    cell::{Cell, RefCell},
    fmt,
    mem::ManuallyDrop,
    pin::Pin,
    task::{Context, Poll},
};

/// Owns the permission to wait for a task and to abort it. Returned by [`spawn`](crate::spawn).
///
/// Awaiting it returns the task's output. Dropping it detaches the task, which continues to run.
///
/// ```
/// mirage_rt::test::run(async |_| {
///     let sum = mirage_rt::spawn(async { 1 + 2 });
///     assert_eq!(sum.await, Ok(3));
///
///     let forever = mirage_rt::spawn(core::future::pending::<()>());
///     forever.abort();
///     assert!(forever.await.unwrap_err().is_cancelled());
/// });
/// ```
pub struct JoinHandle<T> {
    /// `None` once the task was aborted. Not dropped with the handle, which detaches it: without
    /// `ManuallyDrop`, dropping a handle would contain the code that cancels a task.
    task: RefCell<Option<ManuallyDrop<FallibleTask<T>>>>,
    /// The executor's current round.
    round: &'static Cell<u32>,
    /// The round of the first poll after the abort. The task's future is dropped before a later round
    /// polls the handle again.
    polled_in: Option<u32>,
}

impl<T> JoinHandle<T> {
    pub(crate) fn new(task: Task<T>, round: &'static Cell<u32>) -> Self {
        Self {
            task: RefCell::new(Some(ManuallyDrop::new(task.fallible()))),
            round,
            polled_in: None,
        }
    }

    /// Aborts the task, unless it has completed.
    ///
    /// Its future is dropped at its next turn, and before a task that awaits this handle continues.
    pub fn abort(&self) {
        // An `async-task` that is dropped is cancelled, which puts it in the ready queue.
        let aborted = self.task.borrow_mut().take_if(|task| !task.is_finished());
        drop(aborted.map(ManuallyDrop::into_inner));
    }

    /// Returns whether the task has completed or was aborted.
    pub fn is_finished(&self) -> bool {
        let task = self.task.borrow();
        task.as_ref().is_none_or(|task| task.is_finished())
    }
}

impl<T> Future for JoinHandle<T> {
    type Output = Result<T, JoinError>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        if let Some(task) = self.task.get_mut() {
            return Pin::new(&mut **task)
                .poll(context)
                .map(|output| output.ok_or(JoinError(())));
        }
        // A `JoinSet` may poll the handle again in the same round.
        let round = self.round.get();
        if *self.polled_in.get_or_insert(round) != round {
            return Poll::Ready(Err(JoinError(())));
        }
        // The queue is in order: the aborted task is in it already, before the one that is woken here.
        context.waker().wake_by_ref();
        Poll::Pending
    }
}

impl<T> Drop for JoinHandle<T> {
    fn drop(&mut self) {
        if let Some(task) = self.task.get_mut().take() {
            ManuallyDrop::into_inner(task).detach();
        }
    }
}

impl<T> fmt::Debug for JoinHandle<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("JoinHandle")
            .field("is_finished", &self.is_finished())
            .finish_non_exhaustive()
    }
}

/// The task was aborted and has no output.
///
/// A panic does not cause this error: it ends the machine.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct JoinError(());

impl JoinError {
    /// Returns whether the task was aborted: always.
    pub fn is_cancelled(&self) -> bool {
        true
    }
}

impl fmt::Display for JoinError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the task was aborted")
    }
}

impl core::error::Error for JoinError {}

/// Memory for a task could not be allocated. Contains the future.
pub struct NotSpawned<F>(pub F);

impl<F> fmt::Debug for NotSpawned<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("NotSpawned")
    }
}

impl<F> fmt::Display for NotSpawned<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("memory for the task cannot be allocated")
    }
}

impl<F> core::error::Error for NotSpawned<F> {}

#[cfg(test)]
mod tests;
