//! Targets, and the drivers that each of them has.

use core::{fmt, str::FromStr};

/// What a unikernel is built for: a [`Machine`] on an [`Arch`].
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

/// What an image is booted on, whatever its processor is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Machine {
    /// A process of the host.
    Process,
    /// A machine with virtio devices.
    Virtio,
    /// A virtual machine of the Solo5 tender `solo5-hvt`.
    Hvt,
    /// A sandboxed Linux process of the Solo5 tender `solo5-spt`.
    Spt,
}

/// An architecture that images are built for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Arch {
    /// x86_64.
    X86_64,
}

impl Arch {
    /// Returns the Rust target that images are compiled for.
    pub const fn rust_target(self) -> &'static str {
        match self {
            Self::X86_64 => "x86_64-unknown-linux-gnu",
        }
    }
}

/// A row of the table of targets.
struct Row {
    name: &'static str,
    machine: Machine,
    /// `None` if it is the host's.
    arch: Option<Arch>,
}

impl Target {
    /// All targets.
    pub const ALL: [Self; 4] = [Self::Unix, Self::Virtio, Self::Hvt, Self::Spt];

    /// The targets that images are built for. A process reports the memory needed on the first of them
    /// that the unikernel is declared for.
    pub const MACHINES: [Self; 3] = [Self::Virtio, Self::Hvt, Self::Spt];

    /// The table of targets. A machine on another architecture is another row.
    const fn row(self) -> Row {
        let (name, machine, arch) = match self {
            Self::Unix => ("unix", Machine::Process, None),
            Self::Virtio => ("virtio", Machine::Virtio, Some(Arch::X86_64)),
            Self::Hvt => ("hvt", Machine::Hvt, Some(Arch::X86_64)),
            Self::Spt => ("spt", Machine::Spt, Some(Arch::X86_64)),
        };
        Row {
            name,
            machine,
            arch,
        }
    }

    /// Returns the name in `targets(…)`.
    pub const fn name(self) -> &'static str {
        self.row().name
    }

    /// Returns the machine.
    pub const fn machine(self) -> Machine {
        self.row().machine
    }

    /// Returns the architecture of images; `None` for a process, which has the host's.
    pub const fn arch(self) -> Option<Arch> {
        self.row().arch
    }

    /// Returns the memory that is not available to devices, in bytes: what is below the image, which
    /// a tender or firmware uses, and what the runtime needs.
    pub const fn base_memory(self) -> u64 {
        match self.machine() {
            Machine::Process => 0,
            // The runtime with its page tables fits in what is free below the image.
            Machine::Virtio => 1 << 20,
            Machine::Hvt | Machine::Spt => (1 << 20) + (64 << 10),
        }
    }

    /// Returns the maximum memory of a machine, in bytes. Solo5 tenders place all memory below 4 GiB. The
    /// other limit is that of QEMU's machines.
    pub const fn max_memory(self) -> u64 {
        match self.machine() {
            Machine::Process | Machine::Virtio => 1 << 40,
            Machine::Hvt | Machine::Spt => 4 << 30,
        }
    }

    /// Returns the target with that name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|target| target.name() == name)
    }

    /// Returns the limits of device names and of the number of devices, if the host attaches devices by
    /// name.
    pub const fn device_limits(self) -> Option<DeviceLimits> {
        match self.machine() {
            Machine::Process | Machine::Virtio => None,
            Machine::Hvt | Machine::Spt => Some(DeviceLimits::SOLO5),
        }
    }
}

/// The limits of a host that attaches devices by name. A name consists of ASCII letters and digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DeviceLimits {
    /// The maximum length of a name. The minimum is 1.
    pub name_length: usize,
    /// The maximum number of interfaces and disks.
    pub devices: usize,
}

impl DeviceLimits {
    /// The limits of Solo5's application manifest, version 1.
    pub const SOLO5: Self = Self {
        name_length: 67,
        devices: 63,
    };

    /// Returns whether a device can have this name.
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

/// The driver of a network interface or a disk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Driver {
    /// The driver that the target has.
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
    /// All drivers.
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

    /// Returns the name in `net = …` and `block = …`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Auto => "auto",
            Self::Virtio => "virtio",
            Self::Tap => "tap",
            Self::File => "file",
            Self::Solo5 => "solo5",
        }
    }

    /// Returns the driver with that name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|driver| driver.name() == name)
    }

    /// Returns whether `target` has the driver. On `unix` the host stands in for every driver.
    pub const fn is_on(self, target: Target) -> bool {
        match (self, target.machine()) {
            (Self::Auto, _) | (_, Machine::Process) => true,
            (driver, Machine::Virtio) => matches!(driver, Self::Virtio),
            (driver, Machine::Hvt | Machine::Spt) => matches!(driver, Self::Solo5),
        }
    }
}

/// The least severe messages that are logged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum LogLevel {
    /// Nothing.
    Off,
    /// Errors.
    Error,
    /// Also warnings.
    Warn,
    /// Also events that happen once or rarely.
    Info,
    /// Also what helps to find a bug.
    Debug,
    /// Everything.
    Trace,
}

impl LogLevel {
    /// All levels.
    pub const ALL: [Self; 6] = [
        Self::Off,
        Self::Error,
        Self::Warn,
        Self::Info,
        Self::Debug,
        Self::Trace,
    ];

    /// Returns the name in `log = …`.
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

    /// Returns the level with that name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|level| level.name() == name)
    }
}

/// Parses a boot argument: a level of this project or of OCaml's `Logs`, also for all sources
/// (`*:info`).
impl FromStr for LogLevel {
    type Err = NotALogLevel;

    fn from_str(text: &str) -> Result<Self, NotALogLevel> {
        let text = text.to_ascii_lowercase();
        match text.strip_prefix("*:").unwrap_or(&text) {
            "quiet" => Ok(Self::Off),
            "app" => Ok(Self::Error),
            "warning" => Ok(Self::Warn),
            name => Self::from_name(name).ok_or(NotALogLevel),
        }
    }
}

/// The error for a text that is not a log level.
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
    fn every_target_is_one_row_and_images_have_an_architecture() {
        for target in Target::ALL {
            assert_eq!(Target::from_name(target.name()), Some(target));
            let is_image = Target::MACHINES.contains(&target);
            assert_eq!(target.arch().is_some(), is_image, "{target:?}");
            assert_eq!(target.machine() != Machine::Process, is_image, "{target:?}");
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
