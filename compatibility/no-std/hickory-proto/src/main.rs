//! A name server with `hickory-proto`: every name has the address 192.0.2.1.
#![no_std]
#![no_main]

extern crate alloc;

use alloc::vec::Vec;
use hickory_proto::{
    op::Message,
    rr::{RData, Record, rdata::A},
};
use mirage_rt::net::{Error, UdpSocket};

#[mirage_rt::unikernel(net = "auto", ip = "10.0.0.2", udp(dns = 53))]
async fn main(dns: UdpSocket) -> Result<(), Error> {
    let mut buffer = [0; 512];
    loop {
        let (length, peer) = dns.recv_from(&mut buffer).await?;
        if let Some(answer) = answer(&buffer[..length]) {
            let _ = dns.send_to(&answer, peer).await;
        }
    }
}

fn answer(query: &[u8]) -> Option<Vec<u8>> {
    let query = Message::from_vec(query).ok()?;
    let question = query.queries.first()?;
    let mut answer = Message::response(query.metadata.id, query.metadata.op_code);
    answer.add_query(question.clone());
    let address = RData::A(A::new(192, 0, 2, 1));
    answer.add_answer(Record::from_rdata(question.name().clone(), 60, address));
    answer.to_vec().ok()
}
