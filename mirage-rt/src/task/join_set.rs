//! Sets of tasks.

use super::{JoinError, JoinHandle, NotSpawned};
use crate::executor;
use core::fmt;
use futures_util::stream::{FuturesUnordered, StreamExt};

/// A set of tasks. Their outputs are returned in the order in which the tasks complete.
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

    /// Like [`spawn`](Self::spawn), but returns an error if memory for the task cannot be allocated.
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

    /// Waits until a task completes, removes it from the set, and returns its output. Returns `None` if
    /// the set is empty.
    ///
    /// Dropping the future loses no output.
    pub async fn join_next(&mut self) -> Option<Result<T, JoinError>> {
        self.tasks.next().await
    }

    /// Aborts every task of the set. They stay in it until [`join_next`](Self::join_next) takes them.
    pub fn abort_all(&mut self) {
        self.tasks.iter().for_each(JoinHandle::abort);
    }

    /// Aborts every task, and waits until the set is empty.
    pub async fn shutdown(&mut self) {
        self.abort_all();
        while self.join_next().await.is_some() {}
    }

    /// Removes all tasks from the set without aborting them.
    pub fn detach_all(&mut self) {
        self.tasks.clear();
    }

    /// Returns the number of tasks in the set, including completed ones that
    /// [`join_next`](Self::join_next) has not returned.
    pub fn len(&self) -> usize {
        self.tasks.len()
    }

    /// Returns whether the set is empty.
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
