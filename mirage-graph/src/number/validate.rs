//! Checks that numbers are in range.

use super::{NumberRange, Quantity};
use crate::{
    text::Text,
    value_error::{Excerpt, ValueError},
};

impl NumberRange {
    /// Checks a number.
    ///
    /// # Errors
    /// Returns [`NumberRange::error`] for a number outside the range.
    pub const fn check(self, number: u16) -> Result<u16, ValueError> {
        if self.min <= number && number <= self.max {
            Ok(number)
        } else {
            Err(self.error(Text::new().with_number(number as u64)))
        }
    }

    /// The error for a number outside the range.
    pub const fn error(self, written: Excerpt) -> ValueError {
        match self.quantity {
            Quantity::Mtu => ValueError::Mtu(written),
            Quantity::Port => ValueError::Port(written),
            Quantity::Key(key) => ValueError::OutOfRange(key, written, self.min, self.max),
        }
    }
}
