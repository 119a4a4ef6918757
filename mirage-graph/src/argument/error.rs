//! Errors in boot arguments.

use super::{Argument, MAX_COMMAND_LINE_LEN, command_line::Unfinished, dashes};
use crate::{nearest::nearest, value_error::ValueError};
use alloc::{format, string::String};
use core::fmt;

/// An error in the boot arguments.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ArgumentError {
    /// The command line is longer than an image keeps.
    TooLong,
    /// The command line is not UTF-8.
    NotText,
    /// The command line ends inside quotes or after a backslash.
    Unfinished(Unfinished),
    /// The argument does not exist.
    Unknown {
        /// The argument as it was written, without its value.
        option: String,
        /// The most similar argument.
        nearest: Option<String>,
    },
    /// Text that is neither an argument nor a value.
    Stray(String),
    /// An argument without its value.
    NoValue {
        /// The argument.
        option: String,
        /// How it is written.
        form: String,
    },
    /// A flag with a value.
    NeedlessValue {
        /// The flag.
        option: String,
        /// The value.
        value: String,
    },
    /// An argument that is given twice but is not a list.
    Twice(String),
    /// Two flags of which only one can be given.
    Exclusive(String, String),
    /// A required argument that is absent, in the form in which it is written.
    Missing(String),
    /// Values that conflict with each other.
    Conflict(ValueError),
    /// A value that its argument cannot have.
    WrongValue {
        /// The argument.
        option: String,
        /// The value.
        value: String,
        /// Why it is invalid.
        cause: String,
    },
    /// A default that its argument cannot have: a mistake in the unikernel.
    WrongDefault {
        /// The argument.
        option: String,
        /// The default.
        value: String,
        /// Why it is invalid.
        cause: String,
    },
}

impl ArgumentError {
    /// Reports that no argument is written `option`.
    pub(super) fn unknown(option: &str, lists: &[&[Argument<&str>]]) -> Self {
        let arguments = || lists.iter().copied().flatten();
        let known = arguments().map(|known| known.name).chain(["help"]);
        let nearest = nearest(option.trim_start_matches('-'), known);
        Self::Unknown {
            option: option.into(),
            nearest: nearest.map(|name| format!("{}{name}", dashes(name))),
        }
    }
}

impl fmt::Display for ArgumentError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooLong => write!(
                f,
                "the command line is longer than {MAX_COMMAND_LINE_LEN} bytes"
            ),
            Self::NotText => f.write_str("the command line is not UTF-8"),
            Self::Conflict(error) => write!(f, "{error}"),
            Self::Unfinished(unfinished) => write!(f, "the command line: {unfinished}"),
            Self::Unknown {
                option,
                nearest: Some(nearest),
            } => write!(f, "unknown argument `{option}`; did you mean `{nearest}`?"),
            Self::Unknown {
                option,
                nearest: None,
            } => write!(
                f,
                "unknown argument `{option}`; `--help` lists all arguments"
            ),
            Self::Stray(text) => {
                write!(f, "unexpected `{text}`; quote a value that contains spaces")
            }
            Self::NoValue { option, form } => write!(f, "`{option}` needs a value: `{form}`"),
            Self::NeedlessValue { option, value } => {
                write!(f, "`{option}` takes no value, but got `{value}`")
            }
            Self::Twice(option) => write!(f, "`{option}` is given twice"),
            Self::Exclusive(one, other) => write!(f, "`{one}` and `{other}` exclude each other"),
            Self::Missing(form) => write!(f, "`{form}` is required"),
            Self::WrongValue {
                option,
                value,
                cause,
            } => write!(f, "invalid value `{value}` for `{option}`: {cause}"),
            Self::WrongDefault {
                option,
                value,
                cause,
            } => write!(
                f,
                "the default `{value}` of `{option}`, which the unikernel declares, is invalid: {cause}"
            ),
        }
    }
}

impl core::error::Error for ArgumentError {}
