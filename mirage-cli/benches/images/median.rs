//! The median of measurements.

use std::fmt::{Display, Formatter, Result};

/// The median and the quartiles of measurements.
pub struct Median {
    middle: f64,
    quarters: [f64; 2],
}

impl Median {
    /// Returns the median of `values`, of which there is at least one.
    pub fn from_values(mut values: Vec<f64>) -> Self {
        values.sort_by(f64::total_cmp);
        let at = |part: usize| values[(values.len() - 1) * part / 4];
        Self {
            middle: at(2),
            quarters: [at(1), at(3)],
        }
    }

    /// The median.
    pub fn middle(&self) -> f64 {
        self.middle
    }
}

impl Display for Median {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        let digits = f.precision().unwrap_or(0);
        let [low, high] = self.quarters;
        write!(
            f,
            "{:.digits$} ({low:.digits$} to {high:.digits$})",
            self.middle
        )
    }
}
