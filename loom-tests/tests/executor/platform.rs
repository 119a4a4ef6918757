//! What the target `unix` gives the executor, by loom's primitives.

use loom::{
    sync::{Arc, Condvar, Mutex},
    thread::{self, ThreadId},
};

/// The event for which a thread sleeps in `epoll`: set until a wait takes it.
struct Event {
    is_set: Mutex<bool>,
    changed: Condvar,
}

loom::thread_local! {
    static EVENT: Arc<Event> = Arc::new(Event {
        is_set: Mutex::new(false),
        changed: Condvar::new(),
    });
}

/// `unix::Unparker`.
pub struct Unparker {
    owner: ThreadId,
    event: Arc<Event>,
}

impl Unparker {
    pub fn new() -> Self {
        Self {
            owner: thread::current().id(),
            event: EVENT.with(Clone::clone),
        }
    }

    pub fn unpark(&self) {
        if thread::current().id() != self.owner {
            *self.event.is_set.lock().expect("no thread panics") = true;
            self.event.changed.notify_one();
        }
    }
}

/// Sleeps until another thread unparks this one.
pub fn wait() {
    let event = EVENT.with(Clone::clone);
    let mut is_set = event.is_set.lock().expect("no thread panics");
    while !*is_set {
        is_set = event.changed.wait(is_set).expect("no thread panics");
    }
    *is_set = false;
}
