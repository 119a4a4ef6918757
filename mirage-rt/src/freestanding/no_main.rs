//! The error for a crate without `#![no_main]`.

/// What the generated `main` returns. Without the standard library, the compiler itself reports that
/// `#![no_main]` is missing.
pub type Main = ();
