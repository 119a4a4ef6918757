//! Turns: of those who want to ask the same, one does.

use crate::question::Question;
use alloc::{collections::BTreeMap, vec::Vec};
use core::{
    cell::RefCell,
    future::poll_fn,
    task::{Poll, Waker},
};

/// The questions that are being asked, and who waits for each.
#[derive(Debug, Default)]
pub struct Turns(RefCell<BTreeMap<Question, Vec<Waker>>>);

/// The turn of one; the others wait until it is dropped.
#[derive(Debug)]
pub struct Turn<'a> {
    turns: &'a Turns,
    question: &'a Question,
}

impl Turns {
    /// Waits until nobody else asks `question`.
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
