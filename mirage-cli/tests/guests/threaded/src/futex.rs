//! The system call `futex`, as std and crates of locks use it: a report that is the same on Linux and in an image.

use std::{
    ffi::{c_int, c_long},
    fmt::Write,
    io,
    ptr::null,
    sync::atomic::{AtomicU32, Ordering},
    thread,
    time::{Duration, Instant, SystemTime},
};

unsafe extern "C" {
    fn syscall(number: c_long, ...) -> c_long;
    fn clock_gettime(clock: c_int, time: *mut Timespec) -> c_int;
}

#[repr(C)]
#[derive(Debug, Clone, Copy)]
struct Timespec {
    seconds: i64,
    nanoseconds: i64,
}

impl Timespec {
    fn new(time: Duration) -> Self {
        Self {
            seconds: time.as_secs() as i64,
            nanoseconds: time.subsec_nanos().into(),
        }
    }

    /// The time of the monotonic clock.
    fn monotonic() -> Duration {
        let mut now = Self::new(Duration::ZERO);
        // SAFETY: the structure is valid.
        unsafe { clock_gettime(1, &raw mut now) };
        Duration::new(now.seconds as u64, now.nanoseconds as u32)
    }
}

const SYS_FUTEX: c_long = 202;
const WAIT: c_int = 0;
const WAKE: c_int = 1;
const WAIT_BITSET: c_int = 9;
const WAKE_BITSET: c_int = 10;
const PRIVATE: c_int = 128;
const CLOCK_REALTIME: c_int = 256;
const ANY: u32 = u32::MAX;

/// Calls it, and returns its result or the text of the error.
fn futex(
    word: &AtomicU32,
    operation: c_int,
    value: u32,
    timeout: Option<Timespec>,
    bits: u32,
) -> Result<c_long, String> {
    let timeout = timeout
        .as_ref()
        .map_or(null(), |time| time as *const Timespec);
    // SAFETY: the word and the time live longer than the call.
    let result = unsafe {
        syscall(
            SYS_FUTEX,
            word.as_ptr(),
            operation | PRIVATE,
            value,
            timeout,
            null::<u32>(),
            bits,
        )
    };
    match result {
        -1 => Err(io::Error::last_os_error().to_string()),
        count => Ok(count),
    }
}

/// Runs all checks, one line each.
pub fn report() -> String {
    let word = AtomicU32::new(7);
    let short = Timespec::new(Duration::from_millis(5));
    let mut report = String::new();
    let mut line = |name: &str, result: Result<c_long, String>| {
        let _ = writeln!(report, "futex {name}: {result:?}");
    };
    line("other value", futex(&word, WAIT, 8, None, 0));
    line("timeout", timed(|| futex(&word, WAIT, 7, Some(short), 0)));
    let later = |now: Duration| Some(Timespec::new(now + Duration::from_millis(5)));
    let monotonic = later(Timespec::monotonic());
    line(
        "monotonic deadline",
        timed(|| futex(&word, WAIT_BITSET, 7, monotonic, ANY)),
    );
    let since_epoch = SystemTime::UNIX_EPOCH.elapsed().unwrap_or_default();
    let realtime = later(since_epoch);
    line(
        "realtime deadline",
        futex(&word, WAIT_BITSET | CLOCK_REALTIME, 7, realtime, ANY),
    );
    let past = Some(Timespec::new(Duration::from_millis(1)));
    line("past", futex(&word, WAIT_BITSET, 7, past, ANY));
    let invalid = Timespec {
        seconds: 0,
        nanoseconds: 1_000_000_000,
    };
    line("invalid time", futex(&word, WAIT, 7, Some(invalid), 0));
    line("no bits", futex(&word, WAIT_BITSET, 7, None, 0));
    line("nobody", futex(&word, WAKE, 1, None, 0));
    line("counts", Ok(wake_in_turns()));
    line("bits", Ok(wake_by_bits()));
    report
}

/// Checks that a wait that times out has lasted 5 ms, but for the resolution of clocks.
fn timed(wait: impl FnOnce() -> Result<c_long, String>) -> Result<c_long, String> {
    let begin = Instant::now();
    let result = wait();
    assert!(begin.elapsed() >= Duration::from_millis(4), "too early");
    result
}

/// Wakes three threads, two at a time, and returns how many were woken.
fn wake_in_turns() -> c_long {
    let word = AtomicU32::new(0);
    thread::scope(|scope| {
        for _ in 0..3 {
            scope.spawn(|| while futex(&word, WAIT, 0, None, 0).is_err() {});
        }
        let mut woken = 0;
        while woken < 3 {
            let now = futex(&word, WAKE, 2, None, 0).unwrap_or(0);
            assert!(now <= 2, "more than were asked for");
            woken += now;
            thread::yield_now();
        }
        word.store(1, Ordering::SeqCst);
        woken
    })
}

/// Wakes a thread by its bit, and by no other.
fn wake_by_bits() -> c_long {
    let word = AtomicU32::new(0);
    thread::scope(|scope| {
        scope.spawn(|| while futex(&word, WAIT_BITSET, 0, None, 0b01).is_err() {});
        let mut woken = 0;
        for _ in 0..100 {
            woken += futex(&word, WAKE_BITSET, 1, None, 0b10).unwrap_or(0);
            thread::yield_now();
        }
        while woken == 0 {
            woken = futex(&word, WAKE_BITSET, 1, None, 0b01).unwrap_or(0);
            thread::yield_now();
        }
        woken
    })
}
