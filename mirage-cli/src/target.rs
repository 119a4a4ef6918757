//! The targets that a unikernel is built for.

use clap::ValueEnum;
use std::fmt::{self, Display};

/// Where the image runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Target {
    /// A process of this host
    Unix,
    /// An x86_64 machine with virtio devices, such as QEMU's q35 and microvm
    Virtio,
}

impl Target {
    /// The target's name, as in `targets(…)`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Unix => "unix",
            Self::Virtio => "virtio",
        }
    }
}

impl Display for Target {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(self.name())
    }
}
