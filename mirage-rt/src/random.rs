//! Randomness that is fit for keys.

pub use mirage_devices::random::Random;
