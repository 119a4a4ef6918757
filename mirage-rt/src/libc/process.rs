//! The process: its start and end, its environment, signals, and what the system says of itself.
//!
//! There is one process. No signal is ever sent, so that handlers are not kept.

use super::{Errno, descriptors, fail, strings};
use crate::{
    arch::frame_pointer::frame_pointer,
    freestanding::{backtrace, one_core::OneCore, report},
    platform,
    random::{Random, Rng},
    thread,
};
use alloc::vec::Vec;
use core::{
    cell::{Cell, RefCell},
    ffi::{c_char, c_int, c_long, c_ulong, c_void},
    ptr::null_mut,
    slice,
    task::Waker,
};

unsafe extern "C" {
    /// The program's entry, which rustc generates.
    #[link_name = "main"]
    fn c_main(count: c_int, arguments: *const *const c_char) -> c_int;
    static __init_array_start: [Initialiser; 0];
    static __init_array_end: [Initialiser; 0];
}

/// A function that runs before `main`, and gets its arguments (as GNU's C library passes them).
type Initialiser = extern "C" fn(c_int, *const *const c_char, *const *const c_char);

/// How the process ends.
struct Process {
    status: Cell<Option<c_int>>,
    waiting: RefCell<Option<Waker>>,
    random: RefCell<Option<Random>>,
}

static PROCESS: OneCore<Process> = OneCore(Process {
    status: Cell::new(None),
    waiting: RefCell::new(None),
    random: RefCell::new(None),
});

/// Runs the program on the main thread. Called once. `arguments` ends with null.
pub(crate) fn start(arguments: &'static [*const c_char], environment: &'static [*const c_char]) {
    descriptors::initialise();
    let count = arguments.len() as c_int - 1;
    let run = move || {
        let first = &raw const __init_array_start as *const Initialiser;
        let end = &raw const __init_array_end as *const Initialiser;
        // SAFETY: the linker script makes it an array of functions of this type.
        let initialisers = unsafe { slice::from_raw_parts(first, end.offset_from_unsigned(first)) };
        for initialiser in initialisers {
            initialiser(count, arguments.as_ptr(), environment.as_ptr());
        }
        // SAFETY: the arguments are strings, and end with null.
        let status = unsafe { c_main(count, arguments.as_ptr()) };
        end_process(status);
    };
    if thread::spawn(true, run).is_err() {
        platform::fail(format_args!("there is no memory for the main thread"));
    }
}

/// Waits until the process ends, and returns its status.
pub(crate) async fn ended() -> u8 {
    core::future::poll_fn(|context| match PROCESS.0.status.get() {
        Some(status) => core::task::Poll::Ready(status as u8),
        None => {
            *PROCESS.0.waiting.borrow_mut() = Some(context.waker().clone());
            core::task::Poll::Pending
        }
    })
    .await
}

/// Ends the process: its devices are stopped, and the current thread never continues.
fn end_process(status: c_int) -> ! {
    PROCESS.0.status.set(Some(status));
    if let Some(waiting) = PROCESS.0.waiting.take() {
        waiting.wake();
    }
    thread::end()
}

#[unsafe(no_mangle)]
extern "C" fn exit(status: c_int) -> ! {
    end_process(status)
}

#[unsafe(no_mangle)]
extern "C" fn _exit(status: c_int) -> ! {
    platform::exit(status as u8)
}

/// Ends the machine with a backtrace. A panic ends here, after its message.
#[unsafe(no_mangle)]
extern "C" fn abort() -> ! {
    let mut console = report::begin_report();
    backtrace::write(&mut console, frame_pointer());
    platform::exit(report::STATUS)
}

/// # Safety
/// As Linux's.
#[unsafe(no_mangle)]
pub(super) unsafe extern "C" fn getrandom(buffer: *mut u8, length: usize, _flags: u32) -> isize {
    let mut random = PROCESS.0.random.borrow_mut();
    if random.is_none() {
        *random = platform::random().ok();
    }
    let Some(random) = random.as_mut() else {
        return fail(Errno(::libc::EIO)) as isize;
    };
    // SAFETY: a buffer of this length, as the caller states.
    random.fill_bytes(unsafe { slice::from_raw_parts_mut(buffer, length) });
    length as isize
}

