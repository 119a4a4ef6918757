#![no_std]
#![cfg_attr(not(test), no_main)]

use mirage_rt::unikernel;

#[unikernel]
async fn main(clock: &dyn mirage_rt::device::Monotonic) {
//~                  ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ MIR069
    drop(clock.now());
}
