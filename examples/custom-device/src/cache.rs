//! A cache of texts.

use alloc::{collections::BTreeMap, rc::Rc};
use core::cell::RefCell;
use mirage_rt::{
    device::{Config, Device, Monotonic, Share},
    time::{Duration, Instant},
};

/// The configuration of a cache.
#[derive(Debug)]
pub struct CacheConfig {
    /// How many entries it holds. When it is full, the one that would expire first makes room.
    pub capacity: usize,
    /// How long an entry is fresh.
    pub lifetime: Duration,
}

impl Config for CacheConfig {
    const DEFAULT: Self = Self {
        capacity: 128,
        lifetime: Duration::from_secs(60),
    };
}

impl CacheConfig {
    /// The cache, with any clock.
    pub fn wire<C: Monotonic>(self, clock: C) -> Cache<C> {
        Cache {
            entries: Rc::default(),
            config: Rc::new(self),
            clock,
        }
    }
}

/// A cache; clones are the same cache.
#[derive(Debug, Clone)]
pub struct Cache<C> {
    entries: Rc<RefCell<BTreeMap<&'static str, Entry>>>,
    config: Rc<CacheConfig>,
    clock: C,
}

#[derive(Debug)]
struct Entry {
    value: &'static str,
    expires: Instant,
}

impl<C: Monotonic> Cache<C> {
    /// Puts an entry in.
    pub fn insert(&self, key: &'static str, value: &'static str) {
        let mut entries = self.entries.borrow_mut();
        if entries.len() >= self.config.capacity && !entries.contains_key(key) {
            let oldest = entries.iter().min_by_key(|(_, entry)| entry.expires);
            if let Some(oldest) = oldest.map(|(key, _)| *key) {
                entries.remove(oldest);
            }
        }
        let expires = self.clock.now() + self.config.lifetime;
        entries.insert(key, Entry { value, expires });
    }

    /// The entry's value, if it is still fresh.
    pub fn get(&self, key: &str) -> Option<&'static str> {
        let entries = self.entries.borrow();
        let entry = entries.get(key)?;
        (entry.expires > self.clock.now()).then_some(entry.value)
    }

    /// How many entries are fresh.
    pub fn fresh(&self) -> usize {
        let now = self.clock.now();
        let entries = self.entries.borrow();
        entries.values().filter(|entry| entry.expires > now).count()
    }
}

impl<C: Clone> Share for Cache<C> {}

impl<C> Device for Cache<C> {
    type Output = Self;

    fn provide(self) -> Self {
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use core::{cell::Cell, future};

    /// A clock that stands where it is set.
    #[derive(Clone, Default)]
    struct Stopped(Rc<Cell<u64>>);

    impl Monotonic for Stopped {
        fn now(&self) -> Instant {
            Instant::from_nanos(self.0.get())
        }

        fn sleep_until(&self, _: Instant) -> impl Future<Output = ()> + 'static {
            future::pending()
        }
    }

    fn cache(capacity: usize) -> (Cache<Stopped>, Stopped) {
        let clock = Stopped::default();
        let config = CacheConfig {
            capacity,
            lifetime: Duration::from_nanos(10),
        };
        (config.wire(clock.clone()), clock)
    }

    #[test]
    fn an_entry_expires() {
        let (cache, clock) = cache(4);
        cache.insert("key", "value");
        clock.0.set(9);
        assert_eq!(cache.get("key"), Some("value"));
        clock.0.set(10);
        assert_eq!(cache.get("key"), None);
        assert_eq!(cache.fresh(), 0);
    }

    #[test]
    fn the_oldest_makes_room() {
        let (cache, clock) = cache(2);
        for (now, key) in [(0, "first"), (1, "second"), (2, "third")] {
            clock.0.set(now);
            cache.insert(key, "value");
        }
        assert_eq!(cache.get("first"), None);
        assert_eq!(cache.fresh(), 2);
    }
}
