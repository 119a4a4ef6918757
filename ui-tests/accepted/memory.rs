#![no_std]
#![cfg_attr(not(test), no_main)]

use mirage_rt::{
    device::{Config, Device},
    net::TcpListener,
    unikernel,
};

const MEMORY: &str = "64MiB";

#[unikernel(
    net = "auto",
    ip = "10.0.0.2",
    tcp(http(port = 28120, connections = 500)),
    text = Text("a configuration without `Config`").on(),
    letters = Letters::<4096> { upper: true }.on(text),
    spaces = SPACES.on(),
    memory = MEMORY,
    stack = match target { unix => "32KiB", _ => STACK },
    heap = "1MiB",
)]
async fn main(http: TcpListener, letters: usize, spaces: usize) {
    assert_eq!((http.port(), letters, spaces), (28120, 33, 7));
}

const STACK: &str = "512KiB";

/// Not `Copy`, which is not required.
static SPACES: Spaces = Spaces(7);

struct Text(&'static str);

impl Text {
    fn wire(self) -> Made {
        Made(self.0.len())
    }
}

struct Letters<const MAX: usize> {
    upper: bool,
    lower: bool,
}

impl<const MAX: usize> Config for Letters<MAX> {
    const DEFAULT: Self = Self { upper: false, lower: false };
    const MEMORY: usize = MAX;
}

impl<const MAX: usize> Letters<MAX> {
    fn wire(self, text: usize) -> Made {
        Made(text + usize::from(self.upper) + usize::from(self.lower))
    }
}

struct Spaces(usize);

impl Spaces {
    fn wire(&self) -> Made {
        Made(self.0)
    }
}

struct Made(usize);

impl Device for Made {
    type Output = usize;
    fn provide(self) -> usize {
        self.0
    }
}
