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

use super::{backtrace, console, power};
use core::fmt::{self, Write};

/// The console, for what must be said while the machine ends.
pub(super) struct LastWords;

impl Write for LastWords {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        console::write(text.as_bytes());
        Ok(())
    }
}

/// Status of a panic or an exception.
pub(super) const STATUS: u8 = 255;

#[cfg(not(test))]
#[panic_handler]
fn panic(info: &core::panic::PanicInfo<'_>) -> ! {
    // SAFETY: whoever held the console is below this call, which never returns.
    unsafe { console::seize() };
    let mut words = LastWords;
    let _ = writeln!(words, "{info}");
    backtrace::write(&mut words, backtrace::frame_pointer());
    power::end(STATUS)
}