#[unsafe(no_mangle)]
extern "C" fn getpid() -> c_int {
    1
}

/// # Safety
/// As POSIX's.
#[unsafe(no_mangle)]
unsafe extern "C" fn getenv(name: *const c_char) -> *const c_char {
    // SAFETY: as the caller states.
    let name = unsafe { strings::bytes(name) };
    let variables = VARIABLES.0.borrow();
    for &variable in variables.iter() {
        // SAFETY: the environment has strings.
        let text = unsafe { strings::bytes(variable) };
        if let Some(value) = text.strip_prefix(name)
            && value.first() == Some(&b'=')
        {
            return variable.wrapping_add(name.len() + 1);
        }
    }
    core::ptr::null()
}

static VARIABLES: OneCore<RefCell<Vec<*const c_char>>> = OneCore(RefCell::new(Vec::new()));

/// The answers that programs ask for; others are unknown.
#[unsafe(no_mangle)]
extern "C" fn sysconf(name: c_int) -> c_long {
    match name {
        ::libc::_SC_PAGESIZE => 4096,
        ::libc::_SC_NPROCESSORS_ONLN | ::libc::_SC_NPROCESSORS_CONF => 1,
        ::libc::_SC_OPEN_MAX => descriptors::LIMIT as c_long,
        ::libc::_SC_CLK_TCK => 100,
        ::libc::_SC_IOV_MAX => 1024,
        _ => fail(Errno(::libc::EINVAL)).into(),
    }
}

/// There is one processor.
///
/// # Safety
/// As Linux's.
#[unsafe(no_mangle)]
unsafe extern "C" fn sched_getaffinity(_id: c_int, size: usize, set: *mut u8) -> c_int {
    if size == 0 {
        return fail(Errno(::libc::EINVAL));
    }
    // SAFETY: a set of this size, as the caller states.
    unsafe {
        set.write_bytes(0, size);
        *set = 1;
    }
    0
}

/// Knows nothing: 0 for every value.
#[unsafe(no_mangle)]
extern "C" fn getauxval(_kind: c_ulong) -> c_ulong {
    0
}

/// Ignores the handler: no signal is sent.
#[unsafe(no_mangle)]
extern "C" fn signal(_signal: c_int, _handler: usize) -> usize {
    ::libc::SIG_DFL
}

/// Ignores the handler: no signal is sent. Every signal is said to be ignored so far, so that the standard library
/// installs no handler for stack overflows.
///
/// # Safety
/// As POSIX's.
#[unsafe(no_mangle)]
unsafe extern "C" fn sigaction(
    _signal: c_int,
    _new: *const ::libc::sigaction,
    old: *mut ::libc::sigaction,
) -> c_int {
    if !old.is_null() {
        // SAFETY: valid, as the caller states; all zeroes are a valid value.
        unsafe {
            old.write_bytes(0, 1);
            (*old).sa_sigaction = ::libc::SIG_IGN;
        }
    }
    0
}

#[unsafe(no_mangle)]
extern "C" fn sigaltstack(_new: *const c_void, _old: *mut c_void) -> c_int {
    0
}

/// Waits for a signal, of which there is none.
#[unsafe(no_mangle)]
extern "C" fn pause() -> c_int {
    thread::block_on(core::future::pending())
}

/// Finds no symbol: functions that may be missing are missing.
#[unsafe(no_mangle)]
extern "C" fn dlsym(_library: *mut c_void, _name: *const c_char) -> *mut c_void {
    null_mut()
}

/// Returns the version of GNU's C library whose functions these are.
#[unsafe(no_mangle)]
extern "C" fn gnu_get_libc_version() -> *const c_char {
    c"2.36".as_ptr()
}
