//! What is asked, apart from who asks it.

use crate::{
    edns::Edns,
    message::{self, Malformed, Message, flag},
};
use alloc::{rc::Rc, vec::Vec};

/// The flags of a query that its answer depends on.
const FLAGS: u16 = flag::RECURSION_DESIRED | flag::AUTHENTIC_DATA | flag::CHECKING_DISABLED;

/// A question: clients who ask the same get the same answer.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Question {
    /// The name, in lower case, type and class.
    bytes: Rc<[u8]>,
    flags: u16,
    /// Whether signatures are wanted.
    dnssec: bool,
}

impl Question {
    /// The question of a query.
    ///
    /// # Errors
    /// It does not have exactly one.
    pub fn of(query: Message<'_>, edns: Option<Edns>) -> Result<Self, Malformed> {
        Ok(Self {
            bytes: lower_case(query.question()?).into(),
            flags: query.flags() & FLAGS,
            dnssec: edns.is_some_and(|edns| edns.dnssec),
        })
    }

    /// The type of record that is wanted.
    pub fn kind(&self) -> u16 {
        let kind = self.bytes.len() - 4;
        u16::from_be_bytes([self.bytes[kind], self.bytes[kind + 1]])
    }

    /// As it stands in a message.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The flags that an answer has in common with it.
    pub fn flags(&self) -> u16 {
        self.flags
    }

    /// The query that asks it.
    pub fn query(&self, id: u16) -> Vec<u8> {
        let mut query = message::begin(id, self.flags, &self.bytes);
        Edns::ours(self.dnssec).append(&mut query);
        query
    }

    /// Whether `answer` has this question.
    pub fn is_of(&self, answer: Message<'_>) -> bool {
        answer
            .question()
            .is_ok_and(|question| lower_case(question) == *self.bytes)
    }
}

/// A question with its name in lower case. The length of a label is no letter, but a type may be.
fn lower_case(question: &[u8]) -> Vec<u8> {
    let mut question = question.to_vec();
    let name = question.len() - 4;
    question[..name].make_ascii_lowercase();
    question
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tests::zone;

    fn question(name: &str, kind: u16, flags: u16) -> Question {
        let query = message::begin(0, flags, &zone::question(name, kind));
        Question::of(Message::new(&query).unwrap(), None).unwrap()
    }

    #[test]
    fn capitals_make_no_difference_in_names() {
        assert_eq!(question("EXAMPLE.org", 1, 0), question("example.ORG", 1, 0));
        // HTTPS is 65, which is a capital A.
        assert_eq!(question("example.org", 65, 0).kind(), 65);
    }

    #[test]
    fn what_changes_the_answer_is_another_question() {
        let plain = question("example.org", 1, 0);
        assert_ne!(plain, question("example.net", 1, 0));
        assert_ne!(plain, question("example.org", 28, 0));
        assert_ne!(plain, question("example.org", 1, flag::CHECKING_DISABLED));
        assert_eq!(plain, question("example.org", 1, flag::TRUNCATED));
    }
}
