//! Ranges of addresses.

/// A range of addresses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Range {
    pub(crate) start: u64,
    /// The first address after the range.
    pub(crate) end: u64,
}
