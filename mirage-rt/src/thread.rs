//! Threads of programs with std: each has a stack of its own and is a task of the executor.
//!
//! They are cooperative. A thread runs until it waits in [`block_on`], or until [`yield_if_due`] finds that it
//! has run for a millisecond. Both are called by the C library ([`libc`](crate::libc)) only, and never while a
//! `RefCell` is borrowed. There is one core, and interrupt handlers wake no task: between two calls into the C
//! library nothing else runs.

mod local;
mod name;
mod stack;

pub(crate) use self::stack::count as stack_count;
pub use self::stack::{Stacks, slots};

use crate::{
    arch::{
        context::{StackPointer, switch},
        thread_pointer,
    },
    executor,
    freestanding::one_core::OneCore,
    platform,
    time::{Duration, Instant},
};
use alloc::{boxed::Box, collections::BTreeMap, rc::Rc, vec::Vec};
use core::{
    cell::{Cell, RefCell},
    ffi::c_void,
    pin::{Pin, pin},
    ptr,
    task::{Context, Poll, Waker},
};
use local::LocalStorage;
pub(crate) use name::Name;
use stack::Stack;

/// How long a thread runs before others have a turn.
const SLICE: Duration = Duration::from_millis(1);

/// The threads, and the context of the executor while one of them runs.
struct Threads {
    /// The thread that runs; null while the executor does.
    current: Cell<*const Thread>,
    executor: Cell<StackPointer>,
    /// The storage of code that runs in tasks. Set first of all.
    storage: Cell<Option<&'static LocalStorage>>,
    /// All threads by number, until they are joined or detached.
    all: RefCell<BTreeMap<usize, Rc<Thread>>>,
    last_id: Cell<usize>,
    /// Whether none of them runs any more.
    are_ended: Cell<bool>,
    /// What the C library keeps for code that runs in tasks.
    local: Local,
}

/// What the C library keeps for each thread.
pub(crate) struct Local {
    /// The number of the last error.
    pub(crate) errno: Cell<i32>,
    /// The values of keys, by key.
    pub(crate) specific: RefCell<Vec<*mut c_void>>,
    /// The destructors of thread-local variables, which are called in reverse order, with their arguments.
    pub(crate) destructors: RefCell<Vec<(Destructor, *mut c_void)>>,
}

/// A destructor of a thread-local variable or of a key.
pub(crate) type Destructor = unsafe extern "C" fn(*mut c_void);

impl Local {
    const fn new() -> Self {
        Self {
            errno: Cell::new(0),
            specific: RefCell::new(Vec::new()),
            destructors: RefCell::new(Vec::new()),
        }
    }
}

static THREADS: OneCore<Threads> = OneCore(Threads {
    current: Cell::new(ptr::null()),
    executor: Cell::new(StackPointer::NONE),
    storage: Cell::new(None),
    all: RefCell::new(BTreeMap::new()),
    last_id: Cell::new(0),
    are_ended: Cell::new(false),
    local: Local::new(),
});

/// The number of the main thread.
const MAIN: usize = 1;

/// A thread.
pub(crate) struct Thread {
    /// Its number, from 1.
    pub(crate) id: usize,
    pub(crate) name: Cell<Name>,
    /// What it returned.
    pub(crate) value: Cell<*mut c_void>,
    stack_pointer: Cell<StackPointer>,
    storage: LocalStorage,
    /// `None` once the thread has ended.
    stack: Cell<Option<Stack>>,
    waker: RefCell<Waker>,
    started: Cell<Option<Box<dyn FnOnce()>>>,
    /// When its turn began.
    since: Cell<Instant>,
    has_ended: Cell<bool>,
    /// What it calls before it continues.
    interruption: Cell<Option<fn()>>,
    /// The tasks that wait for its end.
    joining: RefCell<Option<Waker>>,
    local: Local,
}

/// Why a thread cannot be made.
#[derive(Debug)]
pub(crate) enum SpawnError {
    /// All declared stacks are in use.
    NoStack,
    /// Memory is exhausted.
    NoMemory,
}

