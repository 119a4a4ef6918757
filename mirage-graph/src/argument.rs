//! Boot arguments, such as `--port=8080`: values that are given each time a unikernel boots.
//!
//! The macro describes the arguments of a unikernel by constants. The image and the tool parse a
//! command line by these descriptions, with the same code and the same error messages.

pub mod command_line;
mod error;
mod gateway;
mod help;
mod kind;
mod manifest;
mod parsed_args;
mod program;
pub mod standard;

pub use error::ArgumentError;
pub use gateway::Gateway;
pub use help::Help;
pub use kind::Kind;
pub use manifest::{append_json, to_json};
pub use parsed_args::{ParsedArgs, Value};
pub use program::names_program;

use alloc::string::String;
use core::fmt::{self, Display};

/// The longest command line that an image accepts, in bytes: what QEMU's firmware passes on.
pub const MAX_COMMAND_LINE_LEN: usize = 4095;

/// The argument for an interface's address.
pub const IPV4: &str = "ipv4";

/// Status after `--help`, as in MirageOS.
pub const HELP_SHOWN: u8 = 63;

/// Status after an invalid or missing argument, as in MirageOS.
pub const BAD_ARGUMENT: u8 = 64;

/// A boot argument.
///
/// ```
/// use mirage_graph::argument::{Argument, Kind, Presence};
///
/// const PORT: Argument<&str> = Argument {
///     name: "port",
///     section: "Program",
///     help: "The port to listen on",
///     value: "PORT",
///     kind: Kind::U16,
///     presence: Presence::Default("80"),
/// };
/// assert_eq!(PORT.to_string(), "--port=PORT");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Argument<Text = String> {
    /// The name, `port` of `--port`. A single letter has one dash: `-q`.
    pub name: Text,
    /// The title under which `--help` lists it.
    pub section: Text,
    /// The description; may be empty.
    pub help: Text,
    /// The placeholder of its value in `--help`, such as `PORT`.
    pub value: Text,
    /// The kind of its values.
    pub kind: Kind,
    /// Whether it is required, and whether it may be repeated.
    pub presence: Presence<Text>,
}

/// Whether an argument is required, and whether it may be repeated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Presence<Text = String> {
    /// Required.
    Required,
    /// May be absent.
    Optional,
    /// May be absent, with this default.
    Default(Text),
    /// May be absent or repeated.
    List,
}

impl Argument {
    /// The argument with borrowed texts.
    pub fn as_ref(&self) -> Argument<&str> {
        Argument {
            name: &self.name,
            section: &self.section,
            help: &self.help,
            value: &self.value,
            kind: self.kind,
            presence: match &self.presence {
                Presence::Required => Presence::Required,
                Presence::Optional => Presence::Optional,
                Presence::Default(text) => Presence::Default(text),
                Presence::List => Presence::List,
            },
        }
    }
}

impl Argument<&str> {
    /// The name with its dashes.
    pub fn option(&self) -> impl Display + '_ {
        fmt::from_fn(|f| write!(f, "{}{}", dashes(self.name), self.name))
    }
}

/// Writes the form of the argument: `--port=PORT`, `-p PORT`, `--verbose`.
impl Display for Argument<&str> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let between = if self.name.len() == 1 { " " } else { "=" };
        match self.kind {
            Kind::Flag => write!(f, "{}", self.option()),
            _ => write!(f, "{}{between}{}", self.option(), self.value),
        }
    }
}

/// The dashes before an argument's name.
fn dashes(name: &str) -> &'static str {
    if name.len() == 1 { "-" } else { "--" }
}

/// The options of a host process, in addition to the unikernel's arguments.
pub const PROCESS_OPTIONS: [Argument<&str>; 3] = [
    Argument {
        name: "publish",
        section: "Process",
        help: "Reach the unikernel's port GUEST at 127.0.0.1:HOST [default: HOST is 8000 higher for \
               a port below 1024, else the same]",
        value: "HOST:GUEST",
        kind: Kind::Other,
        presence: Presence::List,
    },
    Argument {
        name: "net",
        section: "Process",
        help: "Run the unikernel's own network stack on the TAP device NAME; with NODE, for one of \
               several interfaces",
        value: "[NODE:]tap=NAME",
        kind: Kind::Other,
        presence: Presence::List,
    },
    Argument {
        name: "block",
        section: "Process",
        help: "Keep the disk in the file PATH; with NODE, for one of several disks [default: a file \
               beside the program]",
        value: "[NODE:]file=PATH",
        kind: Kind::Other,
        presence: Presence::List,
    },
];

/// Names that a program's arguments cannot have: those of the runtime, most of which are MirageOS's, and
/// the options of a host process.
pub const RESERVED: [&str; 15] = [
    "block",
    "dns-servers",
    "env",
    "help",
    "ipv4",
    "ipv4-gateway",
    "ipv4-only",
    "ipv6",
    "ipv6-gateway",
    "ipv6-only",
    "logs",
    "name",
    "net",
    "publish",
    "report-ports",
];

/// Whether an argument can have this name: a lower-case letter, then lower-case letters, digits and
/// single hyphens between them.
pub const fn is_name(text: &str) -> bool {
    let bytes = text.as_bytes();
    if bytes.is_empty() || !bytes[0].is_ascii_lowercase() {
        return false;
    }
    let mut index = 1;
    while index < bytes.len() {
        let is_valid = match bytes[index] {
            b'a'..=b'z' | b'0'..=b'9' => true,
            b'-' => bytes[index - 1] != b'-' && index + 1 < bytes.len(),
            _ => false,
        };
        if !is_valid {
            return false;
        }
        index += 1;
    }
    true
}

#[cfg(test)]
mod tests;
