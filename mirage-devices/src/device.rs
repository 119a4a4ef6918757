//! What every device is to the graph: something that starts, runs, stops and may be shared.

use alloc::borrow::Cow;
use core::fmt;

/// A device that must be started before its users are, for example because it looks for hardware.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be started",
    label = "this device has no `start`"
)]
pub trait Start {
    /// Starts the device. The devices it is built on have been started before.
    ///
    /// # Errors
    /// The cause, in words for the person who boots the image; the boot stops and names the node.
    fn start(&mut self) -> impl Future<Output = Result<(), StartError>>;
}

/// A device with work of its own in the background.
pub trait Run {
    /// The device's background work; the executor runs it beside `main` until the unikernel ends.
    fn run(&self) -> impl Future<Output = ()> + 'static;
}

/// A device that several nodes, or a node and `main`, may use at once.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be shared",
    label = "a second user of a device that can have only one"
)]
pub trait Share: Clone {}

/// Why a device did not start.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StartError(Cow<'static, str>);

impl StartError {
    /// An error with a cause in plain words, for example `no virtio network device was found`.
    pub fn new(cause: impl Into<Cow<'static, str>>) -> Self {
        Self(cause.into())
    }
}

impl fmt::Display for StartError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl core::error::Error for StartError {}
