//! The process and its end. There is one, which has no parent and no children.

use super::{descriptors, pthread::key};
use crate::{
    arch::frame_pointer::frame_pointer,
    freestanding::{backtrace, one_core::OneCore, report},
    platform, thread,
};
use alloc::vec::Vec;
use core::{
    cell::{Cell, RefCell},
    ffi::c_int,
    task::Waker,
};

/// The number of the process.
pub(super) const ID: c_int = 1;

/// A function that runs when the program exits.
type AtExit = extern "C" fn();

/// How the process ends.
struct Process {
    status: Cell<Option<c_int>>,
    waiting: RefCell<Option<Waker>>,
    at_exit: RefCell<Vec<AtExit>>,
}

static PROCESS: OneCore<Process> = OneCore(Process {
    status: Cell::new(None),
    waiting: RefCell::new(None),
    at_exit: RefCell::new(Vec::new()),
});

/// Waits until the process ends, closes its descriptors, and returns its status.
pub(crate) async fn exit_status() -> u8 {
    let status = core::future::poll_fn(|context| match PROCESS.0.status.get() {
        Some(status) => core::task::Poll::Ready(status as u8),
        None => {
            *PROCESS.0.waiting.borrow_mut() = Some(context.waker().clone());
            core::task::Poll::Pending
        }
    })
    .await;
    descriptors::close_all();
    status
}

/// Ends the process: its devices are stopped, and no thread continues.
pub(super) fn end(status: c_int) -> ! {
    PROCESS.0.status.set(Some(status));
    let waiting = PROCESS.0.waiting.take();
    if let Some(waiting) = waiting {
        waiting.wake();
    }
    thread::end_all()
}

/// Ends the process after the destructors of the current thread's variables and the functions of [`atexit`].
#[unsafe(no_mangle)]
pub(super) extern "C" fn exit(status: c_int) -> ! {
    key::run_variable_destructors();
    loop {
        let last = PROCESS.0.at_exit.borrow_mut().pop();
        match last {
            Some(function) => function(),
            None => end(status),
        }
    }
}

#[unsafe(no_mangle)]
extern "C" fn atexit(function: AtExit) -> c_int {
    let mut functions = PROCESS.0.at_exit.borrow_mut();
    if functions.try_reserve(1).is_err() {
        return ::libc::ENOMEM;
    }
    functions.push(function);
    0
}

/// Ends the machine at once, without stopping its devices.
#[unsafe(no_mangle)]
extern "C" fn _exit(status: c_int) -> ! {
    crate::process::exit(status as u8)
}

/// Ends the machine with a backtrace. A panic ends here, after its message.
#[unsafe(no_mangle)]
pub(super) extern "C" fn abort() -> ! {
    let mut console = report::begin_report();
    backtrace::write(&mut console, frame_pointer());
    platform::exit(report::STATUS)
}

#[unsafe(no_mangle)]
extern "C" fn getpid() -> c_int {
    ID
}

/// There is no parent.
#[unsafe(no_mangle)]
extern "C" fn getppid() -> c_int {
    0
}
