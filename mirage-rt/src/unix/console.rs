//! The console: standard output.

use super::virtual_time;
use alloc::string::String;
use std::io::{self, Write};

/// Writes all of `bytes`. Output is lost if standard output is closed, as on a serial port that is not
/// connected.
pub(crate) fn write(bytes: &[u8]) {
    if virtual_time::now().is_some() {
        // The test harness captures it, and shows it if the test fails.
        return std::print!("{}", String::from_utf8_lossy(bytes));
    }
    let mut output = io::stdout().lock();
    let _ = output.write_all(bytes).and_then(|()| output.flush());
}
