//! Clocks and sleeping.
//!
//! All monotonic clocks are the time since boot. The real-time clock is 1970 at boot if the machine does not know
//! the date. The clocks of the processor's time are not there.

use super::{Errno, errno::returned, fail};
use crate::{
    platform, thread,
    time::{Duration, Instant, sleep_until},
};
use ::libc::{clockid_t, itimerspec, timespec, timeval};
use core::ffi::{c_int, c_uint};

/// Converts a duration; `None` if it is invalid.
pub(super) fn duration(time: &timespec) -> Option<Duration> {
    let nanoseconds = u32::try_from(time.tv_nsec).ok()?;
    let seconds = u64::try_from(time.tv_sec).ok()?;
    (nanoseconds < 1_000_000_000).then(|| Duration::new(seconds, nanoseconds))
}

/// Returns the time since the epoch of a clock.
fn read(clock: clockid_t) -> Option<Duration> {
    let now = platform::now();
    thread::yield_if_due_at(now);
    match clock {
        ::libc::CLOCK_REALTIME | ::libc::CLOCK_REALTIME_COARSE => Some(wall_clock()),
        ::libc::CLOCK_MONOTONIC
        | ::libc::CLOCK_MONOTONIC_RAW
        | ::libc::CLOCK_MONOTONIC_COARSE
        | ::libc::CLOCK_BOOTTIME => Some(Duration::from_nanos(now.as_nanos())),
        _ => None,
    }
}

/// Returns the time since the epoch.
pub(crate) fn wall_clock() -> Duration {
    let since_boot = || Duration::from_nanos(platform::now().as_nanos());
    platform::wall_clock().unwrap_or_else(since_boot)
}

/// Returns the instant at which a clock shows `time`.
pub(super) fn deadline(clock: clockid_t, time: Duration) -> Instant {
    match clock {
        ::libc::CLOCK_REALTIME => platform::now() + time.saturating_sub(wall_clock()),
        _ => Instant::from_nanos(u64::try_from(time.as_nanos()).unwrap_or(u64::MAX)),
    }
}

/// # Safety
/// As POSIX's.
#[unsafe(no_mangle)]
unsafe extern "C" fn clock_gettime(clock: clockid_t, time: *mut timespec) -> c_int {
    let Some(now) = read(clock) else {
        return fail(Errno(::libc::EINVAL));
    };
    // SAFETY: `time` is valid, as the caller states.
    unsafe {
        *time = timespec {
            tv_sec: now.as_secs() as i64,
            tv_nsec: now.subsec_nanos().into(),
        };
    }
    0
}

/// # Safety
/// As POSIX's.
#[unsafe(no_mangle)]
unsafe extern "C" fn gettimeofday(time: *mut timeval, _zone: *mut core::ffi::c_void) -> c_int {
    let now = wall_clock();
    // SAFETY: `time` is valid, as the caller states.
    unsafe {
        *time = timeval {
            tv_sec: now.as_secs() as i64,
            tv_usec: now.subsec_micros().into(),
        };
    }
    0
}

/// Sleeps until the deadline, or for the time if `flags` is not `TIMER_ABSTIME`. No signal interrupts it.
/// Returns an error number.
///
/// # Safety
/// As POSIX's.
#[unsafe(no_mangle)]
unsafe extern "C" fn clock_nanosleep(
    clock: clockid_t,
    flags: c_int,
    request: *const timespec,
    _remaining: *mut timespec,
) -> c_int {
    // SAFETY: `request` is valid, as the caller states.
    let Some(time) = duration(unsafe { &*request }) else {
        return ::libc::EINVAL;
    };
    let deadline = match flags & ::libc::TIMER_ABSTIME {
        0 => platform::now() + time,
        _ => deadline(clock, time),
    };
    thread::block_on(sleep_until(deadline));
    0
}

/// # Safety
/// As POSIX's.
#[unsafe(no_mangle)]
unsafe extern "C" fn nanosleep(request: *const timespec, remaining: *mut timespec) -> c_int {
    // SAFETY: as the caller states.
    match unsafe { clock_nanosleep(::libc::CLOCK_MONOTONIC, 0, request, remaining) } {
        0 => 0,
        errno => returned(Err(Errno(errno))),
    }
}

#[unsafe(no_mangle)]
extern "C" fn usleep(microseconds: c_uint) -> c_int {
    let time = Duration::from_micros(microseconds.into());
    thread::block_on(sleep_until(platform::now() + time));
    0
}

/// There are no timers with descriptors: the crate `polling`, which asks for one, waits with a timeout then.
#[unsafe(no_mangle)]
extern "C" fn timerfd_create(_clock: clockid_t, _flags: c_int) -> c_int {
    fail(Errno(::libc::ENOSYS))
}

/// No descriptor is a timer.
///
/// # Safety
/// As Linux's.
#[unsafe(no_mangle)]
unsafe extern "C" fn timerfd_settime(
    _timer: c_int,
    _flags: c_int,
    _new: *const itimerspec,
    _old: *mut itimerspec,
) -> c_int {
    fail(Errno(::libc::EINVAL))
}
