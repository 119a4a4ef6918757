//! The system calls that the tender lets through, of the nine that there are. Any other ends the
//! process.

use crate::arch::system_call::{
    self, SYS_CLOCK_GETTIME, SYS_EPOLL_PWAIT, SYS_EXIT_GROUP, SYS_PREAD64, SYS_PWRITE64, SYS_READ,
    SYS_TIMERFD_SETTIME, SYS_WRITE,
};
use core::ffi::c_int;

/// `TFD_TIMER_ABSTIME`: the timer's value is a time, not a duration.
const ABSOLUTE: usize = 1;

/// Linux's numbers of errors.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Errno(pub(super) i32);

impl Errno {
    pub(super) const INTERRUPTED: Self = Self(4);
    pub(super) const INPUT_OUTPUT: Self = Self(5);
    pub(super) const AGAIN: Self = Self(11);
}

/// `struct timespec`.
#[repr(C)]
#[derive(Clone, Copy, Default)]
pub(super) struct Timespec {
    pub(super) seconds: i64,
    pub(super) nanoseconds: i64,
}

impl Timespec {
    pub(super) fn from_nanos(nanos: u64) -> Self {
        Self {
            seconds: (nanos / 1_000_000_000) as i64,
            nanoseconds: (nanos % 1_000_000_000) as i64,
        }
    }

    pub(super) fn as_nanos(self) -> u64 {
        let [seconds, nanoseconds] =
            [self.seconds, self.nanoseconds].map(|part| u64::try_from(part).unwrap_or(0));
        seconds
            .saturating_mul(1_000_000_000)
            .saturating_add(nanoseconds)
    }
}

/// A clock of the host.
#[derive(Clone, Copy)]
pub(super) enum Clock {
    Realtime = 0,
    Monotonic = 1,
}

/// `struct epoll_event`, which is packed.
#[repr(C, packed)]
#[derive(Clone, Copy)]
pub(super) struct Event {
    pub(super) flags: u32,
    pub(super) data: u64,
}

/// Makes a call.
///
/// # Safety
/// The arguments are what the call takes; what it writes to is not borrowed.
unsafe fn call(number: usize, arguments: [usize; 6]) -> Result<usize, Errno> {
    // SAFETY: as the caller states.
    let result = unsafe { system_call::call(number, arguments) };
    usize::try_from(result).map_err(|_| Errno(result.unsigned_abs() as i32))
}

pub(super) fn read(descriptor: c_int, buffer: &mut [u8]) -> Result<usize, Errno> {
    let (start, length) = (buffer.as_mut_ptr() as usize, buffer.len());
    // SAFETY: the buffer is borrowed for the call alone.
    unsafe { call(SYS_READ, [descriptor as usize, start, length, 0, 0, 0]) }
}

pub(super) fn write(descriptor: c_int, bytes: &[u8]) -> Result<usize, Errno> {
    let (start, length) = (bytes.as_ptr() as usize, bytes.len());
    // SAFETY: the bytes are only read.
    unsafe { call(SYS_WRITE, [descriptor as usize, start, length, 0, 0, 0]) }
}

pub(super) fn pread64(descriptor: c_int, buffer: &mut [u8], offset: u64) -> Result<usize, Errno> {
    let (start, length) = (buffer.as_mut_ptr() as usize, buffer.len());
    let arguments = [descriptor as usize, start, length, offset as usize, 0, 0];
    // SAFETY: the buffer is borrowed for the call alone.
    unsafe { call(SYS_PREAD64, arguments) }
}

pub(super) fn pwrite64(descriptor: c_int, bytes: &[u8], offset: u64) -> Result<usize, Errno> {
    let (start, length) = (bytes.as_ptr() as usize, bytes.len());
    let arguments = [descriptor as usize, start, length, offset as usize, 0, 0];
    // SAFETY: the bytes are only read.
    unsafe { call(SYS_PWRITE64, arguments) }
}

/// Nanoseconds of a clock.
pub(super) fn clock_gettime(clock: Clock) -> u64 {
    let mut time = Timespec::default();
    let place = &raw mut time as usize;
    // SAFETY: the kernel writes a `struct timespec`. It has both clocks, so nothing can fail.
    let _ = unsafe { call(SYS_CLOCK_GETTIME, [clock as usize, place, 0, 0, 0, 0]) };
    time.as_nanos()
}

/// Sets the timer to a time of the monotonic clock, or stops it.
pub(super) fn timerfd_settime(timer: c_int, at: Option<u64>) -> Result<(), Errno> {
    let interval = Timespec::default();
    let value = at.map_or(interval, Timespec::from_nanos);
    let setting = [interval, value];
    let place = setting.as_ptr() as usize;
    // SAFETY: the kernel reads a `struct itimerspec`, which is an interval and a value.
    unsafe {
        call(
            SYS_TIMERFD_SETTIME,
            [timer as usize, ABSOLUTE, place, 0, 0, 0],
        )
    }
    .map(drop)
}

/// Waits for events: until there is one, or, unless `wait`, not at all. Gives those that there are.
pub(super) fn epoll_pwait(epoll: c_int, events: &mut [Event], wait: bool) -> &[Event] {
    let timeout = if wait { -1_isize } else { 0 };
    let (start, most) = (events.as_mut_ptr() as usize, events.len());
    let arguments = [epoll as usize, start, most, timeout as usize, 0, 8];
    // SAFETY: the kernel writes at most so many events. Without a signal mask the last is not used.
    let count = unsafe { call(SYS_EPOLL_PWAIT, arguments) };
    // An error is an interruption by a signal: nothing has happened.
    events.get(..count.unwrap_or(0)).unwrap_or_default()
}

/// Ends the process.
pub(crate) fn exit(status: u8) -> ! {
    loop {
        // SAFETY: the process ends here.
        let _ = unsafe { call(SYS_EXIT_GROUP, [usize::from(status), 0, 0, 0, 0, 0]) };
    }
}
