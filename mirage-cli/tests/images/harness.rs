//! Runs unikernels and reads their consoles.

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

pub use images::{build, profile, tool};
pub use line::Line;
pub use monitor::Monitor;
pub use published::published;
pub use running::Running;

use libtest_mimic::Trial;
use std::time::Duration;

/// How long a test waits for an event. An emulated machine on a busy host is slow.
pub const DEADLINE: Duration = Duration::from_secs(120);

/// How a unikernel is run.
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
    /// Where programs of the tests with std run: on a machine and under a tender. Their images take long to build, and
    /// the examples run everywhere.
    pub const OF_STD: [Self; 2] = [Self::Q35, Self::Spt];

    /// All of them.
    pub const ALL: [Self; 5] = [Self::Unix, Self::Q35, Self::Microvm, Self::Spt, Self::Hvt];
    /// The runners that boot an image.
    pub const IMAGES: [Self; 4] = [Self::Q35, Self::Microvm, Self::Spt, Self::Hvt];
    /// The runners without a tender of Solo5 between the tool and the host's devices.
    pub const WITHOUT_SOLO5: [Self; 4] = [Self::Unix, Self::Q35, Self::Microvm, Self::Spt];
    /// The runners that are QEMU machines.
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

    /// Returns the target of its images.
    pub fn target(self) -> &'static str {
        match self {
            Self::Unix => "unix",
            Self::Q35 | Self::Microvm => "virtio",
            Self::Spt => "spt",
            Self::Hvt => "hvt",
        }
    }

    /// Returns the address at which the unikernel reaches the host's loopback interface: in a user network
    /// that of the router.
    pub fn this_host(self) -> &'static str {
        match self {
            Self::Unix => "127.0.0.1",
            Self::Q35 | Self::Microvm | Self::Spt | Self::Hvt => "10.0.0.1",
        }
    }

    /// Returns the options of `cargo mirage run` that select it, and how `package` is compiled for it.
    pub fn arguments(self, package: &str) -> Vec<&'static str> {
        let options: &[_] = match self {
            // Images are compiled with optimisations anyway.
            Self::Unix => &["--target", "unix", "--release"],
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
        };
        [options, profile(package)].concat()
    }
}

/// A test that runs once.
pub fn trial(name: &'static str, test: fn()) -> Trial {
    Trial::test(name, move || {
        test();
        Ok(())
    })
}

/// A name, and a test that takes a runner.
pub type Test = (&'static str, fn(Runner));

/// Returns a trial for each test in each of `runners`.
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
