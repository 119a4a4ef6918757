//! Crates that know nothing of the runtime: the three versions of `getrandom`, `critical-section`, and
//! `embassy-time` with the channels of `embassy-sync`.
#![no_std]
#![cfg_attr(not(test), no_main)]

use core::cell::Cell;
use critical_section::Mutex;
use embassy_sync::{blocking_mutex::raw::CriticalSectionRawMutex, channel::Channel};
use embassy_time::{Duration, Instant, TimeoutError, Timer, with_timeout};
use mirage_rt::{println, time::Clock, unikernel};

#[unikernel]
async fn main(clock: Clock) {
    draw();
    println!("random bytes were drawn");
    exclude();
    println!("a critical section was entered");
    wait(clock).await;
    println!("time has passed");
}

/// Draws 64 bytes from each version.
fn draw() {
    let mut bytes = [[0; 64]; 3];
    let [oldest, middle, newest] = &mut bytes;
    getrandom_02::getrandom(oldest).expect("entropy");
    getrandom_03::fill(middle).expect("entropy");
    getrandom::fill(newest).expect("entropy");
    // Each draw differs from all others.
    let mut words = [[0; 16]; 12];
    for (word, bytes) in words.iter_mut().zip(bytes.as_flattened().chunks(16)) {
        word.copy_from_slice(bytes);
    }
    for (index, word) in words.iter().enumerate() {
        assert!(
            !words[..index].contains(word) && *word != [0; 16],
            "{words:?}"
        );
    }
    // A part of a block, and nothing at all.
    let mut odd = [0; 45];
    getrandom_02::getrandom(&mut odd[..0]).expect("nothing");
    getrandom_02::getrandom(&mut odd[..44]).expect("entropy");
    assert!(odd[32..44] != [0; 12] && odd[44] == 0, "{odd:?}");
}

static COUNT: Mutex<Cell<u32>> = Mutex::new(Cell::new(0));

fn exclude() {
    let add = |count| {
        critical_section::with(|section| {
            let cell = COUNT.borrow(section);
            // A section can be entered within another one.
            critical_section::with(|_| cell.set(cell.get() + count));
            cell.get()
        })
    };
    assert_eq!((add(2), add(3)), (2, 5));
}

static TICKS: Channel<CriticalSectionRawMutex, u64, 1> = Channel::new();

async fn wait(clock: Clock) {
    let (before, start) = (clock.now(), Instant::now());
    mirage_rt::spawn(async {
        for index in 0..3 {
            Timer::after_millis(20).await;
            TICKS.send(index).await;
        }
    });
    for index in 0..3 {
        let tick = with_timeout(Duration::from_secs(60), TICKS.receive()).await;
        assert_eq!(tick, Ok(index));
    }
    let late = with_timeout(Duration::from_millis(20), TICKS.receive()).await;
    assert_eq!(late, Err(TimeoutError));
    assert!(start.elapsed() >= Duration::from_millis(80));
    let passed = clock.now() - before;
    assert!(passed.as_millis() >= 80, "{passed:?}");
    // Both clocks count from boot, `embassy-time`'s in microseconds.
    let (earlier, later) = (clock.now().as_nanos() / 1000, Instant::now().as_micros());
    assert!(earlier <= later, "{earlier} {later}");
}
