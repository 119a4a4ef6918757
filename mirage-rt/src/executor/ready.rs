//! The queue of tasks that are ready to run.

use crate::platform::Unparker;
use alloc::collections::VecDeque;
use async_task::Runnable;
use spin::Mutex;

/// Tasks in the order in which they were woken. In an image the lock is never contended: there is
/// one core, and interrupt handlers wake no task. On `unix` another thread may wake a task.
pub(super) struct Ready {
    tasks: Mutex<VecDeque<Runnable>>,
    unparker: Unparker,
}

impl Ready {
    pub(super) fn new() -> Self {
        Self {
            tasks: Mutex::new(VecDeque::new()),
            unparker: Unparker::new(),
        }
    }

    pub(super) fn push(&self, task: Runnable) {
        self.tasks.lock().push_back(task);
        self.unparker.unpark();
    }

    /// Reserves memory for one more task. Returns `false` if memory is exhausted.
    pub(super) fn reserve(&self) -> bool {
        self.tasks.lock().try_reserve(1).is_ok()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.tasks.lock().is_empty()
    }

    /// Runs every ready task once. A task that one of them wakes runs in the next round.
    pub(super) fn run_round(&self) {
        let count = self.tasks.lock().len();
        for _ in 0..count {
            // Not in the `while let` head: the lock must be free while the task runs.
            let task = self.tasks.lock().pop_front();
            let Some(task) = task else { return };
            task.run();
        }
    }
}
