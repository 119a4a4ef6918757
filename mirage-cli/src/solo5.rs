//! Running images of `spt` and `hvt`: the tender's command line, and what its end means.

use crate::{
    arguments::Tenders,
    attachment::AttachedDisk,
    doctor,
    failure::{Context, Failure, Result},
    guest::End,
};
use mirage_graph::{
    argument::command_line,
    graph::{ConfigValue, Graph},
    target::Target,
};
use mirage_tender::{
    HostInterface,
    image::{Device, DeviceKind},
};
use std::{ffi::OsString, os::unix::process::ExitStatusExt, path::Path, process::ExitCode};

/// `cargo mirage tender`: runs an image in this process. Returns only if it runs none.
pub fn tender(args: Vec<OsString>) -> Result {
    mirage_tender::main("cargo mirage tender", args).map_err(Failure::tender)?;
    Ok(ExitCode::SUCCESS)
}

/// Solo5's tender of `hvt`.
const HVT: &str = "solo5-hvt";

/// The tender of a target.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tender {
    /// This tool.
    Own,
    /// A program of Solo5's, by its name.
    Solo5(&'static str),
}

impl Tender {
    /// The one that runs images of `target`.
    ///
    /// # Errors
    /// The one that is asked for runs none of them.
    pub fn of(target: Target, asked: Option<Tenders>) -> Result<Self> {
        match (target, asked) {
            (Target::Spt, None | Some(Tenders::Own)) => Ok(Self::Own),
            (Target::Spt, Some(Tenders::Solo5)) => Ok(Self::Solo5("solo5-spt")),
            (Target::Hvt, None | Some(Tenders::Solo5)) => Ok(Self::Solo5(HVT)),
            (target, _) => Err(Failure::usage(format_args!(
                "this tool has no tender for `{}`",
                target.name()
            ))
            .help("use Solo5's from the PATH with `--tender solo5`")),
        }
    }

    /// Makes sure that it is there.
    pub fn require(self) -> Result<()> {
        let Self::Solo5(program) = self else {
            return Ok(());
        };
        if doctor::path_of(program).is_some() {
            return Ok(());
        }
        Err(
            Failure::missing(format_args!("`{program}` is not installed")).help(
                "it is Solo5's tender; distributions do not package it: build it from source",
            ),
        )
    }

    /// The memory to ask for, in MiB, so that a guest has `bytes` at least: the tender of `hvt` takes
    /// off what is no whole page of 2 MiB.
    fn mebibytes(self, bytes: u64) -> u64 {
        let mebibytes = bytes.div_ceil(1 << 20);
        match self {
            Self::Solo5(HVT) => mebibytes.next_multiple_of(2),
            _ => mebibytes,
        }
    }

    /// What it is called with, as far as it depends on nothing else.
    fn words(self) -> Result<Vec<String>> {
        match self {
            Self::Own => {
                let tool = std::env::current_exe().context("this tool")?;
                Ok(vec![tool.to_string_lossy().into(), "tender".into()])
            }
            Self::Solo5(program) => Ok(vec![program.into()]),
        }
    }
}

/// What the user chooses.
pub struct Options<'a> {
    /// Who runs it.
    pub tender: Tender,
    /// The devices of the image's manifest.
    pub devices: &'a [Device<'a>],
    /// The disks and their files, in the graph's order.
    pub disks: &'a [AttachedDisk<'a>],
    /// The host's sides of the interfaces, in the graph's order.
    pub interfaces: &'a [HostInterface],
    /// Memory in bytes.
    pub memory: u64,
    /// The unikernel's own arguments.
    pub arguments: &'a [String],
}

/// The tender's whole line, the program first.
pub fn command_line(image: &Path, graph: &Graph, options: &Options<'_>) -> Result<Vec<String>> {
    let mut line = options.tender.words()?;
    line.push(format!(
        "--mem={}",
        options.tender.mebibytes(options.memory)
    ));
    let mac_addresses = graph.mac_addresses();
    // In the manifest the devices of each kind stand in the graph's order.
    let names = |kind| {
        let devices = options.devices.iter();
        devices.filter_map(move |device| (device.kind() == kind).then_some(device.name()))
    };
    let interfaces = names(DeviceKind::NetBasic).zip(options.interfaces);
    for (index, (name, interface)) in interfaces.enumerate() {
        line.push(match interface {
            HostInterface::Tap(tap) => format!("--net:{name}={tap}"),
            HostInterface::Descriptor(number) => format!("--net:{name}=@{number}"),
        });
        if let Some(mac) = mac_addresses.get(index).and_then(ConfigValue::known) {
            line.push(format!("--net-mac:{name}={mac}"));
        }
    }
    for (name, AttachedDisk { path, .. }) in names(DeviceKind::BlockBasic).zip(options.disks) {
        line.push(format!("--block:{name}={}", path.to_string_lossy()));
    }
    line.extend(["--".into(), image.to_string_lossy().into()]);
    if !options.arguments.is_empty() {
        // A tender joins words by spaces; one word stays as it is.
        let words = options.arguments.iter().map(String::as_str);
        line.push(command_line::join(words));
    }
    Ok(line)
}

/// How a shell says that a signal ended a program: 128 and the signal's number.
const BY_SIGNAL: i32 = 128;
/// SIGSYS: a system call that the filter forbids.
const FORBIDDEN_CALL: i32 = 31;
/// SIGSEGV and SIGBUS: a bad access to memory.
const BAD_ACCESS: [i32; 2] = [11, 7];

/// The unikernel's status, or why it has none.
pub fn ended(name: &str, End { status, last }: &End) -> Result {
    if let Some(status) = status.code() {
        // A tender's own failures have the status of an error; a unikernel's is its last line.
        if status == 1 && !last.starts_with("error: ") {
            return Err(Failure::vmm("the tender did not run the image")
                .help("`-v` prints its command line"));
        }
        return Ok(ExitCode::from(status as u8));
    }
    let signal = status.signal().unwrap_or_default();
    let status = u8::try_from(BY_SIGNAL + signal).unwrap_or(u8::MAX);
    Err(match signal {
        FORBIDDEN_CALL => Failure::guest(
            status,
            format_args!("`{name}` made a forbidden system call"),
        )
        .help("find its number in the host's log, in `dmesg` or `journalctl -k`: `type=1326 … syscall=`"),
        signal if BAD_ACCESS.contains(&signal) => Failure::guest(
            status,
            format_args!("`{name}` made an invalid memory access"),
        ),
        signal => Failure::guest(
            status,
            format_args!("`{name}` was killed by signal {signal}"),
        ),
    })
}
