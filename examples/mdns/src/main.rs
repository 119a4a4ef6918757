//! A responder of multicast DNS (RFC 6762): a host on the link that asks for `mirage.local` gets the address of
//! this unikernel.
//!
//! It announces the name without asking first whether another host has it (RFC 6762, section 8.1).
#![no_std]
#![cfg_attr(not(test), no_main)]

mod message;
#[cfg(test)]
mod tests;

use core::net::{Ipv4Addr, SocketAddr};
use message::{MAX_LEN, PORT, Query, announcement};
use mirage_rt::{
    net::{Error, Network, UdpSocket},
    time::{Clock, Duration, Instant},
    unikernel,
};

const GROUP: Ipv4Addr = Ipv4Addr::new(224, 0, 0, 251);

#[unikernel(net = "auto", ip = boot("10.0.0.2/24"), udp(mdns = 5353))]
async fn main(net: Network, mdns: UdpSocket, clock: Clock) -> Result<(), Error> {
    respond(&net, &mdns, clock).await
}

/// When the address was multicast last, which is not done twice in a second (RFC 6762, section 6).
#[derive(Default)]
struct LastMulticast(Option<Instant>);

impl LastMulticast {
    fn may_repeat(&mut self, now: Instant) -> bool {
        let may = self
            .0
            .is_none_or(|last| now >= last + Duration::from_secs(1));
        if may {
            self.0 = Some(now);
        }
        may
    }
}

async fn respond(net: &Network, mdns: &UdpSocket, clock: Clock) -> Result<(), Error> {
    mdns.join_multicast_v4(GROUP, Ipv4Addr::UNSPECIFIED)?;
    // Receivers may check that no router has forwarded a response.
    mdns.set_multicast_ttl_v4(255)?;
    // It does not talk to itself.
    mdns.set_multicast_loop_v4(false)?;
    let mut last = LastMulticast::default();
    if let Some(address) = local(net) {
        let mut response = [0; MAX_LEN];
        let length = announcement(address, &mut response);
        last.may_repeat(clock.now());
        let _ = mdns
            .send_to(&response[..length], (GROUP, PORT).into())
            .await;
    }
    let mut buffer = [0; 1500];
    loop {
        let (length, peer) = mdns.recv_from(&mut buffer).await?;
        let Some(address) = local(net) else { continue };
        let Some(query) = query(&buffer[..length], peer, net, address) else {
            continue;
        };
        let to = match query.is_unicast(peer.port()) {
            true => peer,
            false if last.may_repeat(clock.now()) => (GROUP, PORT).into(),
            false => continue,
        };
        let mut response = [0; MAX_LEN];
        let length = query.answer(peer.port(), address, &mut response);
        // A response that cannot be sent is lost, as any datagram may be: the host asks again.
        let _ = mdns.send_to(&response[..length], to).await;
    }
}

/// The address of the interface; `None` while it has none, and with the host's sockets.
fn local(net: &Network) -> Option<Ipv4Addr> {
    net.address().map(|address| address.address)
}

/// Returns the query of a datagram, if it is to be answered: only hosts on the link are.
fn query<'a>(
    datagram: &'a [u8],
    peer: SocketAddr,
    net: &Network,
    address: Ipv4Addr,
) -> Option<Query<'a>> {
    let SocketAddr::V4(peer) = peer else {
        return None;
    };
    net.address()
        .filter(|network| network.contains(*peer.ip()))?;
    Query::parse(datagram, address)
}
