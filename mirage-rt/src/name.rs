//! The unikernel's name.

use spin::Mutex;

static NAME: Mutex<&str> = Mutex::new("unikernel");

/// The unikernel's name: what `name = …` says, the package's if it says nothing, and what
/// `--name=…` says where it is `boot`.
///
/// ```
/// let name: &str = mirage_rt::name();
/// ```
pub fn name() -> &'static str {
    *NAME.lock()
}

pub(crate) fn set(name: &'static str) {
    *NAME.lock() = name;
}
