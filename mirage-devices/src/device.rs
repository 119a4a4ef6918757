//! What every device is to the graph: something that starts, runs, stops and may be shared.

use crate::{
    block::BlockError,
    net::{self, BindError, link::LinkLost},
};
use alloc::{borrow::Cow, boxed::Box};
use core::{
    error::Error,
    fmt,
    future::{Ready, ready},
    time::Duration,
};

/// How long a device may take to [`stop`](Device::stop).
pub const STOP_LIMIT: Duration = Duration::from_secs(5);

/// A device: a node of the graph.
///
/// What a device is built on is best demanded by `wire`, and by the implementation of this trait
/// only as far as its work needs it: what is demanded once is reported once. Its configuration makes it, in a method `wire` that takes what the device is built on. Then it is
/// started, its background work begins, and it is turned into what its users receive. A device of
/// a user's own is wired as those of this crate are:
///
/// ```
/// use mirage_devices::device::{Config, Device};
/// use mirage_devices::time::{Instant, Monotonic};
///
/// /// What can be said of a stopwatch.
/// pub struct StopwatchConfig {
///     /// Where it begins, in nanoseconds.
///     pub offset: u64,
/// }
///
/// impl Config for StopwatchConfig {
///     const DEFAULT: Self = Self { offset: 0 };
/// }
///
/// /// Tells how long ago the unikernel started.
/// pub struct Stopwatch<C> {
///     clock: C,
///     started: Instant,
///     offset: u64,
/// }
///
/// impl StopwatchConfig {
///     /// The stopwatch on this clock.
///     pub fn wire<C: Monotonic>(self, clock: C) -> Stopwatch<C> {
///         Stopwatch { started: clock.now(), clock, offset: self.offset }
///     }
/// }
///
/// impl<C> Device for Stopwatch<C> {
///     type Output = Self;
///     fn provide(self) -> Self {
///         self
///     }
/// }
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a device",
    label = "expected the configuration of a device",
    note = "a configuration has a method `wire` that returns a type that implements `mirage_rt::device::Device`"
)]
pub trait Device {
    /// What the device's users receive.
    type Output;

    /// Starts the device. The devices it is built on have been started before.
    ///
    /// # Errors
    /// The cause, in words for the person who boots the image; the boot stops and names the node.
    fn start(&mut self) -> impl Future<Output = Result<(), StartError>> {
        ready(Ok(()))
    }

    /// The device's background work, if it has any; the executor runs it beside `main` until the
    /// machine ends. Asked for once, after the start.
    fn run(&self) -> Option<impl Future<Output = ()> + 'static> {
        None::<Ready<()>>
    }

    /// The device's orderly end, if it needs one: what it still has to write, or to say to a peer.
    /// Asked for once, after the start and before [`provide`](Self::provide).
    ///
    /// It runs when `main` has returned, when the host asks for shutdown, and when a later device
    /// did not start. By then `main` is gone. Devices stop one after another, in reverse order of
    /// their start, while all background work goes on: what a device is built on still works. One
    /// that takes longer than [`STOP_LIMIT`] is left, with a warning.
    ///
    /// ```
    /// use mirage_devices::device::Device;
    /// use std::{cell::Cell, rc::Rc};
    ///
    /// /// Counts in memory, and says the sum at the end.
    /// struct Counter(Rc<Cell<u64>>);
    ///
    /// impl Device for Counter {
    ///     type Output = Rc<Cell<u64>>;
    ///     fn stop(&self) -> Option<impl Future<Output = ()> + 'static> {
    ///         let count = self.0.clone();
    ///         Some(async move { println!("counted to {}", count.get()) })
    ///     }
    ///     fn provide(self) -> Self::Output {
    ///         self.0
    ///     }
    /// }
    /// ```
    fn stop(&self) -> Option<impl Future<Output = ()> + 'static> {
        None::<Ready<()>>
    }

    /// The device, ready for use. Called once, after it was started.
    fn provide(self) -> Self::Output;
}

/// A configuration of which the attribute may leave fields out.
///
/// ```
/// use mirage_devices::device::Config;
///
/// /// A log of so many bytes, which are kept in memory.
/// struct LogConfig<const BYTES: usize> {
///     verbose: bool,
/// }
///
/// impl<const BYTES: usize> Config for LogConfig<BYTES> {
///     const DEFAULT: Self = Self { verbose: false };
///     const MEMORY: usize = BYTES;
/// }
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` has no defaults",
    label = "omitted fields take their values from `Config::DEFAULT`",
    note = "implement `mirage_rt::device::Config` to allow omitted fields, or write all fields and put the configuration in parentheses"
)]
pub trait Config {
    /// What the fields are that are left out.
    const DEFAULT: Self;

    /// The memory that a device of this configuration takes at most, in bytes. It is part of what the
    /// unikernel needs: an image with less memory than that is not built.
    const MEMORY: usize = 0;
}

/// A device that several nodes, or a node and `main`, may use at once.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be shared",
    label = "this device has several users but can have only one",
    note = "a device that can be shared implements `mirage_rt::device::Share`"
)]
pub trait Share: Clone {}

/// Why a device did not start: a message for the person who boots the image, and the error behind it.
///
/// The message of the boot has both:
///
/// ```
/// use core::error::Error;
/// use mirage_devices::{block::BlockError, device::StartError};
///
/// let error = StartError::with_source("the index cannot be read", BlockError::Lost);
/// assert_eq!(error.to_string(), "the index cannot be read");
/// assert_eq!(error.source().unwrap().to_string(), "the disk is gone");
/// ```
///
/// An error of a disk or of the network is converted by `?`.
#[derive(Debug)]
pub struct StartError {
    message: Cow<'static, str>,
    source: Option<Box<dyn Error + Send + Sync>>,
}

impl StartError {
    /// An error with this message alone, for example `no virtio network device was found`.
    pub fn new(message: impl Into<Cow<'static, str>>) -> Self {
        Self {
            message: message.into(),
            source: None,
        }
    }

    /// An error with this message, which `source` has caused.
    pub fn with_source(
        message: impl Into<Cow<'static, str>>,
        source: impl Into<Box<dyn Error + Send + Sync>>,
    ) -> Self {
        Self {
            message: message.into(),
            source: Some(source.into()),
        }
    }
}

impl fmt::Display for StartError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl Error for StartError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match &self.source {
            Some(source) => Some(&**source),
            None => None,
        }
    }
}

impl From<BlockError> for StartError {
    fn from(error: BlockError) -> Self {
        Self::with_source("a block device failed", error)
    }
}

impl From<net::Error> for StartError {
    fn from(error: net::Error) -> Self {
        Self::with_source("the network failed", error)
    }
}

impl From<BindError> for StartError {
    fn from(error: BindError) -> Self {
        Self::with_source("a port was not bound", error)
    }
}

impl From<LinkLost> for StartError {
    fn from(error: LinkLost) -> Self {
        Self::with_source("the network failed", error)
    }
}