/// Prepares for threads with these stacks, of which the first one is the main thread's. Called once, before any
/// code that has thread-local storage.
pub(crate) fn initialise(stacks: impl Iterator<Item = (*mut u8, usize)>) {
    platform::initialise_thread_pointer();
    stack::initialise(stacks);
    let storage = LocalStorage::new().expect("memory for thread-local storage");
    let storage: &'static LocalStorage = Box::leak(Box::new(storage));
    THREADS.0.storage.set(Some(storage));
    // SAFETY: this is the executor's code from here on.
    unsafe { thread_pointer::set(storage.pointer()) };
}

/// Starts a thread that calls `run`. The slot of its stack is that of the main thread if `is_main`.
pub(crate) fn spawn(is_main: bool, run: impl FnOnce() + 'static) -> Result<Rc<Thread>, SpawnError> {
    let stack = Stack::take(is_main).ok_or(SpawnError::NoStack)?;
    let storage = LocalStorage::new().ok_or(SpawnError::NoMemory)?;
    // SAFETY: the top of a stack that is in use by nobody else.
    let stack_pointer = unsafe { StackPointer::new(stack.top(), begin) };
    let threads = &THREADS.0;
    let id = threads.last_id.get() + 1;
    threads.last_id.set(id);
    let thread = Rc::new(Thread {
        id,
        name: Cell::new(if is_main { Name::MAIN } else { Name::NONE }),
        value: Cell::new(ptr::null_mut()),
        stack_pointer: Cell::new(stack_pointer),
        storage,
        stack: Cell::new(Some(stack)),
        waker: RefCell::new(Waker::noop().clone()),
        started: Cell::new(Some(Box::new(run))),
        since: Cell::new(platform::now()),
        has_ended: Cell::new(false),
        interruption: Cell::new(None),
        joining: RefCell::new(None),
        local: Local::new(),
    });
    let task = executor::try_spawn(Run(thread.clone())).map_err(|_| SpawnError::NoMemory)?;
    drop(task);
    threads.all.borrow_mut().insert(id, thread.clone());
    Ok(thread)
}

/// Returns the thread with this number, unless it was joined or detached. The current thread always knows itself.
pub(crate) fn find(id: usize) -> Option<Rc<Thread>> {
    let current = THREADS.0.current.get();
    if !current.is_null() && id == current_id() {
        // SAFETY: it is from an `Rc`, of which the thread's task has one while the thread runs.
        return Some(unsafe {
            Rc::increment_strong_count(current);
            Rc::from_raw(current)
        });
    }
    THREADS.0.all.borrow().get(&id).cloned()
}

/// Forgets a thread, which continues to run if it has not ended.
pub(crate) fn forget(id: usize) {
    let thread = THREADS.0.all.borrow_mut().remove(&id);
    // Not while the map is borrowed.
    drop(thread);
}

/// The task of a thread: each poll is a turn of it.
struct Run(Rc<Thread>);

impl Future for Run {
    type Output = ();

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        if THREADS.0.are_ended.get() {
            return Poll::Pending;
        }
        let thread = &self.0;
        thread.waker.borrow_mut().clone_from(context.waker());
        thread.since.set(platform::now());
        let threads = &THREADS.0;
        threads.current.set(Rc::as_ptr(thread));
        let to = thread.stack_pointer.get();
        // SAFETY: the thread pointer is the thread's while it runs, and then the executor's again. The thread has not
        // begun, or waits in `suspend`, and its stack lives as long as it.
        unsafe {
            thread_pointer::set(thread.storage.pointer());
            switch(threads.executor.as_ptr(), to);
            thread_pointer::set(executor_pointer());
        }
        threads.current.set(ptr::null());
        if !thread.has_ended.get() {
            return Poll::Pending;
        }
        thread.stack.take();
        let joining = thread.joining.take();
        if let Some(joining) = joining {
            joining.wake();
        }
        Poll::Ready(())
    }
}

fn executor_pointer() -> usize {
    let storage = THREADS.0.storage.get();
    storage.map_or(0, LocalStorage::pointer)
}

/// Calls `f` with the current thread; `None` in a task.
pub(crate) fn with_current<R>(f: impl FnOnce(Option<&Thread>) -> R) -> R {
    let current = THREADS.0.current.get();
    // SAFETY: it is set while the thread runs, and its task owns it for so long.
    f(unsafe { current.as_ref() })
}

