//! The values of options.

use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};
use mirage_graph::{disk, size, target::Target};
use std::path::PathBuf;

/// The names of the values of an option, with their descriptions.
pub(super) trait Named: Copy + Send + Sync + 'static {
    /// Each value.
    const ALL: &'static [(&'static str, &'static str, Self)];
}

/// Reads the name of a value.
pub(super) fn named<T: Named>() -> impl TypedValueParser<Value = T> {
    let values = T::ALL.iter();
    let values = values.map(|(name, help, _)| PossibleValue::new(*name).help(*help));
    PossibleValuesParser::new(values).try_map(|name| {
        let mut values = T::ALL.iter();
        let value = values.find(|(other, ..)| *other == name);
        value.map(|(.., value)| *value).ok_or("no such value")
    })
}

impl Named for Target {
    const ALL: &'static [(&'static str, &'static str, Self)] = &[
        (Self::Unix.name(), "A process on this host", Self::Unix),
        (
            Self::Virtio.name(),
            "An x86_64 machine with virtio devices, such as QEMU's q35 and microvm",
            Self::Virtio,
        ),
        (
            Self::Hvt.name(),
            "A virtual machine, run by the Solo5 tender `solo5-hvt`",
            Self::Hvt,
        ),
        (
            Self::Spt.name(),
            "A sandboxed process, run by our tender or Solo5's `solo5-spt`",
            Self::Spt,
        ),
    ];
}

/// The value of `--target` for an application.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NamedTarget {
    /// The unikernel; all of them if absent.
    pub unikernel: Option<String>,
    /// Its target.
    pub target: Target,
}

impl std::str::FromStr for NamedTarget {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (unikernel, target) = match text.split_once('=') {
            Some((unikernel, target)) => (Some(unikernel.into()), target),
            None => (None, text),
        };
        let target = Target::from_name(target).ok_or_else(|| {
            let names = Target::ALL.map(Target::name).join("`, `");
            format!("expected a target or NAME=TARGET; the targets are `{names}`")
        })?;
        Ok(Self { unikernel, target })
    }
}

/// The output format of a plan.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PlanFormat {
    /// Unikernels with their addresses, and links
    Table,
    /// Rules of nftables
    Nftables,
    /// Kubernetes NetworkPolicies
    Kubernetes,
}

impl Named for PlanFormat {
    const ALL: &'static [(&'static str, &'static str, Self)] = &[
        (
            "table",
            "Unikernels with their addresses, and links",
            Self::Table,
        ),
        (
            "nftables",
            "Rules for `nft -f`: what bridges carry between the TAP devices UNIKERNEL-NETWORK",
            Self::Nftables,
        ),
        (
            "kubernetes",
            "NetworkPolicies for `kubectl apply -f`, in JSON",
            Self::Kubernetes,
        ),
    ];
}

/// How results are printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MessageFormat {
    /// Human-readable text
    Human,
    /// One JSON object per line
    Json,
}

impl Named for MessageFormat {
    const ALL: &'static [(&'static str, &'static str, Self)] = &[
        ("human", "Human-readable text", Self::Human),
        ("json", "One JSON object per line", Self::Json),
    ];
}

/// The output format of a device graph.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
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

impl Named for Picture {
    const ALL: &'static [(&'static str, &'static str, Self)] = &[
        (
            "tree",
            "A tree: each device above those that it is built on",
            Self::Tree,
        ),
        ("json", "The graph as embedded in the image", Self::Json),
        ("dot", "Input for graphviz", Self::Dot),
        ("svg", "A picture", Self::Svg),
    ];
}

/// The machines of QEMU that are known to boot an image.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum QemuMachine {
    /// A PC with PCI Express
    Q35,
    /// A minimal machine: virtio over MMIO, no PCI
    Microvm,
}

impl Named for QemuMachine {
    const ALL: &'static [(&'static str, &'static str, Self)] = &[
        ("q35", "A PC with PCI Express", Self::Q35),
        (
            "microvm",
            "A minimal machine: virtio over MMIO, no PCI",
            Self::Microvm,
        ),
    ];
}

/// The tenders for images of `spt` and `hvt`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tenders {
    /// This tool's own, `cargo mirage tender`
    BuiltIn,
    /// `solo5-spt` or `solo5-hvt`, from the PATH
    Solo5,
}

impl Named for Tenders {
    const ALL: &'static [(&'static str, &'static str, Self)] = &[
        (
            "own",
            "This tool's own, `cargo mirage tender`",
            Self::BuiltIn,
        ),
        (
            "solo5",
            "`solo5-spt` or `solo5-hvt`, from the PATH",
            Self::Solo5,
        ),
    ];
}

/// How QEMU executes the guest's instructions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Accel {
    /// KVM if it works, else TCG
    Auto,
    /// Hardware virtualisation
    Kvm,
    /// Emulation
    Tcg,
}

impl Named for Accel {
    const ALL: &'static [(&'static str, &'static str, Self)] = &[
        ("auto", "KVM if it works, else TCG", Self::Auto),
        ("kvm", "Hardware virtualisation", Self::Kvm),
        ("tcg", "Emulation", Self::Tcg),
    ];
}

/// How a network interface is attached to the host.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NetBackend {
    /// The user network, with forwarded ports.
    User,
    /// A TAP device, by name.
    Tap(String),
    /// A socket on which each message is a frame, by the descriptor that the program inherits. It is no value of an
    /// option.
    Descriptor(i32),
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
