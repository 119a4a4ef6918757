//! Failures of commands: a message in rustc's style, and the exit status.

use std::{
    fmt::{self, Display},
    process::ExitCode,
};

/// Cargo's status for a failed build; also for any other failure.
pub const FAILED: u8 = 101;
/// The guest cannot be run: the status of Solo5's tenders.
pub const TENDER_FAILED: u8 = 1;
/// Wrong arguments: clap's status.
pub const USAGE: u8 = 2;
/// A required program is not installed (`EX_UNAVAILABLE` in sysexits.h).
pub const MISSING_PREREQUISITE: u8 = 69;
/// The VMM failed, rather than the unikernel (`EX_SOFTWARE` in sysexits.h).
pub const VMM_FAILED: u8 = 70;

/// The result of a subcommand: the tool's exit status, or a failure.
pub type Result<T = ExitCode, E = Failure> = std::result::Result<T, E>;

/// A failure of a subcommand.
#[derive(Debug)]
pub struct Failure {
    status: u8,
    /// Empty if cargo has already printed the cause.
    message: Option<String>,
    help: Option<String>,
}

impl Failure {
    /// Creates a failure of the tool.
    pub fn new(message: impl Display) -> Self {
        Self {
            status: FAILED,
            message: Some(message.to_string()),
            help: None,
        }
    }

    /// Creates a failure for arguments that do not fit the package.
    pub fn usage(message: impl Display) -> Self {
        Self::with_status(USAGE, message)
    }

    /// Creates a failure with one of the other statuses.
    pub fn with_status(status: u8, message: impl Display) -> Self {
        Self {
            status,
            ..Self::new(message)
        }
    }

    /// Sets the status for wrong arguments.
    pub fn with_usage_status(self) -> Self {
        Self {
            status: USAGE,
            ..self
        }
    }

    /// Creates a failure for a child that failed with `status` and has printed the cause.
    pub fn already_reported(status: u8) -> Self {
        Self {
            status,
            message: None,
            help: None,
        }
    }

    /// Adds a help text.
    pub fn help(self, help: impl Display) -> Self {
        Self {
            help: Some(help.to_string()),
            ..self
        }
    }

    /// Prints the failure and returns its status.
    pub fn report(self) -> ExitCode {
        anstream::eprint!("{self}");
        self.status.into()
    }
}

/// Prints a note in rustc's style.
pub fn note(message: impl Display) {
    const NOTE: anstyle::Style = anstyle::AnsiColor::Green.on_default().bold();
    anstream::eprintln!("{NOTE}note{NOTE:#}: {message}");
}

impl Display for Failure {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        const ERROR: anstyle::Style = anstyle::AnsiColor::Red.on_default().bold();
        const BOLD: anstyle::Style = anstyle::Style::new().bold();
        if let Some(message) = &self.message {
            writeln!(formatter, "{ERROR}error{ERROR:#}{BOLD}: {message}{BOLD:#}")?;
        }
        if let Some(help) = &self.help {
            writeln!(formatter, "  {BOLD}= help{BOLD:#}: {help}")?;
        }
        Ok(())
    }
}

impl From<mirage_user_network::Error> for Failure {
    fn from(error: mirage_user_network::Error) -> Self {
        let failure = Self::new(&error);
        match error {
            mirage_user_network::Error::Bind { guest, .. } => {
                failure.help(format_args!("choose another port with `-P HOST:{guest}`"))
            }
            mirage_user_network::Error::Io(_) => failure,
        }
    }
}

/// Adds context to an error.
pub trait Context<T> {
    /// `message: cause`.
    fn context(self, message: impl Display) -> Result<T>;
}

impl<T, E: Display> Context<T> for std::result::Result<T, E> {
    fn context(self, message: impl Display) -> Result<T> {
        self.map_err(|cause| Failure::new(format_args!("{message}: {cause}")))
    }
}
