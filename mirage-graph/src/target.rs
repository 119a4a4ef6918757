//! Targets, and the drivers that each of them has.

use core::{fmt, str::FromStr};

/// Where a unikernel runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Target {
    /// A process of the host.
    Unix,
    /// An x86_64 machine with virtio devices.
    Virtio,
    /// A virtual machine of the Solo5 tender `solo5-hvt`.
    Hvt,
    /// A sandboxed Linux process of the Solo5 tender `solo5-spt`.
    Spt,
}

impl Target {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Unix, Self::Virtio, Self::Hvt, Self::Spt];

    /// Those that an image is booted on. A process tells of the memory of the first that the unikernel is
    /// declared for.
    pub const MACHINES: [Self; 3] = [Self::Virtio, Self::Hvt, Self::Spt];

    /// The name in `targets(…)`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Unix => "unix",
            Self::Virtio => "virtio",
            Self::Hvt => "hvt",
            Self::Spt => "spt",
        }
    }

    /// Memory that a machine takes before there is any device, in bytes: what lies below the image,
    /// which a tender fills and firmware has a part of, and what the runtime takes.
    pub const fn own_memory(self) -> u64 {
        match self {
            Self::Unix => 0,
            // The runtime, page tables included, fits into what is free below the image.
            Self::Virtio => 1 << 20,
            Self::Hvt | Self::Spt => (1 << 20) + (64 << 10),
        }
    }

    /// The target of that name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|target| target.name() == name)
    }

    /// What the names and the number of devices are limited to, where the host attaches devices by
    /// their names.
    pub const fn device_limits(self) -> Option<DeviceLimits> {
        match self {
            Self::Unix | Self::Virtio => None,
            Self::Hvt | Self::Spt => Some(DeviceLimits::SOLO5),
        }
    }
}

/// What a host that attaches devices by their names can carry. A name consists of ASCII letters and
/// digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DeviceLimits {
    /// The most letters and digits of a name; the least is one.
    pub name_length: usize,
    /// The most devices, interfaces and disks together.
    pub devices: usize,
}

impl DeviceLimits {
    /// Those of Solo5's application manifest, version 1.
    pub const SOLO5: Self = Self {
        name_length: 67,
        devices: 63,
    };

    /// Whether a device can have this name.
    pub fn allow(self, name: &str) -> bool {
        (1..=self.name_length).contains(&name.len())
            && name.bytes().all(|byte| byte.is_ascii_alphanumeric())
    }
}

/// What a driver is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Driven {
    /// A network interface.
    Interface,
    /// A disk.
    Disk,
}

/// What drives a network interface or a disk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Driver {
    /// The one that the target has.
    Auto,
    /// A virtio device.
    Virtio,
    /// A TAP device of the host, for an interface.
    Tap,
    /// A file of the host, for a disk.
    File,
    /// A device of a Solo5 tender.
    Solo5,
}

impl Driver {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::Auto, Self::Virtio, Self::Tap, Self::File, Self::Solo5];

    /// Returns the drivers for a kind of device.
    pub fn for_device(driven: Driven) -> impl Iterator<Item = Self> {
        Self::ALL
            .into_iter()
            .filter(move |driver| driver.drives(driven))
    }

    const fn drives(self, driven: Driven) -> bool {
        match self {
            Self::Auto | Self::Virtio | Self::Solo5 => true,
            Self::Tap => matches!(driven, Driven::Interface),
            Self::File => matches!(driven, Driven::Disk),
        }
    }

    /// The name in `net = …` and `block = …`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Auto => "auto",
            Self::Virtio => "virtio",
            Self::Tap => "tap",
            Self::File => "file",
            Self::Solo5 => "solo5",
        }
    }

    /// The driver of that name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|driver| driver.name() == name)
    }

    /// Whether `target` has it. On `unix` every driver has the host's stand-in.
    pub const fn is_on(self, target: Target) -> bool {
        match (self, target) {
            (Self::Auto, _) | (_, Target::Unix) => true,
            (driver, Target::Virtio) => matches!(driver, Self::Virtio),
            (driver, Target::Hvt | Target::Spt) => matches!(driver, Self::Solo5),
        }
    }
}

/// The least severe messages that are logged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
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
        let text = text.to_ascii_lowercase();
        match text.strip_prefix("*:").unwrap_or(&text) {
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
    use alloc::vec::Vec;

    #[test]
    fn a_target_has_its_own_driver_and_unix_has_all() {
        for (target, drivers) in [
            (
                Target::Unix,
                &["auto", "virtio", "tap", "file", "solo5"][..],
            ),
            (Target::Virtio, &["auto", "virtio"]),
            (Target::Hvt, &["auto", "solo5"]),
            (Target::Spt, &["auto", "solo5"]),
        ] {
            let has = Driver::ALL.into_iter().filter(|each| each.is_on(target));
            assert_eq!(has.map(Driver::name).collect::<Vec<_>>(), drivers);
        }
    }

    #[test]
    fn names_of_solo5_are_letters_and_digits() {
        let limits = Target::Spt.device_limits().expect("limits");
        let (longest, longer) = ("x".repeat(67), "x".repeat(68));
        for (name, allowed) in [
            ("service", true),
            ("Net0", true),
            (&longest, true),
            (&longer, false),
            ("", false),
            ("a_b", false),
            ("größe", false),
        ] {
            assert_eq!(limits.allow(name), allowed, "{name}");
        }
    }

    #[test]
    fn log_levels_of_mirageos_are_understood() {
        for (text, level) in [
            ("info", LogLevel::Info),
            ("*:debug", LogLevel::Debug),
            ("*:warning", LogLevel::Warn),
            ("quiet", LogLevel::Off),
            ("INFO", LogLevel::Info),
        ] {
            assert_eq!(text.parse(), Ok(level), "{text}");
        }
        for text in ["", "loud", "dns:info", "*:"] {
            assert_eq!(text.parse::<LogLevel>(), Err(NotALogLevel), "{text}");
        }
    }
}
