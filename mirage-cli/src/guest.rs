//! A program that a unikernel runs in: started, listened to, and waited for.

use crate::{
    console::{self, Awaited},
    failure::{Failure, Result},
    process,
};
use indicatif::ProgressBar;
use std::{
    io::{self, Read},
    path::Path,
    process::{Child, Command, ExitStatus, Stdio},
    time::Duration,
};

/// A unikernel that runs.
pub struct Guest {
    program: String,
    child: Child,
}

/// How it ended.
#[derive(Debug)]
pub struct End {
    /// How the program ended.
    pub status: ExitStatus,
    /// The last line of the console.
    pub last: String,
}

impl Guest {
    /// Starts the program of `line`.
    pub fn start(line: &[String]) -> Result<Self> {
        let program = line[0].clone();
        let mut command = Command::new(&program);
        command
            .args(&line[1..])
            .stdin(Stdio::null())
            .stdout(Stdio::piped());
        let child = process::dies_with_tool(&mut command)
            .spawn()
            .map_err(|cause| Failure::vmm(format_args!("{program}: {cause}")))?;
        Ok(Self { program, child })
    }

    /// Passes its console on, with names put to addresses, until it ends.
    pub fn listen(
        mut self,
        name: &str,
        symbols: &Path,
        awaited: Option<Awaited<'_>>,
    ) -> Result<End> {
        let output = Silence {
            until: self.child.stdout.take().expect("the output is piped"),
            progress: progress(name),
        };
        let last = console::copy(output, io::stdout(), symbols, awaited)
            .map_err(|cause| Failure::vmm(format_args!("the console: {cause}")))?;
        let status = self.child.wait();
        let status =
            status.map_err(|cause| Failure::vmm(format_args!("{}: {cause}", self.program)))?;
        Ok(End { status, last })
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
