//! The console: the serial port, the tender's console, or standard output.

use crate::platform;
use core::fmt::{self, Write};

/// The console, which [`print!`](crate::print) and the logger write to.
///
/// ```
/// use core::fmt::Write;
/// use mirage_rt::console::Console;
///
/// async fn greet(mut console: Console) {
///     let _ = writeln!(console, "hello"); // printing cannot fail
/// }
/// ```
#[derive(Debug, Clone, Copy)]
pub struct Console;

impl Console {
    /// Writes bytes to the console.
    pub fn write_all(&mut self, bytes: &[u8]) {
        platform::write_console(bytes);
    }
}

impl Write for Console {
    /// Never fails.
    fn write_str(&mut self, text: &str) -> fmt::Result {
        platform::write_console(text.as_bytes());
        Ok(())
    }
}

#[diagnostic::do_not_recommend]
impl crate::device::Share for Console {}

/// Prints on the console, as `std::print!` does on standard output.
#[macro_export]
macro_rules! print {
    ($($argument:tt)*) => {{
        let _ = ::core::fmt::Write::write_fmt(
            &mut $crate::console::Console,
            ::core::format_args!($($argument)*),
        );
    }};
}

/// Prints a line on the console, as `std::println!` does on standard output.
#[macro_export]
macro_rules! println {
    () => { $crate::print!("\n") };
    ($($argument:tt)*) => {{
        let _ = ::core::fmt::Write::write_fmt(
            &mut $crate::console::Console,
            ::core::format_args!("{}\n", ::core::format_args!($($argument)*)),
        );
    }};
}
