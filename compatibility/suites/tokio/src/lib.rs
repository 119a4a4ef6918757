//! tokio, whose attribute `test` is that of the harness.

pub use harness::tokio_test as test;
pub use original::*;
