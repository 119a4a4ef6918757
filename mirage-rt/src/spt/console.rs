//! The console: the process's standard output.

use super::system_call::{self, Errno};

const STANDARD_OUTPUT: i32 = 1;

/// Writes all of `bytes`. What the output does not accept is lost.
pub(crate) fn write(mut bytes: &[u8]) {
    while !bytes.is_empty() {
        match system_call::write(STANDARD_OUTPUT, bytes) {
            Ok(0) => return,
            Ok(count) => bytes = bytes.get(count..).unwrap_or_default(),
            Err(Errno::INTERRUPTED) => {}
            Err(_) => return,
        }
    }
}
