//! The process in which a unikernel runs.

use crate::{
    console::{self, AwaitedPorts},
    failure::{Failure, Result, VMM_FAILED},
    process,
    spinner::Spinner,
};
use rustix::process::Pid;
use std::{
    io::{self, Read, Write},
    os::unix::process::CommandExt,
    path::Path,
    process::{Child, Command, ExitStatus, Stdio},
};

/// A running unikernel.
pub struct Guest {
    program: String,
    child: Child,
}

/// The end of a guest.
#[derive(Debug)]
pub struct End {
    /// The exit status of the process.
    pub status: ExitStatus,
    /// The last line of the console.
    pub last: String,
}

impl End {
    /// Returns the status in the last line of a program with std, where the status of the process does not
    /// tell it.
    pub fn stated(&self) -> Option<u8> {
        self.last.strip_prefix("exit status: ")?.parse().ok()
    }
}

impl Guest {
    /// Starts the command `line`.
    pub fn start(line: &[String]) -> Result<Self> {
        Self::spawn(line, &mut Command::new(&line[0]))
    }

    /// Starts the command `line` apart from the terminal: Ctrl-C sends its signal to the tool only.
    pub fn start_apart(line: &[String]) -> Result<Self> {
        Self::spawn(line, Command::new(&line[0]).process_group(0))
    }

    /// The process.
    pub fn pid(&self) -> Pid {
        Pid::from_child(&self.child)
    }

    fn spawn(line: &[String], command: &mut Command) -> Result<Self> {
        let program = line[0].clone();
        command
            .args(&line[1..])
            .stdin(Stdio::null())
            .stdout(Stdio::piped());
        let child = process::dies_with_tool(command).spawn().map_err(|cause| {
            Failure::with_status(VMM_FAILED, format_args!("{program}: {cause}"))
        })?;
        Ok(Self { program, child })
    }

    /// Forwards its console, with addresses symbolised, until it ends.
    pub fn run_to_end(
        self,
        name: &str,
        symbols: &Path,
        awaited: Option<AwaitedPorts<'_>>,
    ) -> Result<End> {
        let spinner = Some(Spinner::start(format!("booting `{name}`")));
        self.copy_to_end(io::stdout(), symbols, awaited, spinner)
    }

    /// Copies its console to `output`, with addresses symbolised, until it ends. The spinner is shown until it has
    /// printed something.
    pub fn copy_to_end(
        mut self,
        output: impl Write,
        symbols: &Path,
        awaited: Option<AwaitedPorts<'_>>,
        spinner: Option<Spinner>,
    ) -> Result<End> {
        let console = Silence {
            until: self.child.stdout.take().expect("the output is piped"),
            spinner,
        };
        let last = console::copy(console, output, symbols, awaited).map_err(|cause| {
            Failure::with_status(VMM_FAILED, format_args!("the console: {cause}"))
        })?;
        let status = self.child.wait();
        let status = status.map_err(|cause| {
            Failure::with_status(VMM_FAILED, format_args!("{}: {cause}", self.program))
        })?;
        Ok(End { status, last })
    }
}

/// A console without output so far.
struct Silence<R> {
    until: R,
    /// Shown until then.
    spinner: Option<Spinner>,
}

impl<R: Read> Read for Silence<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let length = self.until.read(buffer);
        self.spinner = None;
        length
    }
}
