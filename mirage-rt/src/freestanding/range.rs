//! Ranges of addresses.

/// A range of addresses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Range {
    pub(crate) start: u64,
    /// First address behind it.
    pub(crate) end: u64,
}
