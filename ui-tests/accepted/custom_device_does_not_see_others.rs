#![no_std]
#![cfg_attr(not(test), no_main)]

use mirage_rt::{device::Device, time::Clock, unikernel};

// `clock` in the user's expression is this function, not the node.
fn clock() -> u8 {
    7
}

struct Speed(u8);

impl Speed {
    fn wire(self, _clock: Clock) -> Self {
        self
    }
}

impl Device for Speed {
    type Output = u8;
    fn provide(self) -> u8 {
        self.0
    }
}

#[unikernel(clock_speed = Speed(clock()).on(clock))]
async fn main() {}
