//! A device whose stop never ends and lets nothing else run.
#![no_std]
#![cfg_attr(not(test), no_main)]

use core::{fmt::Write, future::pending, hint::spin_loop};
use mirage_rt::{console::Console, device::Device, unikernel, yield_now};

#[unikernel(stuck = Stuck.on(console))]
async fn main(mut stuck: Console) -> ! {
    // The host is listened to once all that is ready has run.
    yield_now().await;
    let _ = writeln!(stuck, "it waits");
    loop {
        pending::<()>().await;
    }
}

/// The configuration.
struct Stuck;

impl Stuck {
    fn wire(self, console: Console) -> Spinning {
        Spinning(console)
    }
}

struct Spinning(Console);

impl Device for Spinning {
    type Output = Console;

    fn stop(&self) -> Option<impl Future<Output = ()> + 'static> {
        let mut console = self.0;
        Some(async move {
            let _ = writeln!(console, "it never ends");
            loop {
                spin_loop();
            }
        })
    }

    fn provide(self) -> Console {
        self.0
    }
}
