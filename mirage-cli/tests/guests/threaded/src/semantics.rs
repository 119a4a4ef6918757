//! Threads and `std::sync`: a report that is the same on Linux and in an image.

use std::{
    cell::{Cell, RefCell},
    fmt::Write,
    sync::{
        Arc, Barrier, Condvar, LazyLock, Mutex, Once, OnceLock, RwLock, TryLockError,
        atomic::{AtomicBool, AtomicUsize, Ordering},
        mpsc::{self, RecvTimeoutError, TryRecvError, TrySendError},
    },
    thread,
    time::{Duration, Instant},
};

/// Short, but long beside the time that a thread runs in one turn.
const SHORT: Duration = Duration::from_millis(5);

/// Runs all checks, one line each.
pub fn report() -> String {
    type Check = (&'static str, fn() -> String);
    let checks: [Check; 16] = [
        ("mutex", mutex),
        ("rwlock", rwlock),
        ("condvar", condvar),
        ("barrier", barrier),
        ("once", once),
        ("channel", channel),
        ("rendezvous", rendezvous),
        ("scope", scope),
        ("park", park),
        ("join", join),
        ("names", names),
        ("locals", locals),
        ("alignment", alignment),
        ("sleep", sleep),
        ("turns", turns),
        ("rounding", rounding),
    ];
    let mut report = String::new();
    for (name, check) in checks {
        let _ = writeln!(report, "{name}: {}", check());
    }
    report
}

fn mutex() -> String {
    let sum = Arc::new(Mutex::new(0));
    let threads: Vec<_> = (1..=4)
        .map(|number| {
            let sum = sum.clone();
            thread::spawn(move || {
                for _ in 0..100 {
                    let mut sum = sum.lock().expect("not poisoned");
                    let before = *sum;
                    thread::yield_now();
                    *sum = before + number;
                }
            })
        })
        .collect();
    for thread in threads {
        thread.join().expect("it ends");
    }
    let guard = sum.lock().expect("not poisoned");
    let is_locked = matches!(sum.try_lock(), Err(TryLockError::WouldBlock));
    format!("{}, locked {is_locked}", *guard)
}

fn rwlock() -> String {
    let lock = RwLock::new(1);
    let together = Barrier::new(3);
    thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                let _guard = lock.read();
                // Both hold it.
                together.wait();
                together.wait();
            });
        }
        together.wait();
        let refused = lock.try_write().is_err();
        together.wait();
        *lock.write().expect("not poisoned") += 1;
        format!(
            "refused {refused}, then {:?}",
            lock.read().map(|value| *value).ok()
        )
    })
}

fn condvar() -> String {
    let pair = (Mutex::new(0), Condvar::new());
    thread::scope(|scope| {
        for _ in 0..3 {
            scope.spawn(|| {
                let (lock, changed) = &pair;
                *lock.lock().expect("not poisoned") += 1;
                changed.notify_all();
            });
        }
    });
    let (lock, changed) = &pair;
    let guard = lock.lock().expect("not poisoned");
    let guard = changed.wait_while(guard, |count| *count < 3);
    let begin = Instant::now();
    let guard = guard.expect("not poisoned");
    let (guard, result) = changed.wait_timeout(guard, SHORT).expect("not poisoned");
    let late = result.timed_out() == (begin.elapsed() >= SHORT);
    format!("{}, timed out {late}", *guard)
}

fn barrier() -> String {
    let barrier = Barrier::new(4);
    let leaders = AtomicUsize::new(0);
    thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                for _ in 0..10 {
                    if barrier.wait().is_leader() {
                        leaders.fetch_add(1, Ordering::SeqCst);
                    }
                }
            });
        }
    });
    format!("{} leaders", leaders.load(Ordering::SeqCst))
}

fn once() -> String {
    static LAZY: LazyLock<usize> = LazyLock::new(|| CALLS.fetch_add(1, Ordering::SeqCst));
    static CALLS: AtomicUsize = AtomicUsize::new(40);
    static CELL: OnceLock<usize> = OnceLock::new();
    static ONCE: Once = Once::new();
    thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                CELL.get_or_init(|| *LAZY + 1);
                ONCE.call_once(|| {
                    CALLS.fetch_add(1, Ordering::SeqCst);
                });
            });
        }
    });
    let calls = CALLS.load(Ordering::SeqCst);
    format!("{:?}, {calls}, {}", CELL.get(), ONCE.is_completed())
}

fn channel() -> String {
    let (sender, receiver) = mpsc::channel();
    let empty = receiver.try_recv() == Err(TryRecvError::Empty);
    let late = receiver.recv_timeout(SHORT) == Err(RecvTimeoutError::Timeout);
    thread::scope(|scope| {
        for number in 1..=4 {
            let sender = sender.clone();
            scope.spawn(move || (0..10).for_each(|_| sender.send(number).expect("a receiver")));
        }
    });
    drop(sender);
    let sum: i32 = receiver.iter().sum();
    let closed = receiver.try_recv() == Err(TryRecvError::Disconnected);
    format!("empty {empty}, late {late}, sum {sum}, closed {closed}")
}

fn rendezvous() -> String {
    let (sender, receiver) = mpsc::sync_channel(1);
    sender.send(1).expect("a receiver");
    let full = matches!(sender.try_send(2), Err(TrySendError::Full(2)));
    let sends = thread::spawn(move || (2..=5).for_each(|number| sender.send(number).expect("one")));
    let received: Vec<_> = receiver.iter().collect();
    sends.join().expect("it ends");
    format!("full {full}, {received:?}")
}

