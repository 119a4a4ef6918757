//! The logger: writes the messages of the `log` facade to the console.
//!
//! A program with std sets the facade's logger by itself, which it could not do if the runtime had set one.

use crate::{console::Console, time::Clock};
use core::fmt::Write;
use log::{LevelFilter, Log, Metadata, Record};

#[cfg(feature = "std")]
pub(crate) use self::of_program::{leave_to_program, write_for_program};

/// Logs a message of the runtime at the level `Info`, or another: `report!(Warn, "…")`. It is on the console of a program
/// with std, whatever logger that has: most of these messages are those of tasks, which must not wait, as a logger may.
macro_rules! report {
    ($level:ident, $($message:tt)*) => {{
        #[cfg(feature = "std")]
        let is_written = crate::logger::write_for_program(
            log::Level::$level,
            module_path!(),
            format_args!($($message)*),
        );
        #[cfg(not(feature = "std"))]
        let is_written = false;
        if !is_written {
            log::log!(log::Level::$level, $($message)*);
        }
    }};
    ($($message:tt)*) => {
        crate::logger::report!(Info, $($message)*)
    };
}
pub(crate) use report;

struct ConsoleLogger;

impl Log for ConsoleLogger {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.level() <= log::max_level()
    }

    fn log(&self, record: &Record<'_>) {
        if self.enabled(record.metadata()) {
            write(record);
        }
    }

    fn flush(&self) {}
}

/// Writes a line with the seconds since boot, the level, the target and the message.
#[inline(always)]
fn write(record: &Record<'_>) {
    let since_boot = core::time::Duration::from_nanos(Clock.now().as_nanos());
    let _ = writeln!(
        Console,
        "[{:4}.{:03}] {:5} {}: {}",
        since_boot.as_secs(),
        since_boot.subsec_millis(),
        record.level(),
        record.target(),
        record.args()
    );
}

/// The logger of a program with std.
#[cfg(feature = "std")]
mod of_program {
    use super::write;
    use core::{
        fmt,
        sync::atomic::{AtomicBool, AtomicUsize, Ordering::Relaxed},
    };
    use log::{Level, LevelFilter, Record};
    #[cfg(mirage_target)]
    use mirage_devices::messages;

    static IS_LEFT: AtomicBool = AtomicBool::new(false);
    /// The level of the runtime's own messages.
    static LEVEL: AtomicUsize = AtomicUsize::new(0);

    /// Leaves the logger to the program.
    pub(crate) fn leave_to_program() {
        IS_LEFT.store(true, Relaxed);
        #[cfg(mirage_target)]
        messages::set_writer(&(write_enabled as messages::Write));
    }

    /// Writes a message, if its level is enabled.
    fn write_enabled(record: &Record<'_>) {
        if record.level() as usize <= LEVEL.load(Relaxed) {
            write(record);
        }
    }

    /// Sets the level if the logger is left to the program. Returns whether it is.
    pub(super) fn set_level(level: LevelFilter) -> bool {
        LEVEL.store(level as usize, Relaxed);
        IS_LEFT.load(Relaxed)
    }

    /// Writes a message of the runtime's module `target` to the console, whatever logger the program has. Returns
    /// whether the logger is left to it.
    pub(crate) fn write_for_program(
        level: Level,
        target: &str,
        message: fmt::Arguments<'_>,
    ) -> bool {
        let is_left = IS_LEFT.load(Relaxed);
        if is_left {
            let mut record = Record::builder();
            record.level(level).target(target);
            write_enabled(&record.args(message).build());
        }
        is_left
    }
}

/// Writes messages of `level` and above to the console.
pub(crate) fn initialise(level: LevelFilter) {
    #[cfg(feature = "std")]
    if of_program::set_level(level) {
        return;
    }
    // The program may have set a logger of its own.
    if log::set_logger(&ConsoleLogger).is_ok() {
        log::set_max_level(level);
    }
}

/// Changes the level from which messages are written.
pub(crate) fn set_level(level: LevelFilter) {
    #[cfg(feature = "std")]
    if of_program::set_level(level) {
        return;
    }
    log::set_max_level(level);
}
