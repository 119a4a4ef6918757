//! Runs unikernels and listens to them.

pub mod arguments;
pub mod client;
mod console;
mod images;
mod line;
mod monitor;
pub mod namespace;
pub mod ports;
mod published;
mod running;
pub mod wrk;

pub use images::{build, tool};
pub use line::Line;
pub use monitor::Monitor;
pub use published::published;
pub use running::Running;

use libtest_mimic::Trial;
use std::time::Duration;

/// After this long, what has not happened will not. A machine that is translated on a busy host
/// is slow.
pub const DEADLINE: Duration = Duration::from_secs(120);

/// What a unikernel runs in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Runner {
    /// As a process.
    Unix,
    /// In QEMU's machine q35.
    Q35,
    /// In QEMU's machine microvm.
    Microvm,
    /// In the tool's own tender.
    Spt,
    /// In the machine of [`crate::hvt`].
    Hvt,
}

impl Runner {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::Unix, Self::Q35, Self::Microvm, Self::Spt, Self::Hvt];
    /// Those that boot an image.
    pub const IMAGES: [Self; 4] = [Self::Q35, Self::Microvm, Self::Spt, Self::Hvt];
    /// Those in which no tender of Solo5's stands between the tool and the host's devices.
    pub const WITHOUT_SOLO5: [Self; 4] = [Self::Unix, Self::Q35, Self::Microvm, Self::Spt];
    /// Those that are a machine of QEMU's.
    pub const MACHINES: [Self; 2] = [Self::Q35, Self::Microvm];

    fn name(self) -> &'static str {
        match self {
            Self::Unix => "unix",
            Self::Q35 => "q35",
            Self::Microvm => "microvm",
            Self::Spt => "spt",
            Self::Hvt => "hvt",
        }
    }

    /// The target of what runs there.
    pub fn target(self) -> &'static str {
        match self {
            Self::Unix => "unix",
            Self::Q35 | Self::Microvm => "virtio",
            Self::Spt => "spt",
            Self::Hvt => "hvt",
        }
    }

    /// This host's loopback interface, as the unikernel sees it in its user network: there the
    /// router stands for it.
    pub fn this_host(self) -> &'static str {
        match self {
            Self::Unix => "127.0.0.1",
            Self::Q35 | Self::Microvm | Self::Spt | Self::Hvt => "10.0.0.1",
        }
    }

    /// The options of `cargo mirage run` that select it.
    pub fn arguments(self) -> &'static [&'static str] {
        match self {
            Self::Unix => &["--target", "unix"],
            Self::Q35 => &["--target", "virtio", "--accel", "tcg", "--machine", "q35"],
            Self::Microvm => &[
                "--target",
                "virtio",
                "--accel",
                "tcg",
                "--machine",
                "microvm",
            ],
            Self::Spt => &["--target", "spt"],
            Self::Hvt => &["--target", "hvt"],
        }
    }
}

/// A test that runs once.
pub fn trial(name: &'static str, test: fn()) -> Trial {
    Trial::test(name, move || {
        test();
        Ok(())
    })
}

/// A test's name, and the test in a runner.
pub type Test = (&'static str, fn(Runner));

/// Each test in each of `runners`.
pub fn trials<const COUNT: usize>(
    runners: &'static [Runner],
    tests: [Test; COUNT],
) -> impl Iterator<Item = Trial> {
    let in_places = move |(name, test): Test| {
        runners.iter().map(move |&runner| {
            Trial::test(format!("{name}::{}", runner.name()), move || {
                test(runner);
                Ok(())
            })
        })
    };
    tests.into_iter().flat_map(in_places)
}
