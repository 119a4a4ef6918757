//! Tasks that belong together.

use super::{JoinError, JoinHandle, NotSpawned};
use crate::executor;
use core::fmt;
use futures_util::stream::{FuturesUnordered, StreamExt};

/// A set of tasks, whose outputs are taken in the order in which they complete.
///
/// Dropping the set aborts the tasks in it.
///
/// ```
/// use mirage_rt::{task::JoinSet, time::{Duration, sleep}};
///
/// mirage_rt::test::run(async |_| {
///     let mut set = JoinSet::new();
///     for seconds in [3, 1, 2] {
///         set.spawn(async move {
///             sleep(Duration::from_secs(seconds)).await;
///             seconds
///         });
///     }
///     assert_eq!(set.join_next().await, Some(Ok(1)));
///     assert_eq!(set.len(), 2);
///     set.shutdown().await;
///     assert_eq!(set.join_next().await, None);
/// });
/// ```
pub struct JoinSet<T> {
    tasks: FuturesUnordered<JoinHandle<T>>,
}

impl<T: 'static> JoinSet<T> {
    /// Returns an empty set.
    pub fn new() -> Self {
        Self {
            tasks: FuturesUnordered::new(),
        }
    }

    /// Runs `future` as a task of this set.
    pub fn spawn(&mut self, future: impl Future<Output = T> + 'static) {
        self.tasks.push(crate::spawn(future));
    }

    /// Runs `future` as a task of this set, if there is memory for it.
    ///
    /// # Errors
    /// Returns the future in [`NotSpawned`] if memory for the task cannot be allocated.
    pub fn try_spawn<F>(&mut self, future: F) -> Result<(), NotSpawned<F>>
    where
        F: Future<Output = T> + 'static,
    {
        self.tasks.push(executor::current().try_spawn(future)?);
        Ok(())
    }

    /// Waits until a task of the set completes, takes it out of the set, and returns its output;
    /// `None` if the set is empty.
    ///
    /// Dropping the future loses no output.
    pub async fn join_next(&mut self) -> Option<Result<T, JoinError>> {
        self.tasks.next().await
    }

    /// Aborts every task of the set. They stay in it until [`join_next`](Self::join_next) takes them.
    pub fn abort_all(&mut self) {
        self.tasks.iter().for_each(JoinHandle::abort);
    }

    /// Aborts every task of the set and waits until all are gone.
    pub async fn shutdown(&mut self) {
        self.abort_all();
        while self.join_next().await.is_some() {}
    }

    /// Empties the set. Its tasks go on running.
    pub fn detach_all(&mut self) {
        self.tasks.clear();
    }

    /// Returns how many tasks are in the set, counting those that have completed and were not taken
    /// by [`join_next`](Self::join_next).
    pub fn len(&self) -> usize {
        self.tasks.len()
    }

    /// Returns whether the set has no task.
    pub fn is_empty(&self) -> bool {
        self.tasks.is_empty()
    }
}

impl<T: 'static> Default for JoinSet<T> {
    fn default() -> Self {
        Self::new()
    }
}

impl<T> Drop for JoinSet<T> {
    fn drop(&mut self) {
        self.tasks.iter().for_each(JoinHandle::abort);
    }
}

impl<T> fmt::Debug for JoinSet<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("JoinSet")
            .field("len", &self.tasks.len())
            .finish_non_exhaustive()
    }
}
