//! Why a guest does not run.

use crate::image::Refusal;
use std::{error, fmt, io, path::PathBuf};

/// Why a guest does not run.
#[derive(Debug)]
pub enum Error {
    /// The command line is wrong.
    Usage(String),
    /// The image breaks a rule of the ABI.
    Image {
        /// The image.
        path: PathBuf,
        /// The rule.
        source: Refusal,
    },
    /// A device is not attached as the image declares it.
    Device(String),
    /// The host refuses something.
    Host {
        /// What was asked of the host.
        context: String,
        /// The error of the host.
        source: io::Error,
    },
    /// The filter of system calls cannot be made or installed.
    Filter(seccompiler::Error),
    /// Memory protection would have no effect in this process.
    Personality,
    /// The guest's memory would end before it begins.
    Memory(u64),
    /// The kernel is older than Linux 4.17.
    Kernel,
}

impl error::Error for Error {
    fn source(&self) -> Option<&(dyn error::Error + 'static)> {
        match self {
            Self::Image { source, .. } => Some(source),
            Self::Host { source, .. } => Some(source),
            Self::Filter(source) => Some(source),
            Self::Usage(_)
            | Self::Device(_)
            | Self::Personality
            | Self::Memory(_)
            | Self::Kernel => None,
        }
    }
}

impl From<seccompiler::Error> for Error {
    fn from(source: seccompiler::Error) -> Self {
        Self::Filter(source)
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Usage(value) => write!(f, "{value}"),
            Self::Image { path, source } => write!(f, "{}: {source}", path.display()),
            Self::Device(value) => write!(f, "{value}"),
            Self::Host { context, source } => write!(f, "{context}: {source}"),
            Self::Filter(value) => write!(f, "the filter of system calls: {value}"),
            Self::Personality => f.write_str(
                "in this process all memory would be executable (the personality READ_IMPLIES_EXEC)",
            ),
            Self::Memory(value) => write!(f, "a memory of {value} bytes is too small"),
            Self::Kernel => f.write_str("this kernel cannot map memory at fixed addresses"),
        }
    }
}

impl Error {
    /// Returns a function that adds `context` to an error of the host.
    pub(crate) fn host<E: Into<io::Error>>(context: impl ToString) -> impl FnOnce(E) -> Self {
        move |source| Self::Host {
            context: context.to_string(),
            source: source.into(),
        }
    }
}
