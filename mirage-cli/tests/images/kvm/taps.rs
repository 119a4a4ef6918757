//! TAP devices in the outer guest.

use crate::harness::client;

/// Their names.
pub const TAPS: [&str; 2] = ["tap0", "tap1"];
/// The addresses of the outer guest on them, in the networks of the examples.
const ADDRESSES: [&str; 2] = ["10.0.0.1/24", "10.1.0.2/24"];

/// TAP devices of one test.
pub struct Taps(usize);

impl Taps {
    /// Creates `count` devices.
    pub fn create(count: usize) -> Self {
        for (tap, address) in TAPS.into_iter().zip(ADDRESSES).take(count) {
            ip(&["tuntap", "add", "dev", tap, "mode", "tap"]);
            ip(&["address", "add", address, "dev", tap]);
            ip(&["link", "set", "dev", tap, "up"]);
        }
        Self(count)
    }
}

impl Drop for Taps {
    fn drop(&mut self) {
        for tap in &TAPS[..self.0] {
            ip(&["link", "delete", tap]);
        }
    }
}

/// Runs `ip`.
pub fn ip(arguments: &[&str]) {
    client::run("ip", arguments);
}
