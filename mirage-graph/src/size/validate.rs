//! Which sizes memory, a stack and a buffer can have.

use super::{BUFFERS, MIN_MEMORY, STACKS, parse};
use crate::{text::Excerpt, value_error::ValueError};
use core::ops::RangeInclusive;

/// Parses any size, in bytes.
///
/// # Errors
/// Returns [`ValueError::Memory`] if `text` is not a size.
pub const fn any(text: &str) -> Result<u64, ValueError> {
    match parse(text) {
        Some(bytes) => Ok(bytes),
        None => Err(ValueError::Memory(Excerpt::from_source(text))),
    }
}

/// Parses the size of a port's buffer, in bytes.
///
/// # Errors
/// Returns [`ValueError::Memory`] if `text` is not a size, and [`ValueError::Buffer`] for one outside
/// [`BUFFERS`].
pub const fn buffer(text: &str) -> Result<u64, ValueError> {
    match any(text) {
        Ok(bytes) if !contains(&BUFFERS, bytes) => Err(ValueError::Buffer(bytes)),
        other => other,
    }
}

/// Parses the size of a stack, in bytes.
///
/// # Errors
/// Returns [`ValueError::Memory`] if `text` is not a size, and [`ValueError::Stack`] for one outside
/// [`STACKS`].
pub const fn stack(text: &str) -> Result<u64, ValueError> {
    match any(text) {
        Ok(bytes) if !contains(&STACKS, bytes) => Err(ValueError::Stack(bytes)),
        other => other,
    }
}

const fn contains(allowed: &RangeInclusive<u64>, bytes: u64) -> bool {
    *allowed.start() <= bytes && bytes <= *allowed.end()
}

/// Parses the memory of a machine, in bytes.
///
/// # Errors
/// Returns [`ValueError::Memory`] if `text` is not a size, and [`ValueError::TooLittleMemory`] for one
/// below [`MIN_MEMORY`].
pub const fn memory(text: &str) -> Result<u64, ValueError> {
    match any(text) {
        Ok(bytes) if bytes < MIN_MEMORY => Err(ValueError::TooLittleMemory(bytes)),
        other => other,
    }
}