/// Returns the current thread's number; 0 in a task.
pub(crate) fn current_id() -> usize {
    with_current(|thread| thread.map_or(0, |thread| thread.id))
}

/// Calls `f` with what the C library keeps for the current thread.
pub(crate) fn with_local<R>(f: impl FnOnce(&Local) -> R) -> R {
    with_current(|thread| f(thread.map_or(&THREADS.0.local, |thread| &thread.local)))
}

/// The first function of a thread.
extern "C" fn begin() -> ! {
    let run = with_current(|thread| thread.and_then(|thread| thread.started.take()));
    if let Some(run) = run {
        run();
    }
    end()
}

/// Ends the current thread.
pub(crate) fn end() -> ! {
    with_current(|thread| {
        if let Some(thread) = thread {
            thread.has_ended.set(true);
        }
    });
    loop {
        suspend();
    }
}

/// Has the main thread call `interruption` where it waits, or when its turn ends.
pub(crate) fn interrupt_main(interruption: fn()) {
    if let Some(main) = find(MAIN) {
        main.interruption.set(Some(interruption));
        main.waker.borrow().wake_by_ref();
    }
}

/// Ends all threads.
pub(crate) fn end_all() -> ! {
    THREADS.0.are_ended.set(true);
    loop {
        suspend();
    }
}

/// Lets the executor run until the current thread's task is polled again.
fn suspend() {
    let current = THREADS.0.current.get();
    assert!(
        !current.is_null(),
        "a task of the executor must not block: block in a thread"
    );
    // SAFETY: the thread is the one that runs, and the executor waits in `Run::poll`.
    unsafe { switch((*current).stack_pointer.as_ptr(), THREADS.0.executor.get()) };
    if let Some(interruption) =
        with_current(|thread| thread.and_then(|thread| thread.interruption.take()))
    {
        interruption();
    }
}

/// Runs a future to completion on the current thread. Other threads and tasks run while it waits.
///
/// # Panics
/// Panics in a task that has to wait.
pub(crate) fn block_on<F: Future>(future: F) -> F::Output {
    let mut future = pin!(future);
    loop {
        let waker = waker();
        if let Poll::Ready(output) = future.as_mut().poll(&mut Context::from_waker(&waker)) {
            return output;
        }
        drop(waker);
        suspend();
    }
}

/// Returns the waker of the current thread; in a task, one that does nothing.
pub(crate) fn waker() -> Waker {
    with_current(|thread| match thread {
        Some(thread) => thread.waker.borrow().clone(),
        None => Waker::noop().clone(),
    })
}

/// Gives the others a turn.
pub(crate) fn yield_now() {
    if current_id() != 0 {
        waker().wake();
        suspend();
    }
}

/// Gives the others a turn if the current thread's time slice is over. `now` is the current time.
pub(crate) fn yield_if_due_at(now: Instant) {
    let is_due = |thread: Option<&Thread>| {
        thread.is_some_and(|thread| now.saturating_duration_since(thread.since.get()) >= SLICE)
    };
    if with_current(is_due) {
        yield_now();
    }
}

/// Gives the others a turn if the current thread's time slice is over.
pub(crate) fn yield_if_due() {
    yield_if_due_at(platform::now());
}

/// Returns the current thread's number and name if `address` is in the guard page of its stack.
pub(crate) fn overflowed(address: u64) -> Option<(usize, Name)> {
    with_current(|thread| {
        let thread = thread?;
        let (start, _) = thread.stack()?;
        let guard = (start - stack::PAGE) as u64..start as u64;
        guard
            .contains(&address)
            .then(|| (thread.id, thread.name.get()))
    })
}

impl Thread {
    /// Returns the lowest address and the size of its stack; `None` once it has ended.
    pub(crate) fn stack(&self) -> Option<(usize, usize)> {
        let stack = self.stack.take();
        let range = stack.as_ref().map(Stack::range);
        self.stack.set(stack);
        range
    }

    /// Waits until the thread has ended.
    pub(crate) async fn join(&self) {
        core::future::poll_fn(|context| {
            if self.has_ended.get() {
                return Poll::Ready(());
            }
            *self.joining.borrow_mut() = Some(context.waker().clone());
            Poll::Pending
        })
        .await;
    }
}
