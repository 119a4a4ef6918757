#![no_std]
#![cfg_attr(not(test), no_main)]

use mirage_rt::{Args, unikernel};

/// The boot arguments.
#[derive(Args)]
struct Opts {
    /// How often
    #[arg(default = "3")]
    count: u16,
}

struct UserConfig {}

impl UserConfig {
    fn wire(self, opts: Opts) -> User {
        User(opts.count)
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

#[unikernel(args = Opts, user = UserConfig {}.on(args))]
async fn main(user: u16) {
    assert_eq!(user, 3);
}
