//! A program with std whose `main` receives nodes of every kind.

use mirage_rt::{
    Args,
    console::Console,
    device::Device,
    random::{Random, Rng},
    time::{Clock, Duration},
    unikernel,
};
use std::{
    fmt::Write as _,
    io::{self, Read, Write},
    net::{TcpListener, UdpSocket},
    thread,
};

#[derive(Args)]
struct Arguments {
    /// What is sent to each client
    #[arg(default = "hello")]
    greeting: String,
}

#[unikernel(
    net = "auto",
    ip = "10.0.0.2",
    tcp(http = 80),
    udp(echo = 7),
    args = Arguments,
    ticks = Counter { period: Duration::from_millis(1) }.on(clock),
)]
fn main(
    http: TcpListener,
    args: Arguments,
    mut console: Console,
    clock: Clock,
    mut random: Random,
    echo: UdpSocket,
    ticks: Ticks,
) -> io::Result<()> {
    let _ = writeln!(console, "the greeting is `{}`", args.greeting);
    let begin = clock.now();
    // The device counts on a thread of its own.
    ticks.wait_for(3);
    println!("{:?} have passed", clock.now() - begin);
    assert_ne!(random.next_u64(), random.next_u64());
    thread::spawn(move || {
        let mut buffer = [0; 1500];
        while let Ok((length, peer)) = echo.recv_from(&mut buffer) {
            let _ = echo.send_to(&buffer[..length], peer);
        }
    });
    println!("it waits");
    serve(&http, &args)
}

/// Greets a client, which ends it.
fn serve(http: &TcpListener, args: &Arguments) -> io::Result<()> {
    let (mut stream, _) = http.accept()?;
    stream.write_all(args.greeting.as_bytes())?;
    // Until the client has read it.
    stream.read(&mut [0]).map(drop)
}

use counter::{Counter, Ticks};

mod counter {
    use super::{Clock, Device, Duration, thread};
    use mirage_rt::device::Config;
    use std::sync::{
        Arc,
        atomic::{AtomicU32, Ordering::Relaxed},
    };

    /// The configuration of a device that counts periods.
    pub struct Counter {
        pub period: Duration,
    }

    impl Config for Counter {
        const DEFAULT: Self = Self {
            period: Duration::from_secs(1),
        };
    }

    impl Counter {
        pub fn wire(self, clock: Clock) -> Counting {
            Counting {
                period: self.period,
                clock,
                ticks: Ticks::default(),
            }
        }
    }

    pub struct Counting {
        period: Duration,
        clock: Clock,
        ticks: Ticks,
    }

    impl Device for Counting {
        type Output = Ticks;

        fn run(&self) -> Option<impl Future<Output = ()> + 'static> {
            let (period, clock, ticks) = (self.period, self.clock, self.ticks.clone());
            Some(async move {
                loop {
                    clock.sleep(period).await;
                    ticks.0.fetch_add(1, Relaxed);
                }
            })
        }

        fn provide(self) -> Ticks {
            self.ticks
        }
    }

    /// The number of periods so far.
    #[derive(Clone, Default)]
    pub struct Ticks(Arc<AtomicU32>);

    impl Ticks {
        #[cfg(test)]
        pub fn at(count: u32) -> Self {
            Self(Arc::new(count.into()))
        }

        pub fn wait_for(&self, count: u32) {
            while self.0.load(Relaxed) < count {
                thread::yield_now();
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::TcpStream;

    /// A test calls `main` by its name, with parameters of its own.
    #[test]
    fn a_client_is_greeted() {
        let http = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = http.local_addr().unwrap();
        let echo = UdpSocket::bind("127.0.0.1:0").unwrap();
        let client = thread::spawn(move || {
            let mut greeting = [0; 5];
            let mut stream = TcpStream::connect(address).unwrap();
            stream.read_exact(&mut greeting).unwrap();
            greeting
        });
        let args = Arguments {
            greeting: "hello".into(),
        };
        let random = Random::from_seed([7; 32]);
        main(http, args, Console, Clock, random, echo, Ticks::at(3)).unwrap();
        assert_eq!(&client.join().unwrap(), b"hello");
    }
}
