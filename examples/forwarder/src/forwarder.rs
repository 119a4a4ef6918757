//! The forwarder: answers from the cache, or asks the upstream.

use crate::{answer::Answer, cache::Cache, question::Question, turns::Turns, upstream::Upstream};
use mirage_rt::time::Clock;

/// A forwarder.
#[derive(Debug)]
pub struct Forwarder {
    cache: Cache<Clock>,
    upstream: Upstream,
    turns: Turns,
}

impl Forwarder {
    /// Creates a forwarder that asks `upstream` and stores its answers in `cache`.
    pub fn new(cache: Cache<Clock>, upstream: Upstream) -> Self {
        Self {
            cache,
            upstream,
            turns: Turns::default(),
        }
    }

    /// Returns the answer if it is cached.
    pub fn cached(&self, question: &Question) -> Option<Answer> {
        self.cache.get(question)
    }

    /// Returns the answer. Concurrent callers with the same question share one query to the
    /// upstream: each additional query would be another chance for a forged answer (RFC 5452,
    /// section 5).
    pub async fn answer(&self, question: &Question) -> Answer {
        let _turn = self.turns.take(question).await;
        if let Some(cached) = self.cached(question) {
            return cached;
        }
        let answer = self.upstream.ask(question).await.unwrap_or_else(|| {
            mirage_rt::log::warn!("{} does not answer", self.upstream.address);
            Answer::failure(question)
        });
        self.cache.insert(question.clone(), answer.clone());
        answer
    }
}
