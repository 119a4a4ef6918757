//! The virtual machine's life, from the line to the unikernel's exit status.

use super::console::{self, Awaited};
use crate::{
    failure::{Failure, Result},
    process,
};
use indicatif::ProgressBar;
use mirage_graph::argument::{BAD_ARGUMENT, HELP_SHOWN};
use std::{
    io::{self, Read},
    os::unix::process::ExitStatusExt,
    path::Path,
    process::{Command, ExitCode, Stdio},
    time::Duration,
};

/// Statuses with which isa-debug-exit ends QEMU, as `mirage-rt` uses it. They can only be odd.
const ERROR: i32 = 1;
const HELP: i32 = HELP_SHOWN as i32;
const REFUSED: i32 = BAD_ARGUMENT as i32 | 1;
const PANIC: i32 = 255;

/// Runs QEMU until the unikernel ends; its status becomes the tool's.
pub fn boot(name: &str, line: &[String], symbols: &Path, awaited: Option<Awaited<'_>>) -> Result {
    let mut command = Command::new(&line[0]);
    command
        .args(&line[1..])
        .stdin(Stdio::null())
        .stdout(Stdio::piped());
    let mut machine = process::dies_with_tool(&mut command)
        .spawn()
        .map_err(|cause| Failure::vmm(format_args!("{}: {cause}", line[0])))?;
    let output = Silence {
        until: machine.stdout.take().expect("the output is piped"),
        progress: progress(name),
    };
    let last = console::copy(output, io::stdout(), symbols, awaited)
        .map_err(|cause| Failure::vmm(format_args!("the console: {cause}")))?;
    let status = machine
        .wait()
        .map_err(|cause| Failure::vmm(format_args!("{}: {cause}", line[0])))?;
    match status.code() {
        Some(0) => Ok(ExitCode::SUCCESS),
        Some(HELP) => Ok(ExitCode::from(HELP_SHOWN)),
        Some(REFUSED) => Ok(ExitCode::from(BAD_ARGUMENT)),
        Some(PANIC) => Ok(ExitCode::from(PANIC as u8)),
        // QEMU's own failures have the same status; a unikernel's error is its last line.
        Some(ERROR) if last.starts_with("error: ") => Ok(ExitCode::from(ERROR as u8)),
        Some(status) => Err(
            Failure::vmm(format_args!("{} failed with status {status}", line[0]))
                .help("`-v` prints the command line"),
        ),
        None => Err(Failure::vmm(format_args!(
            "{} was ended by signal {}",
            line[0],
            status.signal().unwrap_or_default()
        ))),
    }
}

/// What a terminal shows until the machine speaks.
fn progress(name: &str) -> ProgressBar {
    let progress = ProgressBar::new_spinner().with_message(format!("booting `{name}`"));
    progress.enable_steady_tick(Duration::from_millis(100));
    progress
}

/// A console that has said nothing yet.
struct Silence<R> {
    until: R,
    progress: ProgressBar,
}

impl<R: Read> Read for Silence<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let length = self.until.read(buffer);
        self.progress.finish_and_clear();
        length
    }
}
