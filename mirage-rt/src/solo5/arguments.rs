//! The boot arguments on a tender's command line. All of it is for the unikernel.

use super::guest;
use crate::readiness;
use alloc::{string::String, vec::Vec};
use mirage_graph::argument::{ArgumentError, command_line, names_program};

/// Returns whether the command line has any arguments except the request to report open ports, which
/// this accepts, and the name of the unikernel `name` as the first word.
pub(crate) fn has_arguments(name: &str) -> bool {
    let mut is_named = false;
    for arg in guest::command_line().split(u8::is_ascii_whitespace) {
        if arg.is_empty() || readiness::take_request(arg) {
            continue;
        }
        if is_named || !names_program(arg, name) {
            return true;
        }
        is_named = true;
    }
    false
}

/// Splits the command line into arguments.
///
/// # Errors
/// Returns an error if the command line is not UTF-8 or has an unclosed quote.
pub(crate) fn boot_arguments() -> Result<Vec<String>, ArgumentError> {
    let line = str::from_utf8(guest::command_line()).map_err(|_| ArgumentError::NotText)?;
    command_line::split(line).map_err(ArgumentError::Unfinished)
}
