//! The command line.

mod selection;

pub use selection::{DEV, PackageOptions, Profile, RELEASE};

use crate::ports::Forward;
use clap::{
    ArgAction, Args, Parser, Subcommand, ValueEnum,
    builder::{PossibleValue, PossibleValuesParser, TypedValueParser},
};
use mirage_graph::{disk, size, target::Target};
use std::{ffi::OsString, path::PathBuf};

/// Returns the process's arguments, without the `mirage` that cargo inserts for `cargo mirage`.
pub fn from_process() -> impl Iterator<Item = OsString> {
    let mut arguments: Vec<_> = std::env::args_os().collect();
    if arguments.get(1).is_some_and(|first| first == "mirage") {
        arguments.remove(1);
    }
    arguments.into_iter()
}

/// Builds, runs, tests and describes unikernels
#[derive(Debug, Parser)]
#[command(
    name = "cargo mirage",
    bin_name = "cargo mirage",
    version,
    after_help = "\
Exit status:
  `run` exits with the unikernel's own status: 0, 1 for an error, 255 for a panic,
       63 after its `--help`, 64 if one of its arguments is wrong
  2    the arguments of this tool are wrong
  69   a required program is not installed
  70   QEMU or the tender failed
  101  any other failure, such as a failed build"
)]
pub struct Invocation {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// The subcommands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Compile a unikernel and print the image of each target
    Build(Build),
    /// Build a unikernel and run it
    Run(Run),
    /// Run the package's tests and build its images
    Test(Test),
    /// Print the device graph of a unikernel
    Describe(Describe),
    /// Print the code that `#[unikernel]` generates
    Expand(Expand),
    /// Print the size of an image by section and crate; a function counts for the crate that defines
    /// it
    Size(Size),
    /// Create a crate with a unikernel
    New(New),
    /// Check that the required programs are installed
    Doctor(Doctor),
    /// Run an image for the target `spt`, with the command line of solo5-spt
    #[command(disable_help_flag = true)]
    Tender(Tender),
}

/// Reads a target's name.
fn target() -> impl TypedValueParser<Value = Target> {
    let values = Target::ALL.map(|target| {
        PossibleValue::new(target.name()).help(match target {
            Target::Unix => "A process on this host",
            Target::Virtio => {
                "An x86_64 machine with virtio devices, such as QEMU's q35 and microvm"
            }
            Target::Hvt => "A virtual machine, run by the Solo5 tender `solo5-hvt`",
            Target::Spt => "A sandboxed process, run by our tender or Solo5's `solo5-spt`",
        })
    });
    PossibleValuesParser::new(values)
        .try_map(|name| Target::from_name(&name).ok_or("no such target"))
}

/// `build`
#[derive(Debug, Args)]
pub struct Build {
    /// The package.
    #[command(flatten)]
    pub package: PackageOptions,
    /// Build all unikernels of the workspace
    #[arg(long)]
    pub workspace: bool,
    /// Build for this target only; may be repeated [default: all declared targets]
    #[arg(short, long = "target", value_name = "TARGET", value_parser = target(), action = ArgAction::Append)]
    pub targets: Vec<Target>,
    /// The profile.
    #[command(flatten)]
    pub profile: Profile,
    /// Put the image into an OCI archive for the container runtime urunc, beside the image
    #[arg(long)]
    pub oci: bool,
    /// Output format
    #[arg(long, value_name = "FORMAT", default_value = "human")]
    pub message_format: MessageFormat,
}

/// How results are printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum MessageFormat {
    /// Human-readable text
    Human,
    /// One JSON object per line
    Json,
}

