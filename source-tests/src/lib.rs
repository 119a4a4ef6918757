//! Reads the workspace's source for tests that check what the compiler does not.

pub mod cfg;
pub mod cycles;
pub mod names;
mod paths;
mod resolve;
pub mod rustdoc;
pub mod tree;
pub mod workspace;
