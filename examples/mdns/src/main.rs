//! A responder of multicast DNS (RFC 6762): a host on the link that asks for `mirage.local` gets the addresses of
//! this unikernel, over IPv4 and IPv6.
//!
//! It asks first whether another host has the name, and ends if one has. Of two that ask at the same time, both get
//! it (RFC 6762, section 8.2).
#![no_std]
#![cfg_attr(not(test), no_main)]

mod message;
#[cfg(test)]
mod tests;

use core::net::{Ipv4Addr, Ipv6Addr, SocketAddr};
use message::{Addresses, MAX_LEN, PORT, Query, announcement, is_taken, probe};
use mirage_rt::{
    log,
    net::{Error, Network, UdpSocket},
    random::{Random, Rng},
    time::{Clock, Duration, Instant, sleep, timeout},
    unikernel,
};

const GROUP: Ipv4Addr = Ipv4Addr::new(224, 0, 0, 251);
const GROUP_V6: Ipv6Addr = Ipv6Addr::new(0xff02, 0, 0, 0, 0, 0, 0, 0xfb);

/// How often the name is asked for before it is used, and how long each time.
const PROBES: u8 = 3;
const PROBE_INTERVAL: Duration = Duration::from_millis(250);

#[unikernel(
    net = "auto",
    ip = boot("10.0.0.2/24"),
    ip6 = boot("fd00::2/64"),
    udp(mdns = 5353)
)]
async fn main(
    net: Network,
    mdns: UdpSocket,
    clock: Clock,
    mut random: Random,
) -> Result<(), Error> {
    // Hosts that start together do not ask together.
    sleep(Duration::from_millis((random.next_u32() % 250).into())).await;
    respond(&net, &mdns, clock).await
}

/// When the addresses were multicast last, which is not done twice in a second (RFC 6762, section 6).
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
    if net.ipv6_address().is_some() {
        mdns.join_multicast_v6(&GROUP_V6, 0)?;
        mdns.set_multicast_hops_v6(255)?;
        mdns.set_multicast_loop_v6(false)?;
    }
    if !is_free(net, mdns, clock).await? {
        log::warn!("another host is mirage.local");
        return Err(Error::AddrInUse);
    }
    log::info!("this is mirage.local");
    // When an address was multicast last, over IPv4 and over IPv6.
    let mut last = [LastMulticast::default(), LastMulticast::default()];
    let mut response = [0; MAX_LEN];
    let length = announcement(&addresses(net), &mut response);
    last.iter_mut().for_each(|last| {
        last.may_repeat(clock.now());
    });
    multicast(net, mdns, &response[..length]).await;
    let mut buffer = [0; 1500];
    loop {
        let (length, peer) = mdns.recv_from(&mut buffer).await?;
        let addresses = addresses(net);
        let Some(query) = query(&buffer[..length], peer, net, &addresses) else {
            continue;
        };
        let (group, last) = match peer {
            SocketAddr::V4(_) => (SocketAddr::from((GROUP, PORT)), &mut last[0]),
            SocketAddr::V6(_) => ((GROUP_V6, PORT).into(), &mut last[1]),
        };
        let to = match query.is_unicast(peer.port()) {
            true => peer,
            false if last.may_repeat(clock.now()) => group,
            false => continue,
        };
        let length = query.answer(peer.port(), &addresses, &mut response);
        // A response that cannot be sent is lost, as any datagram may be: the host asks again.
        let _ = mdns.send_to(&response[..length], to).await;
    }
}

/// Asks whether another host has the name (RFC 6762, section 8.1).
async fn is_free(net: &Network, mdns: &UdpSocket, clock: Clock) -> Result<bool, Error> {
    let mut buffer = [0; 1500];
    for _ in 0..PROBES {
        let mut message = [0; MAX_LEN];
        let length = probe(&addresses(net), &mut message);
        multicast(net, mdns, &message[..length]).await;
        let end = clock.now() + PROBE_INTERVAL;
        while let Ok(received) = timeout(end - clock.now(), mdns.recv_from(&mut buffer)).await {
            if is_taken(&buffer[..received?.0], &addresses(net)) {
                return Ok(false);
            }
        }
    }
    Ok(true)
}

/// Sends a message to the groups of both families.
async fn multicast(net: &Network, mdns: &UdpSocket, message: &[u8]) {
    if net.address().is_some() {
        let _ = mdns.send_to(message, (GROUP, PORT).into()).await;
    }
    if net.ipv6_address().is_some() {
        let _ = mdns.send_to(message, (GROUP_V6, PORT).into()).await;
    }
}

/// The addresses of the interface; none with the host's sockets.
fn addresses(net: &Network) -> Addresses {
    Addresses {
        v4: net.address().map(|address| address.address),
        v6: net.ipv6_address(),
    }
}

/// Returns the query of a datagram, if it is to be answered: only hosts on the link are. Over IPv6, they ask from
/// their link-local address.
fn query<'a>(
    datagram: &'a [u8],
    peer: SocketAddr,
    net: &Network,
    addresses: &Addresses,
) -> Option<Query<'a>> {
    let is_of_link = match peer {
        SocketAddr::V4(peer) => net.address()?.contains(*peer.ip()),
        SocketAddr::V6(peer) => peer.ip().is_unicast_link_local(),
    };
    Query::parse(datagram, addresses).filter(|_| is_of_link)
}
