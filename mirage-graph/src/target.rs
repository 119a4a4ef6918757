//! Targets, and the drivers that each of them has.

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
