//! What a crate without `#![no_main]` is told.

/// What the compiler's own entry would return. Without the standard library the compiler has none,
/// and says that `#![no_main]` is missing.
pub type Main = ();
