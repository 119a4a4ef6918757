//! Signals.
//!
//! The host's request for shutdown is the only signal that comes from outside: SIGTERM if the program has a
//! handler for it, or else SIGINT. The main thread calls the handler where it waits, and then continues to wait,
//! as with SA_RESTART. A program without a handler ends. Besides, a program sends signals to itself.
//!
//! Masks have no effect, and a fault of the processor calls no handler: it ends the machine.

use super::{Errno, errno, fail, process};
use crate::{executor, freestanding::one_core::OneCore, shutdown, thread};
use ::libc::{
    SA_RESETHAND, SA_SIGINFO, SIG_DFL, SIG_IGN, SIGABRT, SIGBUS, SIGCHLD, SIGCONT, SIGINT, SIGKILL,
    SIGSEGV, SIGSTOP, SIGTERM, SIGURG, SIGWINCH, siginfo_t, sigset_t,
};
use core::{
    cell::{Cell, RefCell},
    ffi::{c_int, c_void},
    mem::MaybeUninit,
    ptr::null_mut,
    task::{Poll, Waker},
};

/// The number of signals, which are numbered from 1.
const COUNT: usize = 64;

/// What a signal does.
#[derive(Clone, Copy)]
struct Action {
    /// `SIG_DFL`, `SIG_IGN` or the address of a function.
    handler: usize,
    flags: c_int,
}

/// The signals of the process.
struct Signals {
    actions: [Cell<Action>; COUNT],
    /// Whether a task waits for the host's request for shutdown.
    expects_shutdown: Cell<bool>,
    /// How many handlers have been called.
    handled: Cell<u64>,
    /// The thread that waits for one.
    paused: RefCell<Option<Waker>>,
}

const DEFAULT: Action = Action {
    handler: SIG_DFL,
    flags: 0,
};

static SIGNALS: OneCore<Signals> = OneCore(Signals {
    actions: [const { Cell::new(DEFAULT) }; COUNT],
    expects_shutdown: Cell::new(false),
    handled: Cell::new(0),
    paused: RefCell::new(None),
});

/// Has the standard library install no handler for stack overflows, which it does for a signal whose action is
/// the default: the exceptions of the processor are reported otherwise.
pub(crate) fn initialise() {
    for signal in [SIGSEGV, SIGBUS] {
        if let Some(action) = action(signal) {
            action.set(Action {
                handler: SIG_IGN,
                flags: 0,
            });
        }
    }
}

/// Returns the action of a signal; `None` if there is no such signal.
fn action(signal: c_int) -> Option<&'static Cell<Action>> {
    let index = usize::try_from(signal).ok()?.checked_sub(1)?;
    SIGNALS.0.actions.get(index)
}

/// Sets the action of a signal, and returns the one before.
fn replace(signal: c_int, new: Action) -> Result<Action, Errno> {
    let action = action(signal).ok_or(Errno(::libc::EINVAL))?;
    if matches!(signal, SIGKILL | SIGSTOP) {
        return Err(Errno(::libc::EINVAL));
    }
    if matches!(signal, SIGINT | SIGTERM) && new.handler != SIG_DFL {
        expect_shutdown();
    }
    Ok(action.replace(new))
}

/// Has the program continue when the host requests shutdown, and receive a signal.
fn expect_shutdown() {
    if SIGNALS.0.expects_shutdown.replace(true) {
        return;
    }
    let requested = shutdown();
    executor::spawn(async move {
        requested.await;
        thread::interrupt_main(deliver_shutdown);
    });
}

/// Calls the handler for the host's request.
fn deliver_shutdown() {
    let has_handler = |signal: &c_int| {
        action(*signal).is_some_and(|action| !matches!(action.get().handler, SIG_DFL | SIG_IGN))
    };
    match [SIGTERM, SIGINT].iter().find(|signal| has_handler(signal)) {
        Some(signal) => deliver(*signal),
        // Ignored signals do not end the program, as they do not on Linux.
        None if action(SIGTERM).is_some_and(|action| action.get().handler == SIG_IGN) => {}
        None => process::end(0),
    }
}

/// Does what the action of `signal` is, on the current thread.
fn deliver(signal: c_int) {
    let Some(action) = action(signal) else {
        return;
    };
    let Action { handler, flags } = action.get();
    match handler {
        SIG_IGN => {}
        SIG_DFL => match signal {
            SIGCHLD | SIGCONT | SIGURG | SIGWINCH => {}
            SIGABRT => process::abort(),
            _ => process::end(128 + signal),
        },
        handler => {
            if flags & SA_RESETHAND != 0 {
                action.set(DEFAULT);
            }
            errno::preserve(|| call(handler, flags, signal));
            SIGNALS.0.handled.set(SIGNALS.0.handled.get() + 1);
            let paused = SIGNALS.0.paused.take();
            if let Some(paused) = paused {
                paused.wake();
            }
        }
    }
}

