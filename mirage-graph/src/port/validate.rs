//! Which numbers a port, a limit and a packet size can have.

use super::MTUS;
use crate::{text::Text, value_error::ValueError};

/// Checks the number of a port that is listened on.
///
/// # Errors
/// Returns [`ValueError::Port`] for 0, which means "any" to other systems.
pub const fn listened_on(number: u16) -> Result<u16, ValueError> {
    match number {
        0 => Err(ValueError::Port(Text::new().with("0"))),
        port => Ok(port),
    }
}

/// Checks a limit on connections or datagrams.
///
/// # Errors
/// Returns [`ValueError::Limit`] for 0.
pub const fn limit(number: u16) -> Result<u16, ValueError> {
    match number {
        0 => Err(ValueError::Limit(Text::new().with("0"))),
        limit => Ok(limit),
    }
}

/// Checks a maximum packet size.
///
/// # Errors
/// Returns [`ValueError::Mtu`] for a size outside [`MTUS`].
pub const fn mtu(bytes: u16) -> Result<u16, ValueError> {
    if *MTUS.start() <= bytes as u64 && bytes as u64 <= *MTUS.end() {
        Ok(bytes)
    } else {
        Err(ValueError::Mtu(Text::new().with_number(bytes as u64)))
    }
}
