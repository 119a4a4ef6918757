//! How a command fails: a message in rustc's style, and the exit status.

use mirage_graph::argument::BAD_ARGUMENT;
use std::{
    fmt::{self, Display},
    process::ExitCode,
};

/// Cargo's own status for a failed build, and for what else went wrong.
pub const FAILED: u8 = 101;
/// A guest cannot be run, as Solo5's own tenders say it.
pub const TENDER_FAILED: u8 = 1;
/// The arguments make no sense together, as clap's own status for wrong ones.
pub const USAGE: u8 = 2;
/// Something that has to be installed first is missing (`EX_UNAVAILABLE` of sysexits.h).
pub const MISSING_PREREQUISITE: u8 = 69;
/// The virtual machine monitor failed, not the unikernel (`EX_SOFTWARE` of sysexits.h).
pub const VMM_FAILED: u8 = 70;

/// What a subcommand returns: the tool's exit status, or why it failed.
pub type Result<T = ExitCode, E = Failure> = std::result::Result<T, E>;

/// Why a subcommand failed.
#[derive(Debug)]
pub struct Failure {
    status: u8,
    /// Nothing, if the cause has been printed already (by cargo).
    message: Option<String>,
    help: Option<String>,
}

impl Failure {
    /// A failure of the tool's work.
    pub fn new(message: impl Display) -> Self {
        Self {
            status: FAILED,
            message: Some(message.to_string()),
            help: None,
        }
    }

    /// Arguments that are wrong for this package.
    pub fn usage(message: impl Display) -> Self {
        Self {
            status: USAGE,
            ..Self::new(message)
        }
    }

    /// Arguments that are wrong for this unikernel.
    pub fn bad_argument(message: impl Display) -> Self {
        Self {
            status: BAD_ARGUMENT,
            ..Self::new(message)
        }
    }

    /// Something is not installed.
    pub fn missing(message: impl Display) -> Self {
        Self {
            status: MISSING_PREREQUISITE,
            ..Self::new(message)
        }
    }

    /// The virtual machine monitor failed.
    pub fn vmm(message: impl Display) -> Self {
        Self {
            status: VMM_FAILED,
            ..Self::new(message)
        }
    }

    /// The tender cannot run the guest.
    pub fn tender(message: impl Display) -> Self {
        Self {
            status: TENDER_FAILED,
            ..Self::new(message)
        }
    }

    /// The arguments are to blame.
    pub fn of_usage(self) -> Self {
        Self {
            status: USAGE,
            ..self
        }
    }

    /// The unikernel was ended, with the status by which a shell says so.
    pub fn guest(status: u8, message: impl Display) -> Self {
        Self {
            status,
            ..Self::new(message)
        }
    }

    /// A child that failed with `status` has said why.
    pub fn said(status: u8) -> Self {
        Self {
            status,
            message: None,
            help: None,
        }
    }

    /// Adds what can be done about it.
    pub fn help(self, help: impl Display) -> Self {
        Self {
            help: Some(help.to_string()),
            ..self
        }
    }

    /// Prints the failure and gives its status.
    pub fn report(self) -> ExitCode {
        anstream::eprint!("{self}");
        self.status.into()
    }
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
                failure.help(format_args!("`-p HOST:{guest}` chooses another port"))
            }
            mirage_user_network::Error::Io(_) => failure,
        }
    }
}

/// Puts what was being done before the cause of an error.
pub trait Context<T> {
    /// `message: cause`.
    fn context(self, message: impl Display) -> Result<T>;
}

impl<T, E: Display> Context<T> for std::result::Result<T, E> {
    fn context(self, message: impl Display) -> Result<T> {
        self.map_err(|cause| Failure::new(format_args!("{message}: {cause}")))
    }
}
