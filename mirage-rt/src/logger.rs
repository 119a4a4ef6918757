//! The logger: writes the messages of the `log` facade to the console.

use crate::{console::Console, time::Clock};
use core::fmt::Write;
use log::{LevelFilter, Log, Metadata, Record};

struct ConsoleLogger;

impl Log for ConsoleLogger {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.level() <= log::max_level()
    }

    /// Writes a line with the seconds since boot, the level, the target and the message.
    fn log(&self, record: &Record<'_>) {
        if self.enabled(record.metadata()) {
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
    }

    fn flush(&self) {}
}

/// Writes messages of `level` and above to the console.
pub(crate) fn initialise(level: LevelFilter) {
    // The program may have set a logger of its own.
    if log::set_logger(&ConsoleLogger).is_ok() {
        log::set_max_level(level);
    }
}

/// Changes the level from which messages are written.
pub(crate) fn set_level(level: LevelFilter) {
    log::set_max_level(level);
}
