//! The process: its start and its end. There is one, which has no parent and no children.

use super::{descriptors, environment, pthread::key};
use crate::{
    arch::frame_pointer::frame_pointer,
    freestanding::{backtrace, one_core::OneCore, report},
    platform,
    process::exit_machine,
    thread,
};
use alloc::{boxed::Box, vec::Vec};
use core::{
    cell::{Cell, RefCell},
    ffi::{c_char, c_int},
    slice,
    task::Waker,
};

/// The number of the process.
pub(super) const ID: c_int = 1;

unsafe extern "C" {
    /// The program's entry, which rustc generates.
    #[link_name = "main"]
    fn c_main(count: c_int, arguments: *const *const c_char) -> c_int;
    static __init_array_start: [Initialiser; 0];
    static __init_array_end: [Initialiser; 0];
}

/// A function that runs before `main`, and gets its arguments (as GNU's C library passes them).
type Initialiser = extern "C" fn(c_int, *const *const c_char, *const *const c_char);

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

/// Runs the program on the main thread. Called once. `arguments` ends with null.
pub(crate) fn start(arguments: &'static [*const c_char]) {
    descriptors::initialise();
    let count = arguments.len() as c_int - 1;
    let run = move || {
        std::panic::set_hook(Box::new(report_panic));
        let first = &raw const __init_array_start as *const Initialiser;
        let end = &raw const __init_array_end as *const Initialiser;
        // SAFETY: the linker script makes it an array of functions of this type.
        let initialisers = unsafe { slice::from_raw_parts(first, end.offset_from_unsigned(first)) };
        for initialiser in initialisers {
            initialiser(count, arguments.as_ptr(), environment::all());
        }
        // SAFETY: the arguments are strings, and end with null.
        let status = unsafe { c_main(count, arguments.as_ptr()) };
        exit(status);
    };
    if thread::spawn(true, run).is_err() {
        platform::fail(format_args!("there is no memory for the main thread"));
    }
}

/// Prints a panic as the standard library does, but does not advise to set `RUST_BACKTRACE`: the backtrace follows
/// in any case.
fn report_panic(info: &std::panic::PanicHookInfo<'_>) {
    let thread = std::thread::current();
    let name = thread.name().unwrap_or("<unnamed>");
    std::eprintln!("\nthread '{name}' {info}");
}

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
extern "C" fn exit(status: c_int) -> ! {
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
    exit_machine(status as u8)
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
