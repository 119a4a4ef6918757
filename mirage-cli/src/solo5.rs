//! Tenders for images of `spt` and `hvt`: the command line and the exit status.

use crate::{
    arguments::Tenders,
    attached::AttachedDisk,
    doctor,
    failure::{Context, Failure, MISSING_PREREQUISITE, Result, TENDER_FAILED, VMM_FAILED},
    guest::End,
};
use mirage_graph::{
    argument::command_line,
    graph::{ConfigValue, Graph},
    target::Target,
};
use mirage_tender::HostInterface;
use std::{ffi::OsString, os::unix::process::ExitStatusExt, path::Path, process::ExitCode};

/// `cargo mirage tender`: runs an image in this process. Returns only if it runs none.
pub fn tender(args: Vec<OsString>) -> Result {
    mirage_tender::main("cargo mirage tender", args)
        .map_err(|error| Failure::with_status(TENDER_FAILED, error))?;
    Ok(ExitCode::SUCCESS)
}

/// Solo5's tender for `hvt`.
const HVT: &str = "solo5-hvt";

/// The tender of a target.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tender {
    /// This tool.
    BuiltIn,
    /// A program of the Solo5 project, by name.
    Solo5(&'static str),
}

impl Tender {
    /// Returns the tender that runs images of `target`.
    ///
    /// # Errors
    /// Returns a failure if the requested one does not run them.
    pub fn for_target(target: Target, requested: Option<Tenders>) -> Result<Self> {
        match (target, requested) {
            (Target::Spt, None | Some(Tenders::BuiltIn)) => Ok(Self::BuiltIn),
            (Target::Spt, Some(Tenders::Solo5)) => Ok(Self::Solo5("solo5-spt")),
            (Target::Hvt, None | Some(Tenders::Solo5)) => Ok(Self::Solo5(HVT)),
            (target, _) => Err(Failure::usage(format_args!(
                "this tool has no tender for `{}`",
                target.name()
            ))
            .help("use Solo5's from the PATH with `--tender solo5`")),
        }
    }

    /// Checks that it is installed.
    pub fn check_installed(self) -> Result<()> {
        let Self::Solo5(program) = self else {
            return Ok(());
        };
        if doctor::path_of(program).is_some() {
            return Ok(());
        }
        Err(Failure::with_status(
            MISSING_PREREQUISITE,
            format_args!("`{program}` is not installed"),
        )
        .help("it is Solo5's tender; distributions do not package it: build it from source"))
    }

    /// Returns the value of `--mem` that gives a guest at least `bytes`. The tender of `hvt` rounds it down
    /// to pages of 2 MiB.
    fn mebibytes(self, bytes: u64) -> u64 {
        let mebibytes = bytes.div_ceil(1 << 20);
        match self {
            Self::Solo5(HVT) => mebibytes.next_multiple_of(2),
            _ => mebibytes,
        }
    }

    /// Returns the start of its command line.
    fn command(self) -> Result<Vec<String>> {
        match self {
            Self::BuiltIn => {
                let tool = std::env::current_exe().context("this tool")?;
                Ok(vec![tool.to_string_lossy().into(), "tender".into()])
            }
            Self::Solo5(program) => Ok(vec![program.into()]),
        }
    }
}

/// The user's options for a tender.
pub struct Options<'a> {
    /// The tender.
    pub tender: Tender,
    /// The disks and their files, in the graph's order.
    pub disks: &'a [AttachedDisk<'a>],
    /// The host's sides of the interfaces, in the graph's order.
    pub interfaces: &'a [HostInterface],
    /// Memory in bytes.
    pub memory: u64,
    /// The unikernel's boot arguments.
    pub args: &'a [String],
}

/// Returns the whole command line, including the program.
pub fn command_line(image: &Path, graph: &Graph, options: &Options<'_>) -> Result<Vec<String>> {
    let mut line = options.tender.command()?;
    line.push(format!(
        "--mem={}",
        options.tender.mebibytes(options.memory)
    ));
    let mac_addresses = graph.mac_addresses();
    for (index, ((node, _), interface)) in graph.interfaces().zip(options.interfaces).enumerate() {
        let name = graph.solo5_name(node);
        line.push(match interface {
            HostInterface::Tap(tap) => format!("--net:{name}={tap}"),
            HostInterface::Descriptor(number) => format!("--net:{name}=@{number}"),
        });
        if let Some(mac) = mac_addresses.get(index).and_then(ConfigValue::get) {
            line.push(format!("--net-mac:{name}={mac}"));
        }
    }
    for ((node, _), AttachedDisk { path, .. }) in graph.disks().zip(options.disks) {
        let name = graph.solo5_name(node);
        line.push(format!("--block:{name}={}", path.to_string_lossy()));
    }
    line.extend(["--".into(), image.to_string_lossy().into()]);
    if !options.args.is_empty() {
        // A tender joins its arguments with spaces, so it gets a single one.
        let args = options.args.iter().map(String::as_str);
        line.push(command_line::join(args));
    }
    Ok(line)
}

/// A shell's status for a program that was killed by a signal is this plus the signal's number.
const BY_SIGNAL: i32 = 128;
/// SIGSYS: the filter forbids a system call.
const FORBIDDEN_CALL: i32 = 31;
/// SIGSEGV and SIGBUS: an invalid memory access.
const BAD_ACCESS: [i32; 2] = [11, 7];

/// Returns the unikernel's status, or why it has none.
pub fn exit_status(graph: &Graph, End { status, last }: &End) -> Result {
    let name = &graph.name;
    if let Some(status) = status.code() {
        // A tender's own failures have the same status. A unikernel prints its error as the last line; a program with
        // std may print anything.
        let is_of_unikernel =
            last.starts_with("error: ") || (graph.std && !last.starts_with("solo5-"));
        if status == 1 && !is_of_unikernel {
            return Err(
                Failure::with_status(VMM_FAILED, "the tender did not run the image")
                    .help("`-v` prints its command line"),
            );
        }
        return Ok(ExitCode::from(status as u8));
    }
    let signal = status.signal().unwrap_or_default();
    let status = u8::try_from(BY_SIGNAL + signal).unwrap_or(u8::MAX);
    Err(match signal {
        FORBIDDEN_CALL => Failure::with_status(
            status,
            format_args!("`{name}` made a forbidden system call"),
        )
        .help("find its number in the host's log, in `dmesg` or `journalctl -k`: `type=1326 … syscall=`"),
        signal if BAD_ACCESS.contains(&signal) => Failure::with_status(
            status,
            format_args!("`{name}` made an invalid memory access"),
        )
        .help("perhaps a stack overflow, of which an image for `virtio` reports the place (`stack`, `threads`)"),
        signal => Failure::with_status(
            status,
            format_args!("`{name}` was killed by signal {signal}"),
        ),
    })
}
