//! How a program with std ends.

use std::{
    hint::black_box,
    io,
    process::ExitCode,
    sync::{Arc, Barrier},
    thread,
    time::Duration,
};

/// Recurses until the stack ends.
#[inline(never)]
pub fn overflow(depth: u64) -> u64 {
    let frame = black_box([depth; 64]);
    if black_box(depth) == u64::MAX {
        return depth;
    }
    black_box(overflow(depth + 1)) + frame[63]
}

pub fn overflow_in_a_thread() {
    let deep = thread::Builder::new().name("deep".into());
    let deep = deep.spawn(|| overflow(0)).expect("a thread");
    println!("{:?}", deep.join());
}

pub fn outer() {
    inner(black_box(3));
}

#[inline(never)]
fn inner(number: u32) {
    panic!("number {number} is unlucky");
}

pub fn panic_in_a_thread() {
    let worker = thread::Builder::new().name("worker".into());
    let worker = worker.spawn(outer).expect("a thread");
    let _ = worker.join();
    println!("it has survived");
}

/// Says that it is dropped.
struct Dropped(&'static str);

impl Drop for Dropped {
    fn drop(&mut self) {
        println!("{} is dropped", self.0);
    }
}

thread_local! {
    static FIRST: Dropped = const { Dropped("the first") };
    static SECOND: Dropped = const { Dropped("the second") };
}

/// Returns a status while variables of the main thread have destructors.
pub fn code() -> ExitCode {
    FIRST.with(|_| ());
    SECOND.with(|_| ());
    ExitCode::from(9)
}

/// Exits in a thread, while the main thread waits.
pub fn exit_in_a_thread() {
    FIRST.with(|_| ());
    let exits = thread::spawn(|| {
        SECOND.with(|_| ());
        std::process::exit(7)
    });
    let _ = exits.join();
}

/// Starts threads until there are 1000, or they are refused.
pub fn many_threads() {
    let barrier = Arc::new(Barrier::new(13));
    let (mut threads, mut refused) = (Vec::new(), 0);
    for _ in 0..1000 {
        let barrier = barrier.clone();
        match thread::Builder::new().spawn(move || barrier.wait()) {
            Ok(thread) => threads.push(thread),
            Err(error) => {
                assert_eq!(error.kind(), io::ErrorKind::WouldBlock, "{error}");
                refused += 1;
            }
        }
    }
    println!("{} threads, {refused} refused", threads.len());
    barrier.wait();
    for thread in threads {
        thread.join().expect("it ends");
    }
    // Their stacks are free again.
    let later = thread::spawn(|| thread::sleep(Duration::from_millis(1)));
    println!("one more: {:?}", later.join().is_ok());
}
