//! Cryptographically secure random numbers.

pub use mirage_devices::random::Random;
/// The traits of random generators, from `rand_core`.
pub use rand_core::{CryptoRng, Rng};
