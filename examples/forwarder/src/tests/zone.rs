//! Messages of clients and name servers.

use crate::{
    edns::Edns,
    message::{self, Message, Section, flag},
};
use alloc::vec::Vec;

/// The record type of IPv4 addresses.
pub const A: u16 = 1;

/// Encodes a question of class IN: name, type and class.
pub fn question(name: &str, kind: u16) -> Vec<u8> {
    let mut question = Vec::new();
    for label in name.split('.') {
        question.push(label.len() as u8);
        question.extend_from_slice(label.as_bytes());
    }
    question.push(0);
    question.extend_from_slice(&kind.to_be_bytes());
    question.extend_from_slice(&[0, 1]);
    question
}

/// Encodes a query for an address, without EDNS.
pub fn query(id: u16, name: &str) -> Vec<u8> {
    message::begin(id, flag::RECURSION_DESIRED, &question(name, A))
}

/// Encodes a query for an address, with EDNS.
pub fn query_with_edns(id: u16, name: &str) -> Vec<u8> {
    let mut query = query(id, name);
    Edns::ours(false).append(&mut query);
    query
}

/// A record of the queried name.
#[derive(Clone)]
pub struct Record {
    pub section: Section,
    pub kind: u16,
    pub ttl: u32,
    pub data: Vec<u8>,
}

/// An address record.
pub fn address(ttl: u32) -> Record {
    Record {
        section: Section::Answer,
        kind: A,
        ttl,
        data: [192, 0, 2, 1].into(),
    }
}

/// An SOA record, which limits the caching of a negative answer to `minimum` seconds.
pub fn start_of_authority(ttl: u32, minimum: u32) -> Record {
    // Two root names, four numbers, and the minimum.
    let mut data = [0; 18].to_vec();
    data.extend_from_slice(&minimum.to_be_bytes());
    Record {
        section: Section::Authority,
        kind: message::SOA,
        ttl,
        data,
    }
}

/// Encodes a name server's answer to `query`, with EDNS.
pub fn answer(query: &[u8], code: u16, records: &[Record]) -> Vec<u8> {
    let query = Message::new(query).unwrap();
    let flags = flag::RESPONSE | flag::RECURSION_AVAILABLE | query.flags() | code;
    let mut answer = message::begin(query.id(), flags, query.question().unwrap());
    for record in records {
        let count = match record.section {
            Section::Answer => 7,
            Section::Authority => 9,
            Section::Additional => 11,
        };
        answer[count] += 1;
        // A pointer to the name in the question.
        answer.extend_from_slice(&[0xc0, message::HEADER as u8]);
        answer.extend_from_slice(&record.kind.to_be_bytes());
        answer.extend_from_slice(&[0, 1]);
        answer.extend_from_slice(&record.ttl.to_be_bytes());
        answer.extend_from_slice(&(record.data.len() as u16).to_be_bytes());
        answer.extend_from_slice(&record.data);
    }
    Edns::ours(false).append(&mut answer);
    answer
}

/// Returns the response code.
pub fn code(message: &[u8]) -> u16 {
    Message::new(message).unwrap().flags() & flag::CODE
}

/// Returns the TTLs in a message, without the EDNS record.
pub fn ttls(message: &[u8]) -> Vec<u32> {
    let records = Message::new(message).unwrap().records().unwrap();
    let records = records.map(Result::unwrap);
    let records = records.filter(|record| record.kind != message::OPT);
    records.map(|record| record.ttl).collect()
}
