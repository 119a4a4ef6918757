//! Targets, and the drivers that each of them has.

use core::{fmt, str::FromStr};

/// Where a unikernel runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Target {
    /// A process of the host.
    Unix,
    /// An x86_64 machine with virtio devices.
    Virtio,
}

impl Target {
    /// All of them.
    pub const ALL: [Self; 2] = [Self::Unix, Self::Virtio];

    /// The name in `targets(…)`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Unix => "unix",
            Self::Virtio => "virtio",
        }
    }

    /// The target of that name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|target| target.name() == name)
    }
}

/// What drives a network interface.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Driver {
    /// The one that the target has.
    Auto,
    /// A virtio network device.
    Virtio,
    /// A TAP device of the host.
    Tap,
}

impl Driver {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Auto, Self::Virtio, Self::Tap];

    /// The name in `net = …`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Auto => "auto",
            Self::Virtio => "virtio",
            Self::Tap => "tap",
        }
    }

    /// The driver of that name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|driver| driver.name() == name)
    }

    /// Whether `target` has it. On `unix` every driver has the host's stand-in.
    pub const fn is_on(self, target: Target) -> bool {
        match (self, target) {
            (_, Target::Unix) | (Self::Auto | Self::Virtio, Target::Virtio) => true,
            (Self::Tap, Target::Virtio) => false,
        }
    }
}

/// The least severe messages that are logged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogLevel {
    /// None.
    Off,
    /// Errors.
    Error,
    /// And warnings.
    Warn,
    /// And what happens once or seldom.
    Info,
    /// And what helps to find a fault.
    Debug,
    /// And everything.
    Trace,
}

impl LogLevel {
    /// All of them.
    pub const ALL: [Self; 6] = [
        Self::Off,
        Self::Error,
        Self::Warn,
        Self::Info,
        Self::Debug,
        Self::Trace,
    ];

    /// The name in `log = …`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Off => "off",
            Self::Error => "error",
            Self::Warn => "warn",
            Self::Info => "info",
            Self::Debug => "debug",
            Self::Trace => "trace",
        }
    }

    /// The level of that name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|level| level.name() == name)
    }
}

/// As a boot argument: a level of this project or of OCaml's `Logs`, perhaps for all sources,
/// `*:info`.
impl FromStr for LogLevel {
    type Err = NotALogLevel;

    fn from_str(text: &str) -> Result<Self, NotALogLevel> {
        match text.strip_prefix("*:").unwrap_or(text) {
            "quiet" => Ok(Self::Off),
            "app" => Ok(Self::Error),
            "warning" => Ok(Self::Warn),
            name => Self::named(name).ok_or(NotALogLevel),
        }
    }
}

/// A text is not a log level.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NotALogLevel;

impl fmt::Display for NotALogLevel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("it is `off`, `error`, `warn`, `info`, `debug` or `trace`")
    }
}

impl core::error::Error for NotALogLevel {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn log_levels_of_mirageos_are_understood() {
        for (text, level) in [
            ("info", LogLevel::Info),
            ("*:debug", LogLevel::Debug),
            ("*:warning", LogLevel::Warn),
            ("quiet", LogLevel::Off),
        ] {
            assert_eq!(text.parse(), Ok(level), "{text}");
        }
        for text in ["", "loud", "dns:info", "*:"] {
            assert_eq!(text.parse::<LogLevel>(), Err(NotALogLevel), "{text}");
        }
    }
}
