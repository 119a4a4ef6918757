//! Coalesces concurrent queries: only one task at a time asks the same question.

use crate::question::Question;
use alloc::{collections::BTreeMap, vec::Vec};
use core::{
    cell::RefCell,
    future::poll_fn,
    task::{Poll, Waker},
};

/// The questions that are being asked, and the tasks waiting for each.
#[derive(Debug, Default)]
pub struct Turns(RefCell<BTreeMap<Question, Vec<Waker>>>);

/// The exclusive right to ask a question. Other tasks wait until it is dropped.
#[derive(Debug)]
pub struct Turn<'a> {
    turns: &'a Turns,
    question: &'a Question,
}

impl Turns {
    /// Waits until no other task asks `question`.
    pub async fn take<'a>(&'a self, question: &'a Question) -> Turn<'a> {
        poll_fn(|context| {
            let mut asked = self.0.borrow_mut();
            if let Some(waiting) = asked.get_mut(question) {
                waiting.push(context.waker().clone());
                return Poll::Pending;
            }
            asked.insert(question.clone(), Vec::new());
            Poll::Ready(())
        })
        .await;
        Turn {
            turns: self,
            question,
        }
    }
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        let waiting = self.turns.0.borrow_mut().remove(self.question);
        for waker in waiting.into_iter().flatten() {
            waker.wake();
        }
    }
}
