//! A name server with `domain`: every name has the address 192.0.2.1.
#![no_std]
#![no_main]

extern crate alloc;

use alloc::vec::Vec;
use core::net::Ipv4Addr;
use domain::{
    base::{Message, MessageBuilder, iana::Rcode},
    rdata::A,
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
    let query = Message::from_octets(query).ok()?;
    let question = query.sole_question().ok()?;
    let builder = MessageBuilder::new_vec();
    let mut answer = builder.start_answer(&query, Rcode::NOERROR).ok()?;
    let address = A::new(Ipv4Addr::new(192, 0, 2, 1).octets().into());
    answer.push((question.qname(), 60, address)).ok()?;
    Some(answer.finish())
}
