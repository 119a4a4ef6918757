//! Tests of unikernels: hosts with network stacks of their own on links in memory, in virtual time.
//!
//! An ordinary `#[test]` calls [`run`]. In it are the types that `main` and devices know: a
//! [`Network`](crate::net::Network) is one, its [`TcpListener`](crate::net::TcpListener)s and
//! [`UdpSocket`](crate::net::UdpSocket)s, [`Clock`](crate::time::Clock), [`Random`],
//! [`spawn`](crate::spawn). So what a unikernel does can be tested without a machine.
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
//! Each `run` has a thread, an executor and a time of its own. [`Clock`](crate::time::Clock) begins
//! at zero, on the first day of 2026, and moves only when no task is ready: then it jumps to the
//! next deadline, so that waiting takes no time. When there is no deadline either, the test has
//! failed, and says so. Everything random comes from one seed, which [`run_with_seed`] sets: a test that fails fails
//! again.
//!
//! [`World::boot`] boots a unikernel, which can be stopped, cut off and booted again, with what a
//! [`Storage`] has kept.
//!
//! What the unikernel prints and logs is shown when a test fails. The module exists on `unix`, where
//! tests run, and not in images.

mod host;
mod link;
mod seed;
mod storage;
mod unikernel;

pub use self::{host::Host, link::Link, storage::Storage, unikernel::Unikernel};
pub(super) use self::{link::End, seed::fill as fill_entropy};
use crate::{
    device::Device,
    executor,
    graph::{self, Failure, StartContext},
    logger,
    random::Random,
};
use alloc::rc::Rc;
use std::{panic::resume_unwind, thread};

/// Runs `test` in a world of its own, until it completes and the devices that it has started have
/// stopped; what it has spawned never runs again then.
///
/// # Panics
/// If `test` or a task that it has spawned panics, or waits for what never comes.
pub fn run<T: Send + 'static>(test: impl AsyncFnOnce(World) -> T + Send + 'static) -> T {
    run_with_seed(seed::DEFAULT_SEED, test)
}

/// Runs `test` as [`run`] does, in a world where all that is random comes from `seed`.
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
/// If `test` or a task that it has spawned panics, or waits for what never comes.
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

/// What there is in a test: a link, further ones, and the hosts on them.
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

    /// The same link and generator, for another machine.
    fn with_context(&self, context: Rc<StartContext>) -> Self {
        Self {
            context,
            link: self.link.clone(),
            random: self.random.clone(),
        }
    }

    /// A new host on the link, with an address such as `10.0.0.2/24`; without a prefix length it
    /// is 24.
    ///
    /// # Panics
    /// If `address` is not one that a host can have, or there are 255 hosts already.
    #[track_caller]
    pub fn host(&self, address: &str) -> Host {
        self.link.host(address)
    }

    /// Starts a device that its configuration's `wire` has made, as a unikernel does, and gives what
    /// its users receive. It is stopped when the test has ended well.
    ///
    /// # Errors
    /// It did not start.
    pub async fn start<D: Device>(&self, device: D) -> Result<D::Output, Failure> {
        graph::start(&self.context, core::any::type_name::<D>(), device).await
    }

    /// The link that [`host`](Self::host) puts hosts on.
    pub fn link(&self) -> &Link {
        &self.link
    }

    /// A further link, for a unikernel of several interfaces. Nothing goes from one to another.
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

    /// The random generator. What it draws is the same whenever the test runs.
    pub fn random(&self) -> Random {
        self.random.clone()
    }
}

#[cfg(test)]
mod tests;
