//! A small cache of answers.

use super::{LookupError, Name, Outcome, RecordType};
use crate::time::Instant;
use alloc::vec::Vec;
use core::{net::IpAddr, time::Duration};

/// How many answers are kept.
const CAPACITY: usize = 64;
/// How long addresses are kept at most, whatever their TTL.
const MAX_TTL: Duration = Duration::from_secs(24 * 60 * 60);
/// How long negative answers are kept at most: RFC 2308, section 5, recommends one to three hours.
const MAX_NEGATIVE_TTL: Duration = Duration::from_secs(60 * 60);

type Answer = Result<Vec<IpAddr>, LookupError>;

/// Answers until their TTL ends.
#[derive(Debug, Default)]
pub struct Cache {
    entries: Vec<Entry>,
}

#[derive(Debug)]
struct Entry {
    name: Name,
    record_type: RecordType,
    answer: Answer,
    expires: Instant,
}

impl Cache {
    /// Returns the answer for a name, if it is still valid.
    pub fn find(&self, name: &Name, record_type: RecordType, now: Instant) -> Option<&Answer> {
        let mut entries = self.entries.iter();
        let entry = entries.find(|entry| {
            (&entry.name, entry.record_type) == (name, record_type) && now < entry.expires
        });
        Some(&entry?.answer)
    }

    /// Keeps the outcome of a lookup, if it has a TTL. The answer that expires first makes room.
    pub fn insert(&mut self, name: Name, record_type: RecordType, outcome: &Outcome, now: Instant) {
        let max = match outcome.result {
            Ok(_) => MAX_TTL,
            Err(_) => MAX_NEGATIVE_TTL,
        };
        let ttl = outcome.ttl.unwrap_or_default().min(max);
        self.entries.retain(|entry| {
            (&entry.name, entry.record_type) != (&name, record_type) && now < entry.expires
        });
        if ttl.is_zero() {
            return;
        }
        if self.entries.len() == CAPACITY {
            let positions = self.entries.iter().enumerate();
            let first = positions.min_by_key(|(_, entry)| entry.expires);
            if let Some((position, _)) = first {
                self.entries.swap_remove(position);
            }
        }
        self.entries.push(Entry {
            name,
            record_type,
            answer: outcome.result.clone(),
            expires: now + ttl,
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::{format, vec};

    fn name(text: &str) -> Name {
        Name::parse(text).unwrap()
    }

    fn outcome(result: Answer, seconds: u64) -> Outcome {
        Outcome {
            result,
            ttl: Some(Duration::from_secs(seconds)),
        }
    }

    fn at(seconds: u64) -> Instant {
        Instant::BOOT + Duration::from_secs(seconds)
    }

    fn addresses(last: u8) -> Answer {
        Ok(vec![[10, 0, 0, last].into()])
    }

    #[test]
    fn answers_are_valid_for_their_ttl() {
        let mut cache = Cache::default();
        let web = name("web");
        let found = |cache: &Cache, seconds| cache.find(&web, RecordType::A, at(seconds)).cloned();
        cache.insert(
            web.clone(),
            RecordType::A,
            &outcome(addresses(1), 60),
            at(10),
        );
        assert_eq!(found(&cache, 69), Some(addresses(1)));
        assert_eq!(found(&cache, 70), None);
        assert!(cache.find(&web, RecordType::Aaaa, at(10)).is_none());
        assert!(cache.find(&name("other"), RecordType::A, at(10)).is_none());
        cache.insert(
            web.clone(),
            RecordType::A,
            &outcome(addresses(2), 60),
            at(20),
        );
        assert_eq!(found(&cache, 79), Some(addresses(2)));
        // A TTL of zero is for one use, and no TTL for none.
        cache.insert(
            web.clone(),
            RecordType::A,
            &outcome(addresses(3), 0),
            at(30),
        );
        assert_eq!(found(&cache, 30), None);
        let unknown = Outcome {
            result: Err(LookupError::TimedOut),
            ttl: None,
        };
        cache.insert(web.clone(), RecordType::A, &unknown, at(30));
        assert_eq!(found(&cache, 30), None);
    }

    #[test]
    fn ttls_are_limited() {
        let mut cache = Cache::default();
        let (web, none) = (name("web"), name("none"));
        let day = 24 * 60 * 60;
        cache.insert(
            web.clone(),
            RecordType::A,
            &outcome(addresses(1), 10 * day),
            at(0),
        );
        let error = Err(LookupError::NoSuchName);
        cache.insert(
            none.clone(),
            RecordType::A,
            &outcome(error, 10 * day),
            at(0),
        );
        let is_found =
            |name: &Name, seconds| cache.find(name, RecordType::A, at(seconds)).is_some();
        assert!(is_found(&web, day - 1) && !is_found(&web, day));
        assert!(is_found(&none, 3599) && !is_found(&none, 3600));
    }

    #[test]
    fn the_answer_that_expires_first_makes_room() {
        let mut cache = Cache::default();
        for index in 0..CAPACITY as u64 {
            let ttl = if index == 7 { 50 } else { 100 + index };
            let name = name(&format!("h{index}"));
            cache.insert(name, RecordType::A, &outcome(addresses(1), ttl), at(0));
        }
        cache.insert(
            name("last"),
            RecordType::A,
            &outcome(addresses(2), 60),
            at(1),
        );
        let is_found = |text: &str| cache.find(&name(text), RecordType::A, at(2)).is_some();
        assert!(!is_found("h7"));
        assert!(is_found("h6") && is_found("h8") && is_found("last"));
        assert_eq!(cache.entries.len(), CAPACITY);
    }
}
