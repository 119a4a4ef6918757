//! A question, independent of the client that asks it.

use crate::{
    edns::Edns,
    message::{self, Malformed, Message, flag},
};
use alloc::{rc::Rc, vec::Vec};

/// The flags of a query that affect its answer.
const FLAGS: u16 = flag::RECURSION_DESIRED | flag::AUTHENTIC_DATA | flag::CHECKING_DISABLED;

/// A question. Clients with equal questions get the same answer.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Question {
    /// The name, in lower case, type and class.
    bytes: Rc<[u8]>,
    flags: u16,
    /// Whether DNSSEC records are requested.
    dnssec: bool,
}

impl Question {
    /// Returns the question of a query.
    ///
    /// # Errors
    /// Returns [`Malformed`] unless the query has exactly one.
    pub fn from_query(query: Message<'_>, edns: Option<Edns>) -> Result<Self, Malformed> {
        Ok(Self {
            bytes: lower_case(query.question()?).into(),
            flags: query.flags() & FLAGS,
            dnssec: edns.is_some_and(|edns| edns.dnssec),
        })
    }

    /// The type of the requested record.
    pub fn kind(&self) -> u16 {
        let kind = self.bytes.len() - 4;
        u16::from_be_bytes([self.bytes[kind], self.bytes[kind + 1]])
    }

    /// Its encoding in a message.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The flags that the answer repeats.
    pub fn flags(&self) -> u16 {
        self.flags
    }

    /// Encodes a query for it.
    pub fn query(&self, id: u16) -> Vec<u8> {
        let mut query = message::begin(id, self.flags, &self.bytes);
        Edns::ours(self.dnssec).append(&mut query);
        query
    }

    /// Returns whether `answer` repeats this question.
    pub fn is_of(&self, answer: Message<'_>) -> bool {
        answer
            .question()
            .is_ok_and(|question| lower_case(question) == *self.bytes)
    }
}

/// Returns a question with its name in lower case. The type is left out, since its bytes can look
/// like letters; the length of a label cannot.
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
        Question::from_query(Message::new(&query).unwrap(), None).unwrap()
    }

    #[test]
    fn names_are_case_insensitive() {
        assert_eq!(question("EXAMPLE.org", 1, 0), question("example.ORG", 1, 0));
        // HTTPS is 65, which is a capital A.
        assert_eq!(question("example.org", 65, 0).kind(), 65);
    }

    #[test]
    fn questions_with_different_answers_differ() {
        let plain = question("example.org", 1, 0);
        assert_ne!(plain, question("example.net", 1, 0));
        assert_ne!(plain, question("example.org", 28, 0));
        assert_ne!(plain, question("example.org", 1, flag::CHECKING_DISABLED));
        assert_eq!(plain, question("example.org", 1, flag::TRUNCATED));
    }
}
