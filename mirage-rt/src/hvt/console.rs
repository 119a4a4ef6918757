//! The console: the tender's.

use super::hypercall;

/// Writes all of `bytes`.
pub(crate) fn write(bytes: &[u8]) {
    hypercall::puts(bytes);
}
