//! The boot arguments on a tender's command line. All of it is for the unikernel.

use crate::{arguments::ArgumentError, platform};
use alloc::{string::String, vec::Vec};
use mirage_graph::argument::command_line;

/// Whether the command line has any arguments.
pub(crate) fn has_arguments() -> bool {
    !platform::command_line().trim_ascii().is_empty()
}

/// Splits the command line into arguments.
///
/// # Errors
/// Returns an error if the command line is not UTF-8 or has an unclosed quote.
pub(crate) fn boot_arguments() -> Result<Vec<String>, ArgumentError> {
    let line = str::from_utf8(platform::command_line()).map_err(|_| ArgumentError::NotText)?;
    command_line::split(line).map_err(ArgumentError::Unfinished)
}
