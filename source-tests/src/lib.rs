//! Reads the workspace's own source, so that tests can check what no compiler checks.

pub mod cfg;
pub mod cycles;
pub mod names;
mod paths;
mod resolve;
pub mod rustdoc;
pub mod tree;
pub mod workspace;
