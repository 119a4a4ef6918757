//! The console: the first serial port, without interrupts.

use spin::Mutex;
use uart_16550::backend::PioBackend;
use uart_16550::{Config, Uart16550};

/// I/O port of the first serial port of a PC.
const COM1: u16 = 0x3f8;

/// The serial port; `None` before [`initialise`], or if the machine has none.
static SERIAL: Mutex<Option<Uart16550<PioBackend>>> = Mutex::new(None);

/// Sets up the serial port. Without one, output is lost.
pub(super) fn initialise() {
    // SAFETY: nothing else in the image uses these ports.
    let serial = unsafe { Uart16550::new_port(COM1) };
    if let Ok(mut serial) = serial
        && serial.init(Config::DEFAULT).is_ok()
    {
        *SERIAL.lock() = Some(serial);
    }
}

/// Writes all of `bytes`. Waits for the port.
pub(crate) fn write(bytes: &[u8]) {
    if let Some(serial) = SERIAL.lock().as_mut() {
        serial.send_bytes_exact(bytes);
    }
}

/// Unlocks the console whatever code holds it, so that an exception during a write can be reported.
///
/// # Safety
/// The code that holds the console must never run again.
pub(crate) unsafe fn force_unlock() {
    // SAFETY: the holder never runs again, as the caller states.
    unsafe { SERIAL.force_unlock() };
}
