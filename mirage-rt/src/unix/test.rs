//! Tests of unikernels on the host: hosts with network stacks of their own, in-memory links between
//! them, and virtual time.
//!
//! An ordinary `#[test]` calls [`run`]. The test uses the types that `main` and devices use:
//! [`Network`](crate::net::Network), [`TcpListener`](crate::net::TcpListener),
//! [`UdpSocket`](crate::net::UdpSocket), [`Clock`](crate::time::Clock), [`Random`] and
//! [`spawn`](crate::spawn).
//!
//! ```
//! use mirage_rt::{
//!     io::{Read, Write},
//!     net::TcpListener,
//!     time::{Clock, Duration},
//! };
//!
//! async fn greet(listener: TcpListener) {
//!     let (mut stream, _) = listener.accept().await.unwrap();
//!     Clock.sleep(Duration::from_secs(3600)).await;
//!     let _ = stream.write_all(b"hello").await;
//! }
//!
//! // #[test]
//! fn a_visitor_is_greeted() {
//!     mirage_rt::test::run(async |world| {
//!         let server = world.host("10.0.0.2/24");
//!         let client = world.host("10.0.0.1/24");
//!         mirage_rt::spawn(greet(server.listen(80)));
//!         let peer = ([10, 0, 0, 2], 80).into();
//!         let mut stream = client.network().connect(peer).await.unwrap();
//!         let mut greeting = [0; 5];
//!         stream.read_exact(&mut greeting).await.unwrap();
//!         assert_eq!(&greeting, b"hello");
//!     });
//! }
//! # a_visitor_is_greeted();
//! ```
//!
//! Each `run` has its own thread, executor and time. [`Clock`](crate::time::Clock) starts at zero, on
//! 1 January 2026. It moves only when no task is ready; then it jumps to the next deadline, so waiting
//! takes no time. If there is no deadline either, the test fails with a message. All random numbers
//! come from one seed, which [`run_with_seed`] sets, so every run of a test is the same.
//!
//! [`World::boot`] boots a unikernel. The test can stop it, cut its power and reboot it. A
//! [`Storage`] outlives it.
//!
//! What the unikernel prints and logs is shown if the test fails. The module exists on `unix` only,
//! where tests run.

mod application;
mod host;
mod link;
mod seed;
mod storage;
mod unikernel;

pub use self::{
    application::Application, host::Host, link::Link, storage::Storage, unikernel::Unikernel,
};
pub(super) use self::{link::End, seed::fill as fill_entropy};
pub use crate::graph::{Failure, Outcome};
use crate::{
    device::Device,
    executor,
    graph::{self, StartContext},
    logger,
    random::Random,
};
use alloc::rc::Rc;
use std::{panic::resume_unwind, thread};

/// Runs `test` in a new world, and stops the devices that it started. Tasks that it spawned do not run
/// after that.
///
/// # Panics
/// Panics if `test` or a task that it spawned panics, or if all tasks wait and no deadline is pending.
pub fn run<T: Send + 'static>(test: impl AsyncFnOnce(World) -> T + Send + 'static) -> T {
    run_with_seed(seed::DEFAULT_SEED, test)
}

/// Runs `test` like [`run`], with `seed` for all random numbers.
///
/// If the test fails, the seed is printed.
///
/// ```
/// use mirage_rt::random::Rng;
///
/// let draw = |seed| mirage_rt::test::run_with_seed(seed, async |world| world.random().next_u64());
/// assert_eq!(draw(1), draw(1));
/// assert_ne!(draw(1), draw(2));
/// ```
///
/// # Panics
/// Panics if `test` or a task that it spawned panics, or if all tasks wait and no deadline is pending.
pub fn run_with_seed<T: Send + 'static>(
    seed: u64,
    test: impl AsyncFnOnce(World) -> T + Send + 'static,
) -> T {
    let body = move || {
        let random = seed::begin(seed);
        super::virtual_time::begin();
        logger::initialise(log::LevelFilter::Info);
        executor::current().run_until(async move {
            let context = Rc::<StartContext>::default();
            let result = test(World::new(random, context.clone())).await;
            context.stop().await;
            result
        })
    };
    let mut builder = thread::Builder::new();
    if let Some(name) = thread::current().name() {
        builder = builder.name(name.into());
    }
    let running = builder.spawn(body).expect("the host has another thread");
    match running.join() {
        Ok(result) => result,
        Err(cause) => {
            std::eprintln!("the seed of the test was {seed}");
            resume_unwind(cause)
        }
    }
}

/// The world of a test: a link and its hosts. It makes further links, and boots unikernels.
#[derive(Debug)]
pub struct World {
    link: Link,
    random: Random,
    context: Rc<StartContext>,
}

impl World {
    fn new(random: Random, context: Rc<StartContext>) -> Self {
        Self {
            context,
            link: Link::new(random.clone()),
            random,
        }
    }

    /// Returns a world with the same link and generator for another unikernel.
    fn with_context(&self, context: Rc<StartContext>) -> Self {
        Self {
            context,
            link: self.link.clone(),
            random: self.random.clone(),
        }
    }

    /// Adds a host to the link, with an address such as `10.0.0.2/24`. The default prefix length is 24.
    ///
    /// # Panics
    /// Panics if no host can have `address`, or if the link has 255 hosts.
    #[track_caller]
    pub fn host(&self, address: &str) -> Host {
        self.link.host(address)
    }

    /// Starts a device, which its configuration's `wire` returned, as a unikernel does. Returns what its
    /// users receive. The device is stopped at the end, unless the test panics.
    ///
    /// # Errors
    /// Returns [`Failure::NotStarted`] if the device does not start.
    pub async fn start<D: Device>(&self, device: D) -> Result<D::Output, Failure> {
        graph::start(&self.context, core::any::type_name::<D>(), device).await
    }

    /// Returns the link of the hosts that [`host`](Self::host) adds.
    pub fn link(&self) -> &Link {
        &self.link
    }

    /// Returns another link, for a unikernel with several interfaces. No frame gets from one link to
    /// another.
    ///
    /// ```
    /// use mirage_rt::graph::net::ServicePort;
    ///
    /// mirage_rt::test::run(async |world| {
    ///     let (wan, lan) = (world.host("10.0.0.2/24"), world.new_link().host("10.1.0.1/24"));
    ///     let networks = [wan.network(), lan.network()];
    ///     let dns = world.start(ServicePort::at(53).wire(networks)).await.unwrap();
    ///     assert_eq!(dns.udp.port(), 53);
    /// });
    /// ```
    pub fn new_link(&self) -> Link {
        Link::new(self.random.clone())
    }

    /// Returns the random generator. It draws the same numbers in every run of the test.
    pub fn random(&self) -> Random {
        self.random.clone()
    }
}

#[cfg(test)]
mod tests;
