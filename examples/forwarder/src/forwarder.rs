//! The forwarder: what is known is answered at once, anything else is asked for.

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
    /// The forwarder that asks `upstream`, and keeps its answers in `cache`.
    pub fn new(cache: Cache<Clock>, upstream: Upstream) -> Self {
        Self {
            cache,
            upstream,
            turns: Turns::default(),
        }
    }

    /// The answer, if it is known.
    pub fn known(&self, question: &Question) -> Option<Answer> {
        self.cache.get(question)
    }

    /// The answer. However many want it, the upstream is asked once: a forged answer would have as
    /// many chances as there are queries (RFC 5452, section 5).
    pub async fn answer(&self, question: &Question) -> Answer {
        let _turn = self.turns.take(question).await;
        if let Some(known) = self.known(question) {
            return known;
        }
        let answer = self.upstream.ask(question).await.unwrap_or_else(|| {
            mirage_rt::log::warn!("{} does not answer", self.upstream.address);
            Answer::failure(question)
        });
        self.cache.insert(question.clone(), answer.clone());
        answer
    }
}