fn scope() -> String {
    let numbers: Vec<u32> = (1..=100).collect();
    let sum = thread::scope(|scope| {
        let halves = numbers.chunks(50);
        let threads: Vec<_> = halves
            .map(|half| scope.spawn(move || half.iter().sum::<u32>()))
            .collect();
        let sums = threads.into_iter();
        sums.map(|thread| thread.join().expect("it ends"))
            .sum::<u32>()
    });
    sum.to_string()
}

fn park() -> String {
    // A token that comes first is kept.
    thread::current().unpark();
    thread::park();
    let begin = Instant::now();
    while begin.elapsed() < SHORT {
        thread::park_timeout(SHORT);
    }
    let is_open = Arc::new(AtomicBool::new(false));
    let (main, opens) = (thread::current(), is_open.clone());
    let thread = thread::spawn(move || {
        opens.store(true, Ordering::SeqCst);
        main.unpark();
    });
    while !is_open.load(Ordering::SeqCst) {
        thread::park();
    }
    thread.join().expect("it ends");
    "open".into()
}

fn join() -> String {
    let nested = thread::spawn(|| {
        let inner = thread::spawn(|| String::from("inner"));
        inner.join().expect("it ends") + " and outer"
    });
    let finished = thread::spawn(|| ());
    while !finished.is_finished() {
        thread::yield_now();
    }
    let ids = [thread::current().id(), finished.thread().id()];
    let is_other = ids[0] != ids[1];
    finished.join().expect("it ends");
    format!("{:?}, other {is_other}", nested.join().expect("it ends"))
}

fn names() -> String {
    let long = "a name of more than fifteen bytes";
    let named = thread::Builder::new().name(long.into());
    let named = named.spawn(|| thread::current().name().map(String::from));
    let name = named.expect("a thread").join().expect("it ends");
    let unnamed = thread::spawn(|| thread::current().name().map(String::from));
    format!("{name:?}, {:?}", unnamed.join().expect("it ends"))
}

/// Notes when it is dropped, and uses another variable then.
struct Noted(&'static str, Arc<Mutex<Vec<String>>>);

impl Drop for Noted {
    fn drop(&mut self) {
        let count = COUNT.try_with(|count| {
            *count.borrow_mut() += 1;
            *count.borrow()
        });
        let mut notes = self.1.lock().expect("not poisoned");
        notes.push(format!("{} {count:?}", self.0));
    }
}

thread_local! {
    static COUNT: RefCell<u32> = const { RefCell::new(0) };
    static ONE: RefCell<Option<Noted>> = const { RefCell::new(None) };
    static OTHER: RefCell<Option<Noted>> = const { RefCell::new(None) };
}

fn locals() -> String {
    let notes = Arc::new(Mutex::new(Vec::new()));
    let of_thread = notes.clone();
    let thread = thread::spawn(move || {
        ONE.set(Some(Noted("one", of_thread.clone())));
        OTHER.set(Some(Noted("other", of_thread)));
        COUNT.with(|count| *count.borrow_mut() = 10);
    });
    thread.join().expect("it ends");
    let mine = COUNT.with(|count| *count.borrow());
    format!("{:?}, mine {mine}", notes.lock().expect("not poisoned"))
}

#[repr(align(256))]
struct Aligned(u64);

thread_local! {
    static ALIGNED: Aligned = const { Aligned(7) };
    static BEHIND: Cell<u64> = const { Cell::new(8) };
}

/// Variables have their alignments and initial values in every thread.
fn alignment() -> String {
    let check = || {
        let (address, first) = ALIGNED.with(|aligned| (&raw const *aligned as usize, aligned.0));
        let second = BEHIND.get();
        format!("{} {first} {second}", address % 256)
    };
    let of_thread = thread::spawn(check).join().expect("it ends");
    format!("{}, {of_thread}", check())
}

fn sleep() -> String {
    let begin = Instant::now();
    thread::sleep(SHORT);
    let slept = begin.elapsed();
    format!("{}", slept >= SHORT && slept < 1000 * SHORT)
}

/// A thread that never waits, but reads the clock, lets others run.
fn turns() -> String {
    let is_done = AtomicBool::new(false);
    thread::scope(|scope| {
        scope.spawn(|| {
            thread::sleep(SHORT);
            is_done.store(true, Ordering::SeqCst);
        });
        let begin = Instant::now();
        while !is_done.load(Ordering::SeqCst) {
            assert!(begin.elapsed() < 1000 * SHORT, "the other has no turn");
        }
    });
    "each".into()
}

/// Sets how SSE rounds, MXCSR, and returns what it was.
fn set_rounding(mode: u32) -> u32 {
    const MODES: u32 = 0x6000;
    let mut state = 0_u32;
    // SAFETY: it only stores the state.
    unsafe { std::arch::asm!("stmxcsr [{}]", in(reg) &raw mut state, options(nostack)) };
    let new = state & !MODES | mode;
    // SAFETY: only the mode changes, which is restored before code runs that depends on it.
    unsafe { std::arch::asm!("ldmxcsr [{}]", in(reg) &raw const new, options(nostack)) };
    state & MODES
}

/// The control words are those of each thread.
fn rounding() -> String {
    let other = thread::spawn(|| {
        let before = set_rounding(0x2000);
        thread::sleep(SHORT);
        let after = set_rounding(0);
        format!("{before:#x} to {after:#x}")
    });
    thread::yield_now();
    let mine = set_rounding(0x4000);
    thread::sleep(SHORT);
    let kept = set_rounding(0);
    let other = other.join().expect("it ends");
    format!("{mine:#x} to {kept:#x}, the other {other}")
}
