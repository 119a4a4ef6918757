//! The command line.

use crate::ports::Forward;
use clap::{
    ArgAction, Args, Parser, Subcommand, ValueEnum,
    builder::{PossibleValue, PossibleValuesParser, TypedValueParser},
};
use mirage_graph::{disk, size, target::Target};
use std::{ffi::OsString, path::PathBuf};

/// The process's arguments, without the `mirage` that cargo puts first for `cargo mirage`.
pub fn of_process() -> impl Iterator<Item = OsString> {
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
  of `run`, the unikernel's own: 0, 1 for an error, 255 for a panic, and for its own arguments
       63 after `--help`, 64 if one is wrong
  2    the arguments are wrong
  69   something has to be installed first
  70   the virtual machine monitor failed
  101  anything else, such as a build that failed"
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
    /// Run the tests, images included
    Test(Test),
    /// Show what a unikernel is made of
    Describe(Describe),
    /// Print what `#[unikernel]` makes of a main
    Expand(Expand),
    /// Print which sections and crates an image consists of; a function belongs to the crate that
    /// defines it
    Size(Size),
    /// Start a crate of a unikernel
    New(New),
    /// Say what has to be installed for all this, and install it
    Doctor(Doctor),
    /// Run an image of the target `spt`, with the command line of solo5-spt
    #[command(disable_help_flag = true)]
    Tender(Tender),
}

/// Reads a target's name.
fn target() -> impl TypedValueParser<Value = Target> {
    let values = Target::ALL.map(|target| {
        PossibleValue::new(target.name()).help(match target {
            Target::Unix => "A process of this host",
            Target::Virtio => {
                "An x86_64 machine with virtio devices, such as QEMU's q35 and microvm"
            }
            Target::Hvt => "A virtual machine of the Solo5 tender `solo5-hvt`",
            Target::Spt => "A sandboxed process of the Solo5 tender `solo5-spt`",
        })
    });
    PossibleValuesParser::new(values).try_map(|name| Target::named(&name).ok_or("no such target"))
}

/// Which package, and how it is compiled.
#[derive(Debug, Args)]
pub struct Source {
    /// The unikernel's package [default: the one of this directory]
    #[arg(value_name = "PKG")]
    pub package: Option<String>,
    /// What cargo is told of the manifest.
    #[command(flatten)]
    pub manifest: clap_cargo::Manifest,
    /// What cargo is told of features.
    #[command(flatten)]
    pub features: clap_cargo::Features,
}

/// Optimised or not.
#[derive(Debug, Default, Args)]
pub struct Profile {
    /// Optimise (the default)
    #[arg(long, overrides_with = "debug")]
    pub release: bool,
    /// Do not optimise
    #[arg(long)]
    pub debug: bool,
}

/// `build`
#[derive(Debug, Args)]
pub struct Build {
    /// The package.
    #[command(flatten)]
    pub source: Source,
    /// Build for this target only; may be given several times [default: all that are declared]
    #[arg(short, long = "target", value_name = "TARGET", value_parser = target(), action = ArgAction::Append)]
    pub targets: Vec<Target>,
    /// The profile.
    #[command(flatten)]
    pub profile: Profile,
    /// How the images are listed
    #[arg(long, value_name = "FORMAT", default_value = "human")]
    pub message_format: MessageFormat,
}

/// How results are printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum MessageFormat {
    /// For people
    Human,
    /// One JSON object per line
    Json,
}

