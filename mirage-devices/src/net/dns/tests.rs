//! Answers of a name server, and what becomes of them.

mod course;
mod fuzz;
mod reading;

use super::{LookupError, Name, RecordType};
use std::{vec, vec::Vec};

/// Bits of the header.
const RESPONSE: u16 = 0x8180;
const TRUNCATED: u16 = 0x0200;
const NXDOMAIN: u16 = 3;
const SERVFAIL: u16 = 2;

const A: u16 = 1;
const NS: u16 = 2;
const CNAME: u16 = 5;
const SOA: u16 = 6;
const AAAA: u16 = 28;

fn name(text: &str) -> Name {
    Name::parse(text).expect("a name")
}

/// A name as messages have it, without compression.
fn labels(text: &str) -> Vec<u8> {
    name(text).wire().to_vec()
}

fn record(owner: &[u8], kind: u16, ttl: u32, data: &[u8]) -> Vec<u8> {
    let length = (data.len() as u16).to_be_bytes();
    let ttl = ttl.to_be_bytes();
    [owner, &kind.to_be_bytes(), &[0, 1], &ttl, &length, data].concat()
}

fn soa(ttl: u32, minimum: u32) -> Vec<u8> {
    let data = [labels("ns.example"), labels("root.example"), vec![0; 16]].concat();
    let data = [data, minimum.to_be_bytes().to_vec()].concat();
    record(&labels("example"), SOA, ttl, &data)
}

/// Answers to the question of `query`: flags, and the records of two sections.
fn answer(query: &[u8], flags: u16, answers: &[Vec<u8>], authority: &[Vec<u8>]) -> Vec<u8> {
    let count = |records: &[Vec<u8>]| (records.len() as u16).to_be_bytes();
    let header = [
        &query[..2],
        &flags.to_be_bytes(),
        &[0, 1],
        &count(answers),
        &count(authority),
        &[0, 0],
    ];
    let records = [answers.concat(), authority.concat()].concat();
    [&header.concat(), &query[12..], &records].concat()
}

fn query(text: &str) -> Vec<u8> {
    super::message::query(7, &name(text), RecordType::A)
}
