//! The arguments of the process: those of the unikernel, forwarded ports, TAP devices, and the files of
//! disks.

use crate::arguments;
use alloc::{string::String, vec::Vec};
use core::str::FromStr;
use mirage_graph::{
    argument::{Argument, ArgumentError, PROCESS_OPTIONS, ParsedArgs},
    disk, port,
};
use std::{
    ffi::OsString,
    os::fd::RawFd,
    path::{Path, PathBuf},
    sync::OnceLock,
};

/// The options of the process.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Arguments {
    forwards: Vec<Forward>,
    /// What the unikernel's own stack uses.
    nets: Vec<Net>,
    /// The files of disks.
    disks: Vec<DiskFile>,
}

impl Arguments {
    fn from_parsed(parsed: &ParsedArgs<'_>) -> Result<Self, ArgumentError> {
        Ok(Self {
            forwards: parsed.list("publish")?,
            nets: parsed.list("net")?,
            disks: parsed.list("block")?,
        })
    }

    /// Returns what the interface `node` is attached to, if it is not the host's sockets.
    pub(super) fn backend(&self, node: &str) -> Option<&Backend> {
        let mut nets = self.nets.iter();
        let net = nets.find(|net| net.node.as_deref().is_none_or(|name| name == node));
        net.map(|net| &net.backend)
    }

    /// Returns whether any interface is attached to something else than the host's sockets.
    #[cfg(feature = "std")]
    pub(super) fn has_nets(&self) -> bool {
        !self.nets.is_empty()
    }

    /// Returns the file of the disk `node`, if one is given.
    pub(super) fn disk(&self, node: &str) -> Option<&Path> {
        let mut disks = self.disks.iter();
        let disk = disks.find(|disk| disk.node.as_deref().is_none_or(|name| name == node));
        disk.map(|disk| disk.path.as_path())
    }

    /// Returns the host's port that stands for the unikernel's port `guest`, one of the `declared` ports of an
    /// interface.
    pub(super) fn host_port(&self, guest: u16, declared: &[u16]) -> u16 {
        let asked = self.forwards.iter().find(|forward| forward.guest == guest);
        asked.map_or_else(|| port::on_host(guest, declared), |forward| forward.host)
    }
}

/// The value of `--publish`.
#[derive(Debug, PartialEq, Eq)]
struct Forward {
    host: u16,
    guest: u16,
}

impl FromStr for Forward {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let port = |text: &str| text.parse().ok().filter(|port| *port != 0);
        text.split_once(':')
            .and_then(|(host, guest)| {
                Some(Self {
                    host: port(host)?,
                    guest: port(guest)?,
                })
            })
            .ok_or("expected HOST:GUEST, two ports from 1 to 65535, such as 8080:80")
    }
}

/// The value of `--net`: what an interface is attached to.
#[derive(Debug, PartialEq, Eq)]
struct Net {
    /// The interface; may be absent if there is only one.
    node: Option<String>,
    backend: Backend,
}

/// What an interface is attached to.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Backend {
    /// A TAP device, by name.
    Tap(String),
    /// A socket that the process has inherited, on which each message is a frame. `cargo mirage up` uses it.
    Descriptor(RawFd),
}

impl FromStr for Net {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (node, backend) = match text.split_once(':') {
            Some((node, backend)) => (Some(node.into()), backend),
            None => (None, text),
        };
        let backend = match backend.split_once('=') {
            Some(("tap", name)) if !name.is_empty() => Some(Backend::Tap(name.into())),
            Some(("fd", number)) => number.parse().ok().map(Backend::Descriptor),
            _ => None,
        };
        let backend = backend.ok_or("expected `tap=NAME` or `NODE:tap=NAME`")?;
        Ok(Self { node, backend })
    }
}

/// The value of `--block`: a file for a disk.
#[derive(Debug, PartialEq, Eq)]
struct DiskFile {
    /// The disk; may be absent if there is only one.
    node: Option<String>,
    path: PathBuf,
}

impl FromStr for DiskFile {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let file = disk::file(text);
        let (node, path) = file.ok_or("expected `file=PATH` or `NODE:file=PATH`")?;
        Ok(Self {
            node: node.map(Into::into),
            path: path.into(),
        })
    }
}

static ARGUMENTS: OnceLock<Arguments> = OnceLock::new();

