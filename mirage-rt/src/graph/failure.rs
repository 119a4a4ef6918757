//! Why a unikernel failed.

use crate::{arguments::ArgumentError, device::StartError};
use alloc::string::{String, ToString};
use core::{error::Error, fmt};
use mirage_graph::argument::BAD_ARGUMENT;

/// Result of a unikernel.
pub type Outcome = Result<(), Failure>;

/// Why a unikernel failed.
#[derive(Debug)]
#[non_exhaustive]
pub enum Failure {
    /// A device did not start.
    NotStarted {
        /// The node's name.
        node: &'static str,
        /// The cause.
        source: StartError,
    },
    /// A boot argument is invalid, with the message of the [`ArgumentError`]. An image without arguments
    /// has no code that displays such an error.
    Argument(String),
    /// `main` returned this error.
    Main(String),
    /// A program with std has ended with this status, and has said why.
    #[cfg(feature = "std")]
    Exited(u8),
}

impl Failure {
    pub(super) fn not_started(node: &'static str) -> impl FnOnce(StartError) -> Self {
        move |source| Self::NotStarted { node, source }
    }

    /// Returns the exit status of the machine: 64 for a boot argument, otherwise 1.
    pub fn status(&self) -> u8 {
        match self {
            Self::Argument(_) => BAD_ARGUMENT,
            Self::NotStarted { .. } | Self::Main(_) => 1,
            #[cfg(feature = "std")]
            Self::Exited(status) => *status,
        }
    }
}

/// Displays the failure without its [`source`](Error::source).
impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotStarted { node, .. } => write!(f, "`{node}` did not start"),
            Self::Argument(error) | Self::Main(error) => f.write_str(error),
            #[cfg(feature = "std")]
            Self::Exited(status) => write!(f, "exit status: {status}"),
        }
    }
}

impl Error for Failure {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::NotStarted { source, .. } => Some(source),
            Self::Argument(_) | Self::Main(_) => None,
            #[cfg(feature = "std")]
            Self::Exited(_) => None,
        }
    }
}

impl From<ArgumentError> for Failure {
    fn from(error: ArgumentError) -> Self {
        Self::Argument(error.to_string())
    }
}

/// Displays an error and its sources, separated by colons.
///
/// The errors are not made `dyn Error`, whose `Debug` would be in every image: 30 KiB for [`Failure`].
pub(crate) struct Chain<'a, E>(pub(crate) &'a E);

impl fmt::Display for Chain<'_, Failure> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Failure::NotStarted { source, .. } => write!(f, "{}: {}", self.0, Chain(source)),
            failure => failure.fmt(f),
        }
    }
}

impl fmt::Display for Chain<'_, StartError> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)?;
        let mut source = self.0.source();
        while let Some(error) = source {
            write!(f, ": {error}")?;
            source = error.source();
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use mirage_devices::net::BindError;

    #[test]
    fn a_failure_is_printed_with_its_sources() {
        let source = StartError::with_source("TCP port 80", BindError::AddrInUse);
        let failure = Failure::not_started("http")(source);
        assert_eq!(
            Chain(&failure).to_string(),
            "`http` did not start: TCP port 80: the port is in use already"
        );
    }
}
