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
pub fn exit_status(end: &End) -> Result {
    let End { status, last } = end;
    if let (Some(code), Some(stated)) = (status.code(), end.stated())
        && code == i32::from(stated | 1)
    {
        return Ok(ExitCode::from(stated));
    }
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

#[cfg(test)]
mod tests {
    use super::*;
    use std::process::ExitStatus;

    #[test]
    fn a_program_states_its_status() {
        let status = |code: i32, last: &str| {
            let status = ExitStatus::from_raw(code << 8);
            let last = last.into();
            let translated = exit_status(&End { status, last });
            translated.ok().map(|code| format!("{code:?}"))
        };
        let expected = |code: u8| Some(format!("{:?}", ExitCode::from(code)));
        assert_eq!(status(9, "exit status: 8"), expected(8));
        assert_eq!(status(9, "exit status: 9"), expected(9));
        assert_eq!(status(65, "exit status: 65"), expected(65));
        assert_eq!(status(65, "error: an argument"), expected(64));
        // Another status than the one that is stated is a failure of QEMU.
        assert_eq!(status(1, "exit status: 8"), None);
    }
}
