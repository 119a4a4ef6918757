//! A device that a crate of somebody else's might have, for programs to be built on.

use mirage_rt::device::{Config, Device, Monotonic};

/// What can be said of a cache.
#[derive(Debug)]
pub struct CacheConfig {
    /// How many entries it holds.
    pub capacity: usize,
    /// How long an entry is fresh.
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
    /// What was said of it.
    pub config: CacheConfig,
    clock: C,
}

impl CacheConfig {
    /// The cache, with any clock.
    pub fn wire<C: Monotonic>(self, clock: C) -> Cache<C> {
        Cache {
            config: self,
            clock,
        }
    }
}

impl<C: Monotonic> Cache<C> {
    /// Whether an entry that was put in at boot would be fresh.
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
