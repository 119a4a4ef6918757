//! `mirage_rt::time`.

use mirage_rt::{
    net,
    time::{
        Clock, Duration, Instant, Interval, MissedTickBehavior, Monotonic, Sleep, TimedOut,
        UnixTime, interval, interval_at, sleep, sleep_until, timeout,
    },
};

const MOMENT: Duration = Duration::from_millis(1);

pub async fn exercise(clock: Clock) {
    let start = clock.now();
    sleep(MOMENT).await;
    sleep_until(start + 2 * MOMENT).await;
    clock.sleep(MOMENT).await;
    clock.sleep_until(start + 4 * MOMENT).await;
    wait(&clock).await;
    assert!(clock.now().saturating_duration_since(start) >= 4 * MOMENT);
    assert_eq!(Instant::from_nanos(0), Instant::BOOT);
    assert!(start.as_nanos() < clock.now().as_nanos());

    let date = clock.wall().unwrap_or(UnixTime::from_duration(MOMENT));
    assert!(date.as_duration() >= MOMENT);

    let mut reset: Sleep = sleep(Duration::MAX);
    assert!(!reset.is_elapsed());
    reset.reset(start);
    assert_eq!(reset.deadline(), start);
    reset.await;

    let late = timeout(MOMENT, core::future::pending::<()>()).await;
    assert_eq!(late, Err(TimedOut));
    assert_eq!(late.map_err(net::Error::from), Err(net::Error::TimedOut));

    let mut ticks = interval_at(start, MOMENT);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Skip);
    assert_eq!(ticks.tick().await, start);
    ticks.reset();
    assert_eq!(ticks.period(), MOMENT);
    let burst: Interval = interval(MOMENT);
    assert_eq!(burst.missed_tick_behavior(), MissedTickBehavior::Burst);
    assert_ne!(ticks.missed_tick_behavior(), MissedTickBehavior::Delay);
}

/// Waits a moment on any clock.
async fn wait(clock: &impl Monotonic) {
    Monotonic::sleep_until(clock, Monotonic::now(clock) + MOMENT).await;
}
