//! The executor's queue of ready tasks (`mirage-rt/src/executor/ready.rs`), woken by other threads as
//! on the target `unix`. loom runs each test in every order in which its threads can take the locks.

extern crate alloc;
// The module takes its lock from the crate `spin`.
extern crate self as spin;

#[path = "executor/platform.rs"]
mod platform;
#[expect(dead_code, reason = "`reserve` is for memory that is exhausted")]
#[path = "../../mirage-rt/src/executor/ready.rs"]
mod ready;

use loom::{sync::Arc, thread};
use ready::Ready;
use std::{
    future::poll_fn,
    sync,
    task::{Poll, Waker},
};

/// `spin::Mutex`, by loom's.
struct Mutex<T>(loom::sync::Mutex<T>);

impl<T> Mutex<T> {
    fn new(value: T) -> Self {
        Self(loom::sync::Mutex::new(value))
    }

    fn lock(&self) -> loom::sync::MutexGuard<'_, T> {
        self.0.lock().expect("no thread panics")
    }
}

/// Runs a task to its end, as `Executor::run_until` does.
fn run(future: impl Future<Output = ()> + Send + 'static) {
    let ready = sync::Arc::new(Ready::new());
    let queue = ready.clone();
    let (runnable, task) = async_task::spawn(future, move |runnable| queue.push(runnable));
    runnable.schedule();
    loop {
        ready.run_round();
        if task.is_finished() {
            return;
        }
        if ready.is_empty() {
            platform::wait();
        }
    }
}

/// Completes when `count` threads have woken the task, which the first poll starts.
async fn woken_by(count: usize) {
    // Under a lock, which loom orders: it does not know the atomics of `async-task`.
    let woken = Arc::new(Mutex::new(0));
    let mut has_started = false;
    poll_fn(move |context| {
        if !has_started {
            has_started = true;
            for _ in 0..count {
                start(woken.clone(), context.waker().clone());
            }
        }
        match *woken.lock() == count {
            true => Poll::Ready(()),
            false => Poll::Pending,
        }
    })
    .await;
}

fn start(woken: Arc<Mutex<usize>>, waker: Waker) {
    thread::spawn(move || {
        *woken.lock() += 1;
        waker.wake();
    });
}

#[test]
fn a_task_that_another_thread_wakes_runs() {
    loom::model(|| run(woken_by(1)));
}

#[test]
fn no_wake_of_several_threads_is_lost() {
    let mut model = loom::model::Builder::new();
    // All orders take minutes. Few threads have to be interrupted often for an error to show.
    model.preemption_bound = Some(2);
    model.check(|| run(woken_by(2)));
}