/// `run`
#[derive(Debug, Args)]
pub struct Run {
    /// The package.
    #[command(flatten)]
    pub source: Source,
    /// Where to run
    #[arg(short, long, value_name = "TARGET", value_parser = target(), default_value = "unix")]
    pub target: Target,
    /// The profile.
    #[command(flatten)]
    pub profile: Profile,
    /// Reach the unikernel's port GUEST at 127.0.0.1:HOST; may be given several times [default: a
    /// port below 1024 is 8000 higher, any other the same]
    #[arg(short, long = "publish", value_name = "HOST:GUEST", action = ArgAction::Append)]
    pub ports: Vec<Forward>,
    /// Who runs images of spt and hvt [default: own for spt, solo5 for hvt]
    #[arg(long, value_name = "TENDER")]
    pub tender: Option<Tenders>,
    /// The machine that QEMU plays [default: q35]
    #[arg(long, value_name = "MACHINE")]
    pub machine: Option<QemuMachine>,
    /// Whether the processor is used directly (KVM) or translated (TCG) [default: auto]
    #[arg(long, value_name = "ACCEL")]
    pub accel: Option<Accel>,
    /// `user`: forwarded ports; `tap=IFACE`: a TAP device of the host; `NODE:tap=IFACE` for one of
    /// several interfaces [default: user]
    #[arg(long, value_name = "NET", action = ArgAction::Append)]
    pub net: Vec<NetOption>,
    /// `file=PATH`: a file of the host; `NODE:file=PATH` for one of several disks [default: a file
    /// beside the image, if the disk says its size]
    #[arg(long, value_name = "DISK", action = ArgAction::Append)]
    pub block: Vec<DiskFile>,
    /// Memory of the machine, such as 64M, 16MiB or 1G [default: what the unikernel declares, or 64M]
    #[arg(long, value_name = "SIZE")]
    pub memory: Option<Memory>,
    /// Print the command line and do not run it
    #[arg(long)]
    pub dry_run: bool,
    /// Print the command line
    #[arg(short, long)]
    pub verbose: bool,
    /// The unikernel's own arguments
    #[arg(last = true, value_name = "ARGS")]
    pub arguments: Vec<String>,
    /// What may be installed.
    #[command(flatten)]
    pub setup: Setup,
}

/// What may be done about missing programs.
#[derive(Debug, Args)]
pub struct Setup {
    /// Install what is missing from the distribution's packages (Debian and Ubuntu)
    #[arg(long)]
    pub install: bool,
}

/// `describe`
#[derive(Debug, Args)]
pub struct Describe {
    /// The package.
    #[command(flatten)]
    pub source: Source,
    /// Whose values are shown, where they differ by target
    #[arg(short, long, value_name = "TARGET", value_parser = target(), default_value = "unix")]
    pub target: Target,
    /// How the device graph is drawn
    #[arg(long, value_name = "FORMAT", default_value = "tree")]
    pub format: Picture,
    /// `json` is `--format json`
    #[arg(long, value_name = "FORMAT", default_value = "human")]
    pub message_format: MessageFormat,
}

/// How a device graph is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Picture {
    /// Each device above those that it is built on
    Tree,
    /// What the image says of itself
    Json,
    /// For graphviz
    Dot,
    /// A picture
    Svg,
}

/// `expand`
#[derive(Debug, Args)]
pub struct Expand {
    /// The package.
    #[command(flatten)]
    pub source: Source,
}

/// `size`
#[derive(Debug, Args)]
pub struct Size {
    /// The package.
    #[command(flatten)]
    pub source: Source,
    /// Whose image
    #[arg(short, long, value_name = "TARGET", value_parser = target(), default_value = "virtio")]
    pub target: Target,
    /// The profile.
    #[command(flatten)]
    pub profile: Profile,
}

/// `new`
#[derive(Debug, Args)]
pub struct New {
    /// Where the crate is made; the last part is its name
    #[arg(value_name = "NAME")]
    pub path: PathBuf,
}

/// `test`
#[derive(Debug, Args)]
pub struct Test {
    /// The package.
    #[command(flatten)]
    pub source: Source,
    /// What may be installed.
    #[command(flatten)]
    pub setup: Setup,
    /// Run only tests whose names contain one of these
    #[arg(last = true, value_name = "FILTER")]
    pub filters: Vec<String>,
}

/// `doctor`
#[derive(Debug, Args)]
pub struct Doctor {
    /// What may be installed.
    #[command(flatten)]
    pub setup: Setup,
}

/// `tender`
#[derive(Debug, Args)]
pub struct Tender {
    /// Options, the image, and its arguments; `--help` lists them
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

/// Who runs images of `spt` and `hvt`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Tenders {
    /// This tool, as `cargo mirage tender`
    Own,
    /// `solo5-spt` or `solo5-hvt`, from the PATH
    Solo5,
}

/// What executes the guest's instructions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Accel {
    /// KVM where it works, else TCG
    Auto,
    /// The host's processor
    Kvm,
    /// Translation
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
