//! The process in which a unikernel runs.

use crate::{
    console::{self, AwaitedPorts},
    failure::{Context, Failure, Result, VMM_FAILED},
    process,
    spinner::Spinner,
};
use rustix::process::Pid;
use std::{
    io::{self, PipeReader, PipeWriter, Read, Write, pipe},
    os::unix::process::CommandExt,
    path::Path,
    process::{Child, Command, ExitStatus, Stdio},
};

/// A running unikernel.
pub struct Guest {
    program: String,
    child: Child,
    console: PipeReader,
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

    /// The same, with what it writes to the standard error as a part of its console.
    pub fn start_with_errors(line: &[String]) -> Result<Self> {
        let (console, output) = pipe().context("a pipe")?;
        let errors = output.try_clone().context("a pipe")?;
        let mut command = Command::new(&line[0]);
        command.process_group(0).stderr(errors);
        Self::spawn_with(line, &mut command, console, output)
    }

    /// The process.
    pub fn pid(&self) -> Pid {
        Pid::from_child(&self.child)
    }

    fn spawn(line: &[String], command: &mut Command) -> Result<Self> {
        let (console, output) = pipe().context("a pipe")?;
        Self::spawn_with(line, command, console, output)
    }

    fn spawn_with(
        line: &[String],
        command: &mut Command,
        console: PipeReader,
        output: PipeWriter,
    ) -> Result<Self> {
        let program = line[0].clone();
        command.args(&line[1..]).stdin(Stdio::null()).stdout(output);
        let child = process::dies_with_tool(command).spawn().map_err(|cause| {
            Failure::with_status(VMM_FAILED, format_args!("{program}: {cause}"))
        })?;
        // The command holds ends for writing, too: the console would have no end.
        command.stdout(Stdio::null()).stderr(Stdio::null());
        Ok(Self {
            program,
            child,
            console,
        })
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
            until: self.console,
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
