#![no_std]
#![cfg_attr(not(test), no_main)]

use mirage_rt::{
    device::{Config, Device},
    time::{Clock, Monotonic},
    unikernel,
};

struct CounterConfig {
    start: u64,
    step: u64,
}

impl Config for CounterConfig {
    const DEFAULT: Self = Self { start: 0, step: 1 };
}

impl CounterConfig {
    fn wire<C: Monotonic>(self, clock: C) -> Counter<C> {
        Counter {
            clock,
            next: self.start + self.step,
        }
    }
}

struct Counter<C> {
    clock: C,
    next: u64,
}

impl<C: Monotonic> Device for Counter<C> {
    type Output = Self;

    fn provide(self) -> Self {
        self
    }
}

macro_rules! counts {
    ($config:ident, $clock:ident) => {
        #[unikernel(counter = $config { start: 3 }.on($clock), other = $config {}.on($clock))]
        async fn main(counter: Counter<Clock>, other: Counter<Clock>) {
            let _ = (counter.clock.now(), counter.next, other.next);
        }
    };
}

counts!(CounterConfig, clock);
