//! The messages of devices.
//!
//! Devices run in tasks, which must not wait. The logger of the facade `log` may wait, in the image of a program with
//! std (feature `std`): it is the program's own, and may write to a stream that a thread has locked, or to a socket. So
//! such an image writes the messages of devices itself.

/// Logs a message: `log!(Warn, "{node} has lost its lease")`.
#[cfg(not(all(mirage_target, feature = "std")))]
macro_rules! log {
    ($level:ident, $($message:tt)*) => {
        log::log!(log::Level::$level, $($message)*)
    };
}

/// Logs a message: `log!(Warn, "{node} has lost its lease")`.
#[cfg(all(mirage_target, feature = "std"))]
macro_rules! log {
    ($level:ident, $($message:tt)*) => {
        $crate::messages::write(log::Level::$level, module_path!(), format_args!($($message)*))
    };
}

pub(crate) use log;

#[cfg(all(mirage_target, feature = "std"))]
pub(crate) use self::writer::write;
#[cfg(all(mirage_target, feature = "std"))]
pub use self::writer::{Write, set_writer};

#[cfg(all(mirage_target, feature = "std"))]
mod writer {
    use core::{
        fmt, ptr,
        sync::atomic::{AtomicPtr, Ordering},
    };
    use log::{Level, Record};

    /// A function that writes a message, or leaves it out by its level.
    pub type Write = fn(&Record<'_>);

    static WRITER: AtomicPtr<Write> = AtomicPtr::new(ptr::null_mut());

    /// Sets the function that writes messages.
    pub fn set_writer(write: &'static Write) {
        WRITER.store(ptr::from_ref(write).cast_mut(), Ordering::Release);
    }

    /// Writes a message of the module `target`; by the facade if no function is set, as in an image whose `main` is a
    /// task of the runtime.
    pub(crate) fn write(level: Level, target: &str, message: fmt::Arguments<'_>) {
        // SAFETY: null, or a reference that lives for ever, since only `set_writer` stores it.
        match unsafe { WRITER.load(Ordering::Acquire).as_ref() } {
            Some(write) => {
                let mut record = Record::builder();
                record.level(level).target(target);
                write(&record.args(message).build());
            }
            None => log::log!(target: target, level, "{message}"),
        }
    }
}