/// `run`
#[derive(Debug, Args)]
pub struct Run {
    /// The package.
    #[command(flatten)]
    pub package: PackageOptions,
    /// The target to build and run
    #[arg(short, long, value_name = "TARGET", value_parser = target(), default_value = "unix")]
    pub target: Target,
    /// The profile. A process is not optimised by default, as by `cargo run`.
    #[command(flatten)]
    pub profile: Profile,
    /// Forward 127.0.0.1:HOST to the unikernel's port GUEST; may be repeated [default: HOST is 8000
    /// higher for a port below 1024, and the same for any other]
    #[arg(short = 'P', long = "publish", value_name = "HOST:GUEST", action = ArgAction::Append)]
    pub ports: Vec<Forward>,
    /// The tender for images of spt and hvt [default: own for spt, solo5 for hvt]
    #[arg(long, value_name = "TENDER")]
    pub tender: Option<Tenders>,
    /// The QEMU machine type [default: q35]
    #[arg(long, value_name = "MACHINE")]
    pub machine: Option<QemuMachine>,
    /// The QEMU accelerator [default: auto]
    #[arg(long, value_name = "ACCEL")]
    pub accel: Option<Accel>,
    /// `user`: a user network with forwarded ports; `tap=IFACE`: a TAP device of the host;
    /// `NODE:tap=IFACE`: for one of several interfaces [default: user]
    #[arg(long, value_name = "NET", action = ArgAction::Append)]
    pub net: Vec<NetOption>,
    /// `file=PATH`: a file of the host; `NODE:file=PATH`: for one of several disks [default: a file
    /// beside the image, if the disk declares its size]
    #[arg(long, value_name = "DISK", action = ArgAction::Append)]
    pub block: Vec<DiskFile>,
    /// The machine's memory, such as 64M, 16MiB or 1G [default: what the unikernel declares, or 64M]
    #[arg(long, value_name = "SIZE")]
    pub memory: Option<Memory>,
    /// Wait for gdb at this port of 127.0.0.1 [default: 1234], and print the line that starts it and stops
    /// at the first line of `main`
    #[arg(long, value_name = "PORT", num_args = 0..=1, require_equals = true, default_missing_value = "1234")]
    pub gdb: Option<u16>,
    /// Print the command line without running it
    #[arg(long)]
    pub dry_run: bool,
    /// Print the command line
    #[arg(short, long)]
    pub verbose: bool,
    /// The unikernel's boot arguments
    #[arg(last = true, value_name = "ARGS")]
    pub arguments: Vec<OsString>,
    /// What to do about missing programs.
    #[command(flatten)]
    pub setup: Setup,
}

/// What to do about missing programs.
#[derive(Debug, Args)]
pub struct Setup {
    /// Install missing programs from the distribution's packages (Debian and Ubuntu)
    #[arg(long)]
    pub install: bool,
}

/// `describe`
#[derive(Debug, Args)]
pub struct Describe {
    /// The package.
    #[command(flatten)]
    pub package: PackageOptions,
    /// Show the values of this target, if they differ by target
    #[arg(short, long, value_name = "TARGET", value_parser = target(), default_value = "unix")]
    pub target: Target,
    /// Output format
    #[arg(long, value_name = "FORMAT", default_value = "tree")]
    pub format: Picture,
    /// `json` is the same as `--format json`
    #[arg(long, value_name = "FORMAT", default_value = "human")]
    pub message_format: MessageFormat,
}

/// The output format of a device graph.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Picture {
    /// A tree: each device above those that it is built on
    Tree,
    /// The graph as embedded in the image
    Json,
    /// Input for graphviz
    Dot,
    /// A picture
    Svg,
}

/// `expand`
#[derive(Debug, Args)]
pub struct Expand {
    /// The package.
    #[command(flatten)]
    pub package: PackageOptions,
}

/// `size`
#[derive(Debug, Args)]
pub struct Size {
    /// The package.
    #[command(flatten)]
    pub package: PackageOptions,
    /// The target whose image is measured
    #[arg(short, long, value_name = "TARGET", value_parser = target(), default_value = "virtio")]
    pub target: Target,
    /// The profile.
    #[command(flatten)]
    pub profile: Profile,
}

