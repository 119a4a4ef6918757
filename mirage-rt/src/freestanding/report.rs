//! The report of a panic, after which the machine ends.
//!
//! The format is fixed, because `cargo mirage` parses it to symbolise the addresses:
//!
//! ```text
//! panicked at src/main.rs:10:5:
//! the message, which may have several lines
//! backtrace: 0x0000000000101c40
//! backtrace: 0x0000000000101a12
//! ```
//!
//! There is a line `backtrace: 0x…` (16 hexadecimal digits) for each frame, innermost first, with the
//! return address of the call. The report of an exception has the address of the faulting instruction on
//! a line `at: 0x…` before them.

use crate::platform;
use core::fmt::{self, Write};
use core::sync::atomic::{AtomicBool, Ordering};

/// The console, for reports while the machine ends.
pub(crate) struct ReportConsole;

impl Write for ReportConsole {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        platform::write_console(text.as_bytes());
        Ok(())
    }
}

/// Status of a panic or an exception.
pub(crate) const STATUS: u8 = 255;

/// Whether a report has begun.
static REPORTING: AtomicBool = AtomicBool::new(false);

/// Begins the report of a failure that ends the machine. A failure during a report ends the machine
/// immediately.
pub(crate) fn begin_report() -> ReportConsole {
    if REPORTING.swap(true, Ordering::Relaxed) {
        platform::exit(STATUS);
    }
    // SAFETY: the code that held the console is interrupted by the failure and never continues.
    unsafe { platform::force_unlock_console() };
    ReportConsole
}

/// Prints an error and ends the machine with status 1.
pub(crate) fn fail(error: fmt::Arguments<'_>) -> ! {
    let _ = writeln!(ReportConsole, "error: {error}");
    platform::exit(1)
}

#[cfg(not(any(test, feature = "std")))]
#[panic_handler]
fn panic(info: &core::panic::PanicInfo<'_>) -> ! {
    let mut console = begin_report();
    let _ = writeln!(console, "{info}");
    super::backtrace::write(&mut console, crate::arch::frame_pointer::frame_pointer());
    platform::exit(STATUS)
}
