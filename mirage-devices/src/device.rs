//! The traits of devices: starting, background work, stopping and sharing.

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

/// How long a device may take to [`stop`](Device::stop) before the next one is stopped.
pub const STOP_LIMIT: Duration = Duration::from_secs(5);

/// A device: a node of the graph.
///
/// The configuration of a device has a method `wire` that takes the nodes it is built on and returns
/// the device. The runtime then starts the device, spawns its background work, and turns it into what
/// its users receive. Custom devices are wired like the devices in this crate:
///
/// ```
/// use mirage_devices::device::{Config, Device};
/// use mirage_devices::time::{Instant, Monotonic};
///
/// /// The configuration of a stopwatch.
/// pub struct StopwatchConfig {
///     /// The initial reading, in nanoseconds.
///     pub offset: u64,
/// }
///
/// impl Config for StopwatchConfig {
///     const DEFAULT: Self = Self { offset: 0 };
/// }
///
/// /// Measures the time since the unikernel started.
/// pub struct Stopwatch<C> {
///     clock: C,
///     started: Instant,
///     offset: u64,
/// }
///
/// impl StopwatchConfig {
///     /// Creates the stopwatch on a clock.
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
///
/// Put a bound on a dependency in one place only, in `wire` if possible: rustc reports an error for
/// each place that has it.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a device",
    label = "expected the configuration of a device",
    note = "a configuration has a method `wire` that returns a type that implements `mirage_rt::device::Device`"
)]
pub trait Device {
    /// What the device's users receive.
    type Output;

    /// Starts the device. The devices that it is built on have already started.
    ///
    /// # Errors
    /// Returns the cause, for the person who boots the image. The boot then fails with a message that
    /// names the node.
    fn start(&mut self) -> impl Future<Output = Result<(), StartError>> {
        ready(Ok(()))
    }

    /// Returns the device's background work, if it has any. The executor runs it alongside `main`
    /// until the machine ends. Called once, after the start.
    fn run(&self) -> Option<impl Future<Output = ()> + 'static> {
        None::<Ready<()>>
    }

    /// Returns a future that shuts the device down, if it needs to write data or notify a peer.
    /// Called once, after the start and before [`provide`](Self::provide).
    ///
    /// The future runs when `main` has returned, when the host requests shutdown, or when a later
    /// device fails to start. At that point `main` no longer exists. Devices stop one at a time, in
    /// reverse order of start. Background work continues meanwhile, so what a device is built on still
    /// works. A device that takes longer than [`STOP_LIMIT`] is abandoned with a warning.
    ///
    /// ```
    /// use mirage_devices::device::Device;
    /// use std::{cell::Cell, rc::Rc};
    ///
    /// /// Counts in memory and prints the sum at the end.
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

    /// Turns the device into what its users receive. Called once, after the start.
    fn provide(self) -> Self::Output;
}

/// A configuration with defaults: the attribute may omit fields.
///
/// ```
/// use mirage_devices::device::Config;
///
/// /// A log of `BYTES` bytes in memory.
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
    /// The values of omitted fields.
    const DEFAULT: Self;

    /// Upper bound on the memory of a device with this configuration, in bytes. It counts towards the
    /// memory that the unikernel needs: an image with less memory is not built.
    const MEMORY: usize = 0;
}

/// A device that can have several users. Clones are the same device.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be shared",
    label = "this device has several users but can have only one",
    note = "a device that can be shared implements `mirage_rt::device::Share`"
)]
pub trait Share: Clone {}

/// The reason why a device failed to start: a message for the person who boots the image, and its
/// source.
///
/// The boot prints both:
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
/// The operator `?` converts the errors of this crate, and those of channels, locks and tasks of `mirage-rt`.
#[derive(Debug)]
pub struct StartError {
    message: Cow<'static, str>,
    source: Option<Box<dyn Error + Send + Sync>>,
}

impl StartError {
    /// Creates an error without a source, for example `no virtio network device was found`.
    pub fn new(message: impl Into<Cow<'static, str>>) -> Self {
        Self {
            message: message.into(),
            source: None,
        }
    }

    /// Creates an error that `source` caused.
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
        Self::with_source("a port could not be bound", error)
    }
}

impl From<LinkLost> for StartError {
    fn from(error: LinkLost) -> Self {
        Self::with_source("the network failed", error)
    }
}
