//! A ticker and a timeout of `embassy-time`.
#![no_std]
#![no_main]

use embassy_time::{Duration, Instant, Ticker, Timer, with_timeout};

#[mirage_rt::unikernel]
async fn main() {
    let start = Instant::now();
    let mut ticker = Ticker::every(Duration::from_millis(10));
    for _ in 0..5 {
        ticker.next().await;
    }
    let late = with_timeout(Duration::from_millis(50), Timer::after_secs(60)).await;
    assert!(late.is_err());
    let passed = start.elapsed();
    assert!(passed >= Duration::from_millis(100), "{passed}");
}
