#![no_std]
#![cfg_attr(not(test), no_main)]

use mirage_rt::{
    device::{Device, Monotonic},
    unikernel,
};

struct TickerConfig;

struct Ticker<C>(C);

impl TickerConfig {
    fn wire<C>(self, clock: C) -> Ticker<C> {
        Ticker(clock)
    }
}

impl<C: Monotonic> Device for Ticker<C> {
    type Output = ();
    fn provide(self) {
        drop(self.0);
    }
}

#[unikernel(_ticker = TickerConfig.on(console))]
//~                   ^^^^^^^^^^^^ E0277
async fn main() {}
