//! Why a guest does not run.

use crate::image::Refusal;
use std::{io, path::PathBuf};

/// Why a guest does not run.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The command line is wrong.
    #[error("{0}")]
    Usage(String),
    /// The image breaks a rule of the ABI.
    #[error("{}: {source}", path.display())]
    Image {
        /// The image.
        path: PathBuf,
        /// The rule.
        source: Refusal,
    },
    /// A device is not attached as the image declares it.
    #[error("{0}")]
    Device(String),
    /// The host refuses something.
    #[error("{context}: {source}")]
    Host {
        /// What was asked of the host.
        context: String,
        /// The error of the host.
        source: io::Error,
    },
    /// The filter of system calls cannot be made or installed.
    #[error("the filter of system calls: {0}")]
    Filter(#[from] seccompiler::Error),
    /// Memory protection would have no effect in this process.
    #[error("in this process all memory would be executable (the personality READ_IMPLIES_EXEC)")]
    Personality,
    /// The guest's memory would end before it begins.
    #[error("a memory of {0} bytes is too small")]
    Memory(u64),
    /// The kernel is older than Linux 4.17.
    #[error("this kernel cannot map memory at fixed addresses")]
    Kernel,
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
