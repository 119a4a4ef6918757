//! A device from another crate, for the test programs.

use mirage_rt::device::{Config, Device, Monotonic};

/// The configuration of a cache.
#[derive(Debug)]
pub struct CacheConfig {
    /// The maximum number of entries.
    pub capacity: usize,
    /// How long an entry is fresh, in seconds.
    pub seconds: u64,
}

impl Config for CacheConfig {
    const DEFAULT: Self = Self {
        capacity: 128,
        seconds: 60,
    };
}

/// A cache that holds nothing.
#[derive(Debug)]
pub struct Cache<C> {
    /// The configuration.
    pub config: CacheConfig,
    clock: C,
}

impl CacheConfig {
    /// Creates the cache, with any clock.
    pub fn wire<C: Monotonic>(self, clock: C) -> Cache<C> {
        Cache {
            config: self,
            clock,
        }
    }
}

impl<C: Monotonic> Cache<C> {
    /// Returns whether an entry that was inserted at boot would still be fresh.
    pub fn is_fresh(&self) -> bool {
        self.clock.now().as_nanos() < self.config.seconds.saturating_mul(1_000_000_000)
    }
}

impl<C> Device for Cache<C> {
    type Output = Self;

    fn provide(self) -> Self {
        self
    }
}