/// `new`
#[derive(Debug, Args)]
pub struct New {
    /// The directory to create; its last component is the crate's name
    #[arg(value_name = "NAME")]
    pub path: PathBuf,
    /// Create a program with std, which uses sockets and threads of the standard library
    #[arg(long)]
    pub std: bool,
    /// Depend on the runtime in this Git repository
    #[arg(long, value_name = "URL", conflicts_with = "runtime")]
    pub git: Option<String>,
    /// Depend on the runtime in this clone [default: the clone that this tool was built from, or else
    /// the version of this tool]
    #[arg(long = "path", value_name = "DIR")]
    pub runtime: Option<PathBuf>,
}

/// `test`
#[derive(Debug, Args)]
pub struct Test {
    /// The package.
    #[command(flatten)]
    pub package: PackageOptions,
    /// Test all unikernels of the workspace
    #[arg(long)]
    pub workspace: bool,
    /// What to do about missing programs.
    #[command(flatten)]
    pub setup: Setup,
    /// Run only tests whose names contain one of these
    #[arg(last = true, value_name = "FILTER")]
    pub filters: Vec<String>,
}

/// `doctor`
#[derive(Debug, Args)]
pub struct Doctor {
    /// What to do about missing programs.
    #[command(flatten)]
    pub setup: Setup,
}

/// `tender`
#[derive(Debug, Args)]
pub struct Tender {
    /// Options, the image and its arguments; `--help` lists them
    #[arg(
        trailing_var_arg = true,
        allow_hyphen_values = true,
        value_name = "ARGS"
    )]
    pub args: Vec<OsString>,
}

/// The machines of QEMU that are known to boot an image.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum QemuMachine {
    /// A PC with PCI Express
    Q35,
    /// A minimal machine: virtio over MMIO, no PCI
    Microvm,
}

/// The tenders for images of `spt` and `hvt`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Tenders {
    /// This tool's own, `cargo mirage tender`
    #[value(name = "own")]
    BuiltIn,
    /// `solo5-spt` or `solo5-hvt`, from the PATH
    Solo5,
}

/// How QEMU executes the guest's instructions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Accel {
    /// KVM if it works, else TCG
    Auto,
    /// Hardware virtualisation
    Kvm,
    /// Emulation
    Tcg,
}

/// How a network interface is attached to the host.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NetBackend {
    /// The user network, with forwarded ports.
    User,
    /// A TAP device, by name.
    Tap(String),
}

/// The value of `--net`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NetOption {
    /// The node's name. `None` means the only interface.
    pub node: Option<String>,
    /// How it is attached.
    pub backend: NetBackend,
}

impl std::str::FromStr for NetOption {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        const EXPECTED: &str = "expected `user`, `tap=IFACE` or `NODE:tap=IFACE`";
        let (node, backend) = match text.split_once(':') {
            Some((node, backend)) => (Some(String::from(node)), backend),
            None => (None, text),
        };
        let backend = match backend.split_once('=') {
            None if backend == "user" => NetBackend::User,
            Some(("tap", name)) if !name.is_empty() => NetBackend::Tap(name.into()),
            _ => return Err(EXPECTED.into()),
        };
        if node.as_deref() == Some("") {
            return Err(EXPECTED.into());
        }
        Ok(Self { node, backend })
    }
}

/// The value of `--block`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DiskFile {
    /// The node's name. `None` means the only disk.
    pub node: Option<String>,
    /// The file.
    pub path: PathBuf,
}

impl std::str::FromStr for DiskFile {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let file = disk::file(text);
        let (node, path) = file.ok_or("expected `file=PATH` or `NODE:file=PATH`")?;
        Ok(Self {
            node: node.map(Into::into),
            path: path.into(),
        })
    }
}

/// An amount of memory, in bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Memory(pub u64);

impl std::str::FromStr for Memory {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        // QEMU's way of writing sizes, and that of the attribute.
        let bytes = size::parse(text).or_else(|| size::parse(&format!("{text}iB")));
        match bytes {
            None => Err("expected a size such as 64M, 16MiB or 1G".into()),
            Some(bytes) if bytes < size::MIN_MEMORY => Err(format!(
                "an image needs at least {}",
                size::display(size::MIN_MEMORY)
            )),
            Some(bytes) => Ok(Self(bytes)),
        }
    }
}
