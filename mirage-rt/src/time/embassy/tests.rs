//! The driver, in virtual time.

use super::*;
use crate::{
    test::run,
    time::{Clock, Duration, sleep},
};
use alloc::{sync::Arc, task::Wake};
use core::{
    future::poll_fn,
    sync::atomic::{AtomicUsize, Ordering::Relaxed},
    task::Poll,
};
use embassy_time_driver::{now, schedule_wake};
use proptest::prelude::*;

/// As `embassy_time::Timer`.
async fn wait_until(at: u64) {
    poll_fn(|context| {
        if now() >= at {
            return Poll::Ready(());
        }
        schedule_wake(at, context.waker());
        Poll::Pending
    })
    .await
}

/// Counts the wake-ups.
#[derive(Default)]
struct Count(AtomicUsize);

impl Wake for Count {
    fn wake(self: Arc<Self>) {
        self.0.fetch_add(1, Relaxed);
    }
}

impl Count {
    fn get(&self) -> usize {
        self.0.load(Relaxed)
    }
}

/// The number of timers that have not fired.
fn armed() -> usize {
    let now = platform::now();
    ARMED.with(|armed| {
        let armed = armed.borrow();
        let is_armed = |timer: &&Timer| timer.deadline > now;
        armed.timers.iter().filter(is_armed).count()
    })
}

#[test]
fn a_task_waits_as_long_as_it_asks_for() {
    run(async |_| {
        for seconds in [1, 3600] {
            let (before, at) = (Clock.now(), now() + seconds * TICK_HZ);
            wait_until(at).await;
            assert_eq!(Clock.now() - before, Duration::from_secs(seconds));
        }
    });
}

#[test]
fn a_waker_is_woken_at_the_earliest_of_its_times() {
    run(async |_| {
        let (count, second) = (Arc::new(Count::default()), TICK_HZ);
        let waker = Waker::from(count.clone());
        for at in [5 * second, 2 * second, 4 * second, 2 * second] {
            schedule_wake(at, &waker);
        }
        assert_eq!(armed(), 1);
        sleep(Duration::from_secs(1)).await;
        assert_eq!(count.get(), 0);
        sleep(Duration::from_secs(1)).await;
        assert_eq!((count.get(), armed()), (1, 0));
        sleep(Duration::from_secs(8)).await;
        assert_eq!(count.get(), 1);

        // After it has fired, it can be armed again.
        schedule_wake(11 * second, &waker);
        sleep(Duration::from_secs(2)).await;
        assert_eq!(count.get(), 2);
    });
}

#[test]
fn a_time_that_has_passed_wakes_at_once() {
    run(async |_| {
        sleep(Duration::from_secs(1)).await;
        let count = Arc::new(Count::default());
        schedule_wake(now(), &Waker::from(count.clone()));
        schedule_wake(0, &Waker::from(count.clone()));
        assert_eq!((count.get(), armed()), (2, 0));
    });
}

#[test]
fn timers_that_have_fired_take_no_memory_of_later_ones() {
    run(async |_| {
        // Each has an address of its own, as it is not dropped.
        let mut wakers = Vec::new();
        for round in 1..100 {
            for _ in 0..8 {
                let waker = Waker::from(Arc::new(Count::default()));
                schedule_wake(round * TICK_HZ, &waker);
                wakers.push(waker);
            }
            sleep(Duration::from_secs(1)).await;
        }
        let capacity = ARMED.with(|armed| armed.borrow().timers.capacity());
        assert!(capacity <= 32, "{capacity}");
    });
}

proptest! {
    #[test]
    fn an_instant_is_the_first_of_its_tick(at in (any::<u64>(), 0..64_u32).prop_map(|(at, bits)| at >> bits), frequency in 1..1_u64 << 32) {
        let instant = instant(at, frequency);
        if instant < Instant::from_nanos(u64::MAX) {
            prop_assert!(ticks(instant, frequency) >= at);
            let before = instant.as_nanos().checked_sub(1).map(Instant::from_nanos);
            prop_assert!(before.is_none_or(|before| ticks(before, frequency) < at));
        }
    }
}
