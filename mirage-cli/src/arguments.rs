//! The command line.

mod command;
mod option;
mod read;
mod selection;
mod value;

pub use read::from_process;
#[cfg(test)]
pub use read::package_options;
pub use selection::{DEV, PackageOptions, Profile, RELEASE};
pub use value::{
    Accel, DiskFile, Memory, MessageFormat, NamedTarget, NetBackend, NetOption, Picture,
    PlanFormat, QemuMachine, Tenders,
};

use crate::ports::{Forward, NamedForward};
use mirage_graph::target::Target;
use std::{ffi::OsString, path::PathBuf};

/// A subcommand with its options.
#[derive(Debug)]
pub enum Subcommand {
    /// `build`
    Build(Build),
    /// `run`
    Run(Run),
    /// `up`
    Up(Up),
    /// `plan`
    Plan(Plan),
    /// `test`
    Test(Test),
    /// `describe`
    Describe(Describe),
    /// `expand`
    Expand(Expand),
    /// `size`
    Size(Size),
    /// `new`
    New(New),
    /// `doctor`
    Doctor(Doctor),
    /// `tender`
    Tender(Tender),
}

/// `build`
#[derive(Debug)]
pub struct Build {
    /// The package, and how cargo builds it.
    pub package: PackageOptions,
    /// Build all unikernels of the workspace
    pub workspace: bool,
    /// Build for this target only; may be repeated [default: all declared targets]
    pub targets: Vec<Target>,
    /// The profile.
    pub profile: Profile,
    /// Put the image into an OCI archive for the container runtime urunc, beside the image
    pub oci: bool,
    /// Output format
    pub message_format: MessageFormat,
}

/// `run`
#[derive(Debug)]
pub struct Run {
    /// The package, and how cargo builds it.
    pub package: PackageOptions,
    /// The target to build and run
    pub target: Target,
    /// The profile. A process is not optimised by default, as by `cargo run`.
    pub profile: Profile,
    /// Forward 127.0.0.1:HOST to the unikernel's port GUEST; may be repeated [default: HOST is 8000
    /// higher for a port below 1024, and the same for any other]
    pub ports: Vec<Forward>,
    /// The tender for images of spt and hvt [default: own for spt, solo5 for hvt]
    pub tender: Option<Tenders>,
    /// The QEMU machine type [default: q35]
    pub machine: Option<QemuMachine>,
    /// The QEMU accelerator [default: auto]
    pub accel: Option<Accel>,
    /// `user`: a user network with forwarded ports; `tap=IFACE`: a TAP device of the host;
    /// `NODE:tap=IFACE`: for one of several interfaces [default: user]
    pub net: Vec<NetOption>,
    /// `file=PATH`: a file of the host; `NODE:file=PATH`: for one of several disks [default: a file
    /// beside the image, if the disk declares its size]
    pub block: Vec<DiskFile>,
    /// The machine's memory, such as 64M, 16MiB or 1G [default: what the unikernel declares, or 64M]
    pub memory: Option<Memory>,
    /// Wait for gdb at this port of 127.0.0.1 [default: 1234], and print the line that starts it and stops
    /// at the first line of `main`
    pub gdb: Option<u16>,
    /// Print the command line without running it
    pub dry_run: bool,
    /// Print the command line
    pub verbose: bool,
    /// The unikernel's boot arguments
    pub arguments: Vec<OsString>,
    /// What to do about missing programs.
    pub setup: Setup,
}

/// `up`
#[derive(Debug)]
pub struct Up {
    /// The package with the unikernels, and how cargo builds it.
    pub package: PackageOptions,
    /// The target to build and run; `NAME=TARGET` for one of the unikernels; may be repeated [default: spt]
    pub targets: Vec<NamedTarget>,
    /// The profile.
    pub profile: Profile,
    /// Forward 127.0.0.1:HOST to a port that is open to the outside; may be repeated [default: HOST is 8000
    /// higher for a port below 1024, and the same for any other, or the next one that is free in the application]
    pub ports: Vec<NamedForward>,
    /// Print what these unikernels print, and not the others
    pub only: Vec<String>,
    /// The QEMU machine type [default: q35]
    pub machine: Option<QemuMachine>,
    /// The QEMU accelerator [default: auto]
    pub accel: Option<Accel>,
    /// Print the command lines without running them
    pub dry_run: bool,
    /// Print the command lines
    pub verbose: bool,
    /// Boot arguments, each behind the name of its unikernel: `web:--verbose`
    pub arguments: Vec<String>,
    /// What to do about missing programs.
    pub setup: Setup,
}

/// `plan`
#[derive(Debug)]
pub struct Plan {
    /// The package with the unikernels, and how cargo builds it.
    pub package: PackageOptions,
    /// The profile.
    pub profile: Profile,
    /// Output format
    pub format: PlanFormat,
}

/// Returns whether a program may be that of the unikernel of a name.
pub type IsProgramOf<'a> = dyn Fn(&str) -> bool + 'a;

impl Up {
    /// The target of a program. `is_program` returns whether it is that of the unikernel of a name.
    pub fn target(&self, is_program: &IsProgramOf<'_>) -> Target {
        let targets = || self.targets.iter().rev();
        let named = targets().find(|it| it.unikernel.as_deref().is_some_and(is_program));
        let chosen = named.or_else(|| targets().find(|it| it.unikernel.is_none()));
        chosen.map_or(Target::Spt, |it| it.target)
    }
}

/// What to do about missing programs.
#[derive(Debug)]
pub struct Setup {
    /// Install missing programs from the distribution's packages (Debian and Ubuntu)
    pub install: bool,
}

/// `describe`
#[derive(Debug)]
pub struct Describe {
    /// The package, and how cargo builds it.
    pub package: PackageOptions,
    /// Show the values of this target, if they differ by target
    pub target: Target,
    /// Output format
    pub format: Picture,
    /// `json` is the same as `--format json`
    pub message_format: MessageFormat,
}

/// `expand`
#[derive(Debug)]
pub struct Expand {
    /// The package, and how cargo builds it.
    pub package: PackageOptions,
}

/// `size`
#[derive(Debug)]
pub struct Size {
    /// The package, and how cargo builds it.
    pub package: PackageOptions,
    /// The target whose image is measured
    pub target: Target,
    /// The profile.
    pub profile: Profile,
}

/// `new`
#[derive(Debug)]
pub struct New {
    /// The directory to create; its last component is the crate's name
    pub path: PathBuf,
    /// Create a program with std, which uses sockets and threads of the standard library
    pub std: bool,
    /// Depend on the runtime in this Git repository
    pub git: Option<String>,
    /// Depend on the runtime in this clone [default: the clone that this tool was built from, or else
    /// the version of this tool]
    pub runtime: Option<PathBuf>,
}

/// `test`
#[derive(Debug)]
pub struct Test {
    /// The package, and how cargo builds it.
    pub package: PackageOptions,
    /// Test all unikernels of the workspace
    pub workspace: bool,
    /// What to do about missing programs.
    pub setup: Setup,
    /// Run only tests whose names contain one of these
    pub filters: Vec<String>,
}

/// `doctor`
#[derive(Debug)]
pub struct Doctor {
    /// What to do about missing programs.
    pub setup: Setup,
}

/// `tender`
#[derive(Debug)]
pub struct Tender {
    /// Options, the image and its arguments; `--help` lists them
    pub args: Vec<OsString>,
}
