//! Translates QEMU's exit status into the unikernel's.

use crate::{
    failure::{Failure, Result, VMM_FAILED},
    guest::End,
};
use mirage_graph::argument::{BAD_ARGUMENT, HELP_SHOWN};
use std::{fmt::Display, os::unix::process::ExitStatusExt, process::ExitCode};

/// The statuses with which isa-debug-exit ends QEMU, as `mirage-rt` uses it. They are always odd.
const ERROR: i32 = 1;
const HELP: i32 = HELP_SHOWN as i32;
const REFUSED: i32 = BAD_ARGUMENT as i32 | 1;
const PANIC: i32 = 255;

/// Returns the unikernel's status, or QEMU's failure.
pub fn exit_status(End { status, last }: &End) -> Result {
    match status.code() {
        Some(0) => Ok(ExitCode::SUCCESS),
        Some(HELP) => Ok(ExitCode::from(HELP_SHOWN)),
        Some(REFUSED) => Ok(ExitCode::from(BAD_ARGUMENT)),
        Some(PANIC) => Ok(ExitCode::from(PANIC as u8)),
        // QEMU's own failures have the same status. A unikernel prints its error as the last line.
        Some(ERROR) if last.starts_with("error: ") => Ok(ExitCode::from(ERROR as u8)),
        Some(status) => Err(failed(format_args!("failed with status {status}"))),
        None => {
            let signal = status.signal().unwrap_or_default();
            Err(failed(format_args!("was killed by signal {signal}")))
        }
    }
}

fn failed(how: impl Display) -> Failure {
    Failure::with_status(VMM_FAILED, format_args!("{} {how}", super::PROGRAM))
        .help("see its output above, if any; `-v` prints its command line")
}
