//! Channels, locks and notifications between tasks, with tokio's names and meanings.
//!
//! | | for |
//! |---|---|
//! | [`mpsc`] | a queue of values from several tasks to one |
//! | [`oneshot`] | one value from one task to another |
//! | [`watch`] | the latest of a sequence of values, for any number of tasks |
//! | [`Notify`] | waking a task, without a value |
//! | [`Mutex`] | exclusive access to a value across an `await` |
//!
//! There is one core, so none of these is `Send`. For state that no task holds across an `await`, use an
//! [`Rc`](alloc::rc::Rc) and a [`RefCell`](core::cell::RefCell).

pub mod mpsc;
mod mutex;
mod notify;
pub mod oneshot;
mod semaphore;
mod wait_queue;
pub mod watch;

pub(crate) use self::wait_queue::WaitQueue;
pub use self::{
    mutex::{Mutex, MutexGuard, TryLockError},
    notify::{Notified, Notify},
};

#[cfg(test)]
mod tests;
