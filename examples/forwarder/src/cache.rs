//! The answer cache: a custom device.

use crate::{answer::Answer, question::Question};
use alloc::{
    collections::{BTreeMap, BTreeSet},
    rc::Rc,
};
use core::{cell::RefCell, fmt};
use mirage_rt::{
    device::{Config, Device, Monotonic, Share},
    time::{Duration, Instant},
};

/// Approximate size of an entry without its question and answer, in bytes.
const ENTRY: usize = 256;

/// The configuration of a [`Cache`].
#[derive(Debug)]
pub struct CacheConfig {
    /// The maximum memory it uses, in bytes. A full cache evicts the entry that would expire first.
    pub size: usize,
    /// The maximum time that an answer is kept, whatever its TTL.
    pub max_age: Duration,
}

impl Config for CacheConfig {
    const DEFAULT: Self = Self {
        size: 1024 * 1024,
        max_age: Duration::from_secs(24 * 3600),
    };
}

impl CacheConfig {
    /// Creates the cache, with any clock.
    pub fn wire<C: Monotonic>(self, clock: C) -> Cache<C> {
        Cache {
            entries: Rc::default(),
            config: Rc::new(self),
            clock,
        }
    }
}

/// A cache of answers. Clones share the same cache.
#[derive(Clone)]
pub struct Cache<C> {
    entries: Rc<RefCell<Entries>>,
    config: Rc<CacheConfig>,
    clock: C,
}

#[derive(Default)]
struct Entries {
    by_question: BTreeMap<Question, Entry>,
    by_expiry: BTreeSet<(Instant, Question)>,
    size: usize,
}

struct Entry {
    answer: Answer,
    arrived: Instant,
    expires: Instant,
}

impl<C: Monotonic> Cache<C> {
    /// Stores an answer that has just arrived, until it expires.
    pub fn insert(&self, question: Question, answer: Answer) {
        let lifetime = Duration::from_secs(answer.lifetime().into()).min(self.config.max_age);
        let size = size(&question, &answer);
        if lifetime.is_zero() || size > self.config.size {
            return;
        }
        let mut entries = self.entries.borrow_mut();
        entries.remove(&question);
        while entries.size + size > self.config.size {
            entries.remove_first_to_expire();
        }
        let arrived = self.clock.now();
        let expires = arrived + lifetime;
        entries.size += size;
        entries.by_expiry.insert((expires, question.clone()));
        let entry = Entry {
            answer,
            arrived,
            expires,
        };
        entries.by_question.insert(question, entry);
    }

    /// Returns the cached answer, unless it has expired.
    pub fn get(&self, question: &Question) -> Option<Answer> {
        let now = self.clock.now();
        let entries = self.entries.borrow();
        let entry = entries.by_question.get(question)?;
        let age = (now - entry.arrived).as_secs();
        (now < entry.expires).then(|| entry.answer.aged(age as u32))
    }
}

impl Entries {
    fn remove(&mut self, question: &Question) {
        if let Some(Entry {
            answer, expires, ..
        }) = self.by_question.remove(question)
        {
            self.size -= size(question, &answer);
            self.by_expiry.remove(&(expires, question.clone()));
        }
    }

    fn remove_first_to_expire(&mut self) {
        if let Some((_, question)) = self.by_expiry.first().cloned() {
            self.remove(&question);
        }
    }
}

/// Approximate size of an entry, in bytes.
fn size(question: &Question, answer: &Answer) -> usize {
    ENTRY + question.bytes().len() + answer.size()
}

impl<C: Clone> Share for Cache<C> {}

impl<C> Device for Cache<C> {
    type Output = Self;

    fn provide(self) -> Self {
        self
    }
}

impl<C> fmt::Debug for Cache<C> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let config = &self.config;
        formatter
            .debug_struct("Cache")
            .field("config", config)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{message::Message, tests::zone};
    use alloc::format;
    use core::{cell::Cell, future};

    /// A clock that only moves when it is set.
    #[derive(Clone, Default)]
    struct Stopped(Rc<Cell<u64>>);

    impl Stopped {
        fn set(&self, seconds: u64) {
            self.0.set(seconds * 1_000_000_000);
        }
    }

    impl Monotonic for Stopped {
        fn now(&self) -> Instant {
            Instant::from_nanos(self.0.get())
        }

        fn sleep_until(&self, _: Instant) -> impl Future<Output = ()> + 'static {
            future::pending()
        }
    }

    fn cache(size: usize) -> (Cache<Stopped>, Stopped) {
        let clock = Stopped::default();
        let config = CacheConfig {
            size,
            max_age: Duration::from_secs(100),
        };
        (config.wire(clock.clone()), clock)
    }

    /// A question, and an answer with the given TTL in seconds.
    fn entry(name: &str, ttl: u32) -> (Question, Answer) {
        let query = zone::query(0, name);
        let question = Question::from_query(Message::new(&query).unwrap(), None).unwrap();
        let answer = zone::answer(&query, 0, &[zone::address(ttl)]);
        let answer = Answer::read(&answer, 0, &question).unwrap();
        (question, answer)
    }

    fn ttls(cache: &Cache<Stopped>, question: &Question) -> Option<alloc::vec::Vec<u32>> {
        let answer = cache.get(question)?;
        Some(zone::ttls(&answer.to_message()))
    }

    #[test]
    fn an_answer_ages_until_it_expires() {
        let (cache, clock) = cache(10_000);
        let (question, answer) = entry("example.org", 10);
        clock.set(5);
        cache.insert(question.clone(), answer);
        for (now, left) in [(5, Some(10)), (8, Some(7)), (14, Some(1)), (15, None)] {
            clock.set(now);
            assert_eq!(ttls(&cache, &question), left.map(|left| [left].into()));
        }
    }

    #[test]
    fn ttl_and_max_age_limit_how_long_an_answer_is_kept() {
        let (cache, clock) = cache(10_000);
        for (name, ttl, end) in [("never", 0, 0), ("day", 86_400, 100), ("odd", 1 << 31, 0)] {
            let (question, answer) = entry(name, ttl);
            clock.set(0);
            cache.insert(question.clone(), answer);
            clock.set(end);
            assert!(cache.get(&question).is_none(), "{name}");
        }
    }

    #[test]
    fn the_first_entry_to_expire_is_evicted() {
        let (cache, _) = cache(1000);
        let entries =
            [("b", 20), ("a", 10), ("c", 30), ("d", 40)].map(|(name, ttl)| entry(name, ttl));
        for (question, answer) in entries.clone() {
            cache.insert(question, answer);
        }
        let kept = entries.map(|(question, _)| cache.get(&question).is_some());
        assert_eq!(kept, [true, false, true, true]);
    }

    #[test]
    fn the_cache_never_exceeds_its_size() {
        let (cache, _) = cache(5000);
        for number in 0..1000 {
            // Some are inserted twice.
            let (question, answer) = entry(&format!("host{}", number % 300), number);
            cache.insert(question, answer);
            let entries = cache.entries.borrow();
            let sizes = entries.by_question.iter();
            let sum: usize = sizes
                .map(|(question, entry)| size(question, &entry.answer))
                .sum();
            assert_eq!(sum, entries.size);
            assert!(sum <= 5000);
            assert_eq!(entries.by_question.len(), entries.by_expiry.len());
        }
        assert!(cache.entries.borrow().size > 4000);
    }
}
