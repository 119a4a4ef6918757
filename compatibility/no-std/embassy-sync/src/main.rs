//! Two tasks with a channel and a signal of `embassy-sync`.
#![no_std]
#![no_main]

use embassy_sync::{
    blocking_mutex::raw::CriticalSectionRawMutex, channel::Channel, signal::Signal,
};

static NUMBERS: Channel<CriticalSectionRawMutex, u32, 2> = Channel::new();
static SUM: Signal<CriticalSectionRawMutex, u32> = Signal::new();

#[mirage_rt::unikernel]
async fn main() {
    mirage_rt::spawn(async {
        let mut sum = 0;
        for _ in 0..10 {
            sum += NUMBERS.receive().await;
        }
        SUM.signal(sum);
    });
    for number in 1..=10 {
        NUMBERS.send(number).await;
    }
    assert_eq!(SUM.wait().await, 55);
}
