//! What a panic prints, and the end of the machine after it.
//!
//! The format is fixed, because `cargo mirage` reads it to put names to the addresses:
//!
//! ```text
//! panicked at src/main.rs:10:5:
//! the message, which may have several lines
//! backtrace: 0x0000000000101c40
//! backtrace: 0x0000000000101a12
//! ```
//!
//! One `backtrace: 0x…` line (16 hexadecimal digits) for each frame, innermost first. An address
//! is the one that the call returns to: the call itself is one byte before. After an exception the first address is the
//! faulting instruction itself, on a line `at: 0x…`.

use super::backtrace;
use crate::{arch::frame_pointer::frame_pointer, platform};
use core::fmt::{self, Write};
use core::sync::atomic::{AtomicBool, Ordering};

/// The console, for what must be said while the machine ends.
pub(crate) struct LastWords;

impl Write for LastWords {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        platform::write_console(text.as_bytes());
        Ok(())
    }
}

/// Status of a panic or an exception.
pub(crate) const STATUS: u8 = 255;

/// Set by the first report.
static REPORTING: AtomicBool = AtomicBool::new(false);

/// The console, for the report of a failure that ends the machine. A failure while one is
/// reported ends the machine at once.
pub(crate) fn begin_report() -> LastWords {
    if REPORTING.swap(true, Ordering::Relaxed) {
        platform::exit(STATUS);
    }
    // SAFETY: whoever held the console is interrupted by the failure and never goes on.
    unsafe { platform::force_unlock_console() };
    LastWords
}

/// Prints an error and ends the machine with status 1.
pub(crate) fn fail(error: fmt::Arguments<'_>) -> ! {
    let _ = writeln!(LastWords, "error: {error}");
    platform::exit(1)
}

#[cfg(not(test))]
#[panic_handler]
fn panic(info: &core::panic::PanicInfo<'_>) -> ! {
    let mut words = begin_report();
    let _ = writeln!(words, "{info}");
    backtrace::write(&mut words, frame_pointer());
    platform::exit(STATUS)
}
