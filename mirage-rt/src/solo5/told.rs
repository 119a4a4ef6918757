//! What the unikernel is told on the command line: all of it is the unikernel's.

use crate::{arguments::ArgumentError, platform};
use alloc::{string::String, vec::Vec};
use mirage_graph::argument::words;

/// Whether the command line has anything on it.
pub(crate) fn is_told_something() -> bool {
    !platform::command_line().trim_ascii().is_empty()
}

/// The words of the command line.
///
/// # Errors
/// It is no UTF-8, or ends within quotes.
pub(crate) fn told() -> Result<Vec<String>, ArgumentError> {
    let line = str::from_utf8(platform::command_line()).map_err(|_| ArgumentError::NotText)?;
    words::split(line).map_err(ArgumentError::Unfinished)
}
