#![no_std]
#![cfg_attr(not(test), no_main)]

use mirage_rt::{
    device::{Device, Monotonic},
    random::Random,
    time::Clock,
    unikernel,
};

#[unikernel(dice = DiceConfig.on(random, clock))]
//~                              ^^^^^^ E0277
//~                                      ^^^^^ E0308
async fn main(dice: Dice<Clock>) {
//~                 ^^^^ E0308
    drop(dice);
}

struct DiceConfig;

impl DiceConfig {
    fn wire<C: Monotonic>(self, clock: C, random: Random) -> Dice<C> {
        Dice(clock, random)
    }
}

struct Dice<C>(C, Random);

impl<C> Device for Dice<C> {
    type Output = Self;

    fn provide(self) -> Self {
        let Self(clock, random) = self;
        Dice(clock, random)
    }
}
