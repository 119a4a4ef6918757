//! The image: its name, memory and log level, and the process and the files of a program with std.

use super::{
    key::{Key, keys},
    rule,
    targets::EXAMPLE as TARGETS_EXAMPLE,
};
use crate::files::Files;
use mirage_graph::{
    graph::{ConfigValue, Optional, SpanId, Threads},
    target::LogLevel,
};

/// The properties of the image.
#[derive(Clone, Default)]
pub(crate) struct Image {
    pub(crate) name: Optional<String>,
    pub(crate) memory: Optional<u64>,
    pub(crate) stack: Optional<u64>,
    pub(crate) heap: Optional<u64>,
    pub(crate) root: Optional<Files>,
    pub(crate) tmp: Optional<u64>,
    pub(crate) log: Optional<LogLevel>,
    pub(crate) threads: Threads,
    /// A text `NAME=VALUE` for each environment variable.
    pub(crate) env: Vec<String>,
}

impl Image {
    /// The files, and the key's value that names their directory. Absent if that was reported.
    pub(crate) fn files(&self) -> Option<(&Files, SpanId)> {
        let root = self.root.as_ref()?;
        match &root.value {
            ConfigValue::Known(files) => Some((files, root.span)),
            _ => None,
        }
    }
}

/// Keys of the attribute with their own syntax.
pub(super) enum ImageKey {
    Interfaces,
    Disks,
    Targets,
    Args,
    Threads,
    Env,
    Outgoing,
    Connect,
}

/// The key of the interfaces, and the name of a single one.
pub(super) const NET: &str = "net";
pub(super) const TARGETS: &str = "targets";

/// Keys of programs with std.
pub(super) const OF_STD: [&str; 4] = ["root", "tmp", "threads", "env"];

/// Keys of devices.
pub(super) const DEVICES: &[Key<Image, ImageKey>] = keys! {
    NET "net = \"virtio\"" special(ImageKey::Interfaces);
    "block" "block = \"auto\"" special(ImageKey::Disks);
};

/// Keys of the image.
pub(super) const IMAGE: &[Key<Image, ImageKey>] = keys! {
    "name" "name = \"web\"" text(rule::NAME) name;
    "memory" "memory = \"16MiB\"" text(rule::MEMORY) memory;
    "stack" "stack = \"256KiB\"" text(rule::STACK) stack;
    "heap" "heap = \"4MiB\"" text(rule::SIZE) heap;
    "root" "root = \"files/\"" text(rule::ROOT) root;
    "tmp" "tmp = \"4MiB\"" text(rule::SIZE) tmp;
    "log" "log = \"info\"" text(rule::LOG) log;
    TARGETS TARGETS_EXAMPLE special(ImageKey::Targets);
    "args" "args = Arguments" special(ImageKey::Args);
    "threads" "threads(max = 16)" special(ImageKey::Threads);
    "env" "env(RUST_LOG = \"info\")" special(ImageKey::Env);
    "outgoing" "outgoing = \"none\"" special(ImageKey::Outgoing);
    "connect" "connect(payments = \"192.0.2.7:443\")" special(ImageKey::Connect);
};