/// Returns the options of the process. A test has none.
pub(super) fn current() -> &'static Arguments {
    ARGUMENTS.get_or_init(Arguments::default)
}

/// Parses the arguments of a unikernel that takes none: those of the process.
pub(crate) fn refuse(name: &str) {
    read(name, &[]);
}

/// Parses the arguments of the process and those of the unikernel, which are in `lists`. Ends the process
/// after `--help` and after an error.
pub(crate) fn read(name: &str, lists: &[&[Argument<&'static str>]]) -> ParsedArgs<'static> {
    read_from(name, std::env::args_os().skip(1), lists)
}

/// The same for these arguments.
pub(super) fn read_from(
    name: &str,
    args: impl Iterator<Item = OsString>,
    lists: &[&[Argument<&'static str>]],
) -> ParsedArgs<'static> {
    let args = args.map(OsString::into_string).collect::<Result<_, _>>();
    let lists = [lists, &[&PROCESS_OPTIONS]].concat();
    let parsed = arguments::read(name, args.map_err(|_| ArgumentError::NotText), &lists);
    match Arguments::from_parsed(&parsed) {
        Ok(arguments) => {
            let _ = ARGUMENTS.set(arguments);
        }
        Err(error) => arguments::refuse(&error),
    }
    parsed
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::ToString;

    fn read(line: &str) -> Result<Arguments, ArgumentError> {
        let args = line.split_whitespace().map(String::from).collect();
        let parsed = ParsedArgs::parse("gate", args, &[&PROCESS_OPTIONS])?;
        Arguments::from_parsed(&parsed.expect("no help"))
    }

    #[test]
    fn ports_are_mapped_by_rule_or_by_request() {
        let arguments = read("--publish 9000:80 --publish 53:5353").expect("arguments");
        assert_eq!(arguments.host_port(80, &[80]), 9000);
        assert_eq!(arguments.host_port(5353, &[5353]), 53);
        assert_eq!(arguments.host_port(443, &[443, 8443]), 9443);
        assert_eq!(arguments.host_port(1024, &[1024]), 1024);
    }

    #[test]
    fn an_interface_is_attached_in_both_ways_of_writing() {
        let tap = |name: &str| Backend::Tap(name.into());
        for line in ["--net tap=tap0", "--net=tap=tap0"] {
            let arguments = read(line).expect("arguments");
            assert_eq!(arguments.backend("net"), Some(&tap("tap0")), "{line}");
        }
        let several = read("--net wan:tap=tap0 --net lan:fd=5").expect("arguments");
        assert_eq!(several.backend("lan"), Some(&Backend::Descriptor(5)));
        assert_eq!(several.backend("wan"), Some(&tap("tap0")));
        assert_eq!(several.backend("dmz"), None);
    }

    #[test]
    fn a_disk_is_kept_where_it_is_said() {
        let arguments = read("--block file=/tmp/a:b").expect("arguments");
        assert_eq!(arguments.disk("block"), Some(Path::new("/tmp/a:b")));
        let several = read("--block data:file=data --block log:file=c:file=d").expect("arguments");
        assert_eq!(several.disk("log"), Some(Path::new("c:file=d")));
        assert_eq!(several.disk("data"), Some(Path::new("data")));
        assert_eq!(several.disk("spare"), None);
    }

    #[test]
    fn what_is_wrong_is_named() {
        let ports = "expected HOST:GUEST, two ports from 1 to 65535, such as 8080:80";
        for (line, message) in [
            (
                "--publish",
                "`--publish` needs a value: `--publish=HOST:GUEST`".into(),
            ),
            (
                "--publish 80",
                alloc::format!("invalid value `80` for `--publish`: {ports}"),
            ),
            (
                "--publish 0:80",
                alloc::format!("invalid value `0:80` for `--publish`: {ports}"),
            ),
            (
                "--net user",
                "invalid value `user` for `--net`: expected `tap=NAME` or `NODE:tap=NAME`".into(),
            ),
            (
                "--block data:",
                "invalid value `data:` for `--block`: expected `file=PATH` or `NODE:file=PATH`"
                    .into(),
            ),
            (
                "--nat",
                "unknown argument `--nat`; did you mean `--net`?".into(),
            ),
        ] {
            assert_eq!(read(line).expect_err(line).to_string(), message, "{line}");
        }
    }
}
