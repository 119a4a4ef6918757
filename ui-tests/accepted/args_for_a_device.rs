#![no_std]
#![cfg_attr(not(test), no_main)]

use mirage_rt::{Args, unikernel};

/// What it may be told.
#[derive(Args)]
struct Told {
    /// How often
    #[arg(default = "3")]
    count: u16,
}

struct UserConfig {}

impl UserConfig {
    fn wire(self, told: Told) -> User {
        User(told.count)
    }
}

impl mirage_rt::device::Config for UserConfig {
    const DEFAULT: Self = Self {};
}

struct User(u16);

impl mirage_rt::device::Device for User {
    type Output = u16;

    fn provide(self) -> u16 {
        self.0
    }
}

#[unikernel(args = Told, user = UserConfig {}.on(args))]
async fn main(user: u16) {
    assert_eq!(user, 3);
}
