//! What a client asks, and what it is answered.

use crate::{
    answer::Answer,
    edns::{self, Edns},
    message::{self, HEADER, Malformed, Message, TRANSFERS, code, flag},
    question::Question,
};
use alloc::vec::Vec;

/// The flags of a query that come back in the answer.
const ECHOED: u16 = flag::OPCODE | flag::RECURSION_DESIRED | flag::CHECKING_DISABLED;

/// A query of a client.
#[derive(Debug)]
pub struct Query {
    id: u16,
    flags: u16,
    /// The question as the client writes it.
    asked: Vec<u8>,
    edns: Option<Edns>,
    question: Question,
}

/// A message that is not forwarded: what it is answered at once, if anything.
#[derive(Debug, PartialEq, Eq)]
pub struct Refused(pub Option<Vec<u8>>);

impl Query {
    /// The query that a client sent.
    ///
    /// # Errors
    /// It is none that can be forwarded.
    pub fn read(bytes: &[u8]) -> Result<Self, Refused> {
        let message = Message::new(bytes).map_err(|_| Refused(None))?;
        let (id, flags) = (message.id(), message.flags());
        // Who answers an answer is answered for ever.
        if flags & flag::RESPONSE != 0 {
            return Err(Refused(None));
        }
        let refuse = |code| {
            let flags = flag::RESPONSE | flags & ECHOED | code;
            Refused(Some(message::begin(id, flags, &[])))
        };
        if flags & flag::OPCODE != 0 {
            return Err(refuse(code::NOT_IMPLEMENTED));
        }
        let query = Self::of(message).map_err(|Malformed| refuse(code::FORMAT_ERROR))?;
        if query.edns.is_some_and(|edns| edns.version != 0) {
            return Err(query.refuse(code::BAD_VERSION));
        }
        if TRANSFERS.contains(&query.question.kind()) {
            return Err(query.refuse(code::NOT_IMPLEMENTED));
        }
        Ok(query)
    }

    fn of(message: Message<'_>) -> Result<Self, Malformed> {
        let edns = Edns::of(message)?;
        Ok(Self {
            id: message.id(),
            flags: message.flags(),
            asked: message.question()?.to_vec(),
            question: Question::of(message, edns)?,
            edns,
        })
    }

    /// What it asks.
    pub fn question(&self) -> &Question {
        &self.question
    }

    /// The longest datagram that the client takes.
    pub fn longest_datagram(&self) -> usize {
        edns::longest_datagram(self.edns)
    }

    /// The message that says `answer` to this client. If it were longer than `most` bytes, it says
    /// so, and the client asks again over TCP.
    pub fn reply(&self, answer: &Answer, most: usize) -> Vec<u8> {
        let mut reply = answer.to_message();
        reply[..2].copy_from_slice(&self.id.to_be_bytes());
        // Other than the cache, the client may tell capitals.
        reply[HEADER..][..self.asked.len()].copy_from_slice(&self.asked);
        self.append_edns(&mut reply, 0);
        if reply.len() > most {
            let flags = u16::from_be_bytes([reply[2], reply[3]]) | flag::TRUNCATED;
            reply = message::begin(self.id, flags, &self.asked);
            self.append_edns(&mut reply, 0);
        }
        reply
    }

    fn refuse(&self, code: u16) -> Refused {
        let flags = flag::RESPONSE | self.flags & ECHOED | code & flag::CODE;
        let mut reply = message::begin(self.id, flags, &self.asked);
        self.append_edns(&mut reply, code & !flag::CODE);
        Refused(Some(reply))
    }

    /// EDNS is for those who speak it.
    fn append_edns(&self, reply: &mut Vec<u8>, code: u16) {
        if let Some(edns) = self.edns {
            let ours = Edns::ours(edns.dnssec);
            Edns { code, ..ours }.append(reply);
        }
    }
}
