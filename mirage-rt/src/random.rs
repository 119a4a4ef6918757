//! Randomness that is fit for keys.

pub use mirage_devices::random::Random;
/// The traits by which random numbers are drawn, those of `rand_core`.
pub use rand_core::{CryptoRng, Rng};