/// Calls a handler.
fn call(handler: usize, flags: c_int, signal: c_int) {
    // SAFETY: all bytes of the structure may be zero.
    let mut info: siginfo_t = unsafe { MaybeUninit::zeroed().assume_init() };
    info.si_signo = signal;
    let handler = handler as *const c_void;
    if flags & SA_SIGINFO != 0 {
        type Handler = extern "C" fn(c_int, *mut siginfo_t, *mut c_void);
        // SAFETY: the program has installed a function of this type, as it states by the flag.
        let handler = unsafe { core::mem::transmute::<*const c_void, Handler>(handler) };
        handler(signal, &raw mut info, null_mut());
    } else {
        type Handler = extern "C" fn(c_int);
        // SAFETY: the program has installed a function of this type.
        let handler = unsafe { core::mem::transmute::<*const c_void, Handler>(handler) };
        handler(signal);
    }
}

/// # Safety
/// As POSIX's.
#[unsafe(no_mangle)]
unsafe extern "C" fn sigaction(
    signal: c_int,
    new: *const ::libc::sigaction,
    old: *mut ::libc::sigaction,
) -> c_int {
    // SAFETY: valid if it is not null, as the caller states.
    let before = match unsafe { new.as_ref() } {
        Some(new) => replace(
            signal,
            Action {
                handler: new.sa_sigaction,
                flags: new.sa_flags,
            },
        ),
        None => action(signal).map(Cell::get).ok_or(Errno(::libc::EINVAL)),
    };
    let before = match before {
        Ok(before) => before,
        Err(errno) => return fail(errno),
    };
    if !old.is_null() {
        // SAFETY: valid, as the caller states; all zeroes are a valid value.
        unsafe {
            old.write_bytes(0, 1);
            (*old).sa_sigaction = before.handler;
            (*old).sa_flags = before.flags;
        }
    }
    0
}

#[unsafe(no_mangle)]
extern "C" fn signal(signal: c_int, handler: usize) -> usize {
    match replace(signal, Action { handler, flags: 0 }) {
        Ok(before) => before.handler,
        Err(errno) => {
            fail(errno);
            ::libc::SIG_ERR
        }
    }
}

/// Sends a signal to the current thread.
#[unsafe(no_mangle)]
extern "C" fn raise(signal: c_int) -> c_int {
    kill(process::ID, signal)
}

/// Sends a signal to the process, which receives it on the current thread. There is no other process.
#[unsafe(no_mangle)]
extern "C" fn kill(process: c_int, signal: c_int) -> c_int {
    if !matches!(process, process::ID | 0 | -1) {
        return fail(Errno(::libc::ESRCH));
    }
    match action(signal) {
        Some(_) => deliver(signal),
        // Whether the process exists is what 0 asks.
        None if signal == 0 => {}
        None => return fail(Errno(::libc::EINVAL)),
    }
    0
}

/// Waits until a handler has been called.
#[unsafe(no_mangle)]
extern "C" fn pause() -> c_int {
    let before = SIGNALS.0.handled.get();
    thread::block_on(core::future::poll_fn(|context| {
        if SIGNALS.0.handled.get() != before {
            return Poll::Ready(());
        }
        *SIGNALS.0.paused.borrow_mut() = Some(context.waker().clone());
        Poll::Pending
    }));
    fail(Errno(::libc::EINTR))
}

/// Has no effect: handlers run on the stack of the main thread.
#[unsafe(no_mangle)]
extern "C" fn sigaltstack(_new: *const c_void, _old: *mut c_void) -> c_int {
    0
}

/// Has no effect. No signal is blocked before.
///
/// # Safety
/// As POSIX's.
#[unsafe(no_mangle)]
unsafe extern "C" fn pthread_sigmask(
    _how: c_int,
    _new: *const sigset_t,
    old: *mut sigset_t,
) -> c_int {
    if !old.is_null() {
        // SAFETY: valid, as the caller states; all zeroes are the empty set.
        unsafe { old.write_bytes(0, 1) };
    }
    0
}

/// # Safety
/// As POSIX's.
#[unsafe(no_mangle)]
unsafe extern "C" fn sigprocmask(how: c_int, new: *const sigset_t, old: *mut sigset_t) -> c_int {
    // SAFETY: as the caller states.
    unsafe { pthread_sigmask(how, new, old) }
}

/// # Safety
/// As POSIX's.
#[unsafe(no_mangle)]
unsafe extern "C" fn sigemptyset(set: *mut sigset_t) -> c_int {
    // SAFETY: valid, as the caller states.
    unsafe { set.write_bytes(0, 1) };
    0
}

/// # Safety
/// As POSIX's.
#[unsafe(no_mangle)]
unsafe extern "C" fn sigfillset(set: *mut sigset_t) -> c_int {
    // SAFETY: valid, as the caller states.
    unsafe { set.write_bytes(0xff, 1) };
    0
}

/// # Safety
/// As POSIX's.
#[unsafe(no_mangle)]
unsafe extern "C" fn sigaddset(set: *mut sigset_t, signal: c_int) -> c_int {
    if action(signal).is_none() {
        return fail(Errno(::libc::EINVAL));
    }
    // SAFETY: valid, as the caller states; the set begins with a bit for each signal.
    unsafe { *set.cast::<u64>() |= 1 << (signal - 1) };
    0
}
