//! Queries from clients and the replies to them.

use crate::{
    answer::Answer,
    edns::{self, Edns},
    message::{self, HEADER, Malformed, Message, TRANSFERS, code, flag},
    question::Question,
};
use alloc::vec::Vec;

/// The flags of a query that the reply repeats.
const ECHOED: u16 = flag::OPCODE | flag::RECURSION_DESIRED | flag::CHECKING_DISABLED;

/// A query from a client.
#[derive(Debug)]
pub struct Query {
    id: u16,
    flags: u16,
    /// The question as the client wrote it.
    asked: Vec<u8>,
    edns: Option<Edns>,
    question: Question,
}

/// A message that is not forwarded, and the immediate reply to it, if any.
#[derive(Debug, PartialEq, Eq)]
pub struct Refused(pub Option<Vec<u8>>);

impl Query {
    /// Parses a query.
    ///
    /// # Errors
    /// Returns [`Refused`] if it cannot be forwarded.
    pub fn read(bytes: &[u8]) -> Result<Self, Refused> {
        let message = Message::new(bytes).map_err(|_| Refused(None))?;
        let (id, flags) = (message.id(), message.flags());
        // Never answer an answer: two servers would keep answering each other.
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
        let query = Self::from_message(message).map_err(|Malformed| refuse(code::FORMAT_ERROR))?;
        if query.edns.is_some_and(|edns| edns.version != 0) {
            return Err(query.refuse(code::BAD_VERSION));
        }
        if TRANSFERS.contains(&query.question.kind()) {
            return Err(query.refuse(code::NOT_IMPLEMENTED));
        }
        Ok(query)
    }

    fn from_message(message: Message<'_>) -> Result<Self, Malformed> {
        let edns = Edns::from_message(message)?;
        Ok(Self {
            id: message.id(),
            flags: message.flags(),
            asked: message.question()?.to_vec(),
            question: Question::from_query(message, edns)?,
            edns,
        })
    }

    /// Its question.
    pub fn question(&self) -> &Question {
        &self.question
    }

    /// The maximum size of a datagram that the client accepts.
    pub fn max_datagram_len(&self) -> usize {
        edns::max_datagram_len(self.edns)
    }

    /// Encodes `answer` as a reply to this query. If it would be longer than `max_len` bytes, the reply
    /// is empty and marked as truncated, and the client retries over TCP.
    pub fn reply(&self, answer: &Answer, max_len: usize) -> Vec<u8> {
        let mut reply = answer.to_message();
        reply[..2].copy_from_slice(&self.id.to_be_bytes());
        // The client may compare the name case-sensitively; the cache does not.
        reply[HEADER..][..self.asked.len()].copy_from_slice(&self.asked);
        self.append_edns(&mut reply, 0);
        if reply.len() > max_len {
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

    /// Appends an EDNS record if the query had one.
    fn append_edns(&self, reply: &mut Vec<u8>, code: u16) {
        if let Some(edns) = self.edns {
            let ours = Edns::ours(edns.dnssec);
            Edns { code, ..ours }.append(reply);
        }
    }
}
