#![no_std]
#![cfg_attr(not(test), no_main)]

use beacon::{Beacon, BeaconConfig};
use core::fmt::Write;
use mirage_rt::{
    console::Console,
    time::{Clock, Duration},
    unikernel,
};

#[unikernel(
    second = BeaconConfig { name: "second" }.on(clock, first),
    first = BeaconConfig { name: "first", period: Duration::from_millis(400) }.on(clock, console),
)]
async fn main(mut second: Beacon<Clock, Beacon<Clock, Console>>, clock: Clock) {
    clock.sleep(Duration::from_secs(1)).await;
    let _ = writeln!(second, "main returns");
}
