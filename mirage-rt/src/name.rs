//! The unikernel's name.

use spin::Mutex;

static NAME: Mutex<&str> = Mutex::new("unikernel");

/// Returns the unikernel's name: the value of the key `name`, which may be given at boot, or else the
/// name of the package.
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
