//! Two devices that print that they stop, and a `main` that waits until a client connects.
#![no_std]
#![cfg_attr(not(test), no_main)]

use core::fmt::Write;
use mirage_rt::{console::Console, device::Device, net::TcpListener, unikernel, yield_now};

#[unikernel(
    net = "auto",
    ip = "10.0.0.2",
    tcp(greeter = 7000),
    first = Speaker("first").on(console),
    second = Speaker("second").on(first),
)]
async fn main(greeter: TcpListener, second: Console) -> Result<(), &'static str> {
    let mut console = second;
    // The host is listened to once all that is ready has run.
    yield_now().await;
    let _ = writeln!(console, "it waits");
    let _ = greeter.accept().await;
    Err("a client connected")
}

/// The configuration of a device that provides a console.
struct Speaker(&'static str);

impl Speaker {
    fn wire(self, console: Console) -> Speaking {
        Speaking(self.0, console)
    }
}

struct Speaking(&'static str, Console);

impl Device for Speaking {
    type Output = Console;

    fn stop(&self) -> Option<impl Future<Output = ()> + 'static> {
        let (name, mut console) = (self.0, self.1);
        Some(async move {
            let _ = writeln!(console, "{name} stops");
            yield_now().await;
            let _ = writeln!(console, "{name} has stopped");
        })
    }

    fn provide(self) -> Console {
        self.1
    }
}
