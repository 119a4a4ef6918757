//! A user-mode network: connects one virtual machine to the host's network without privileges.
//!
//! The guest and this process exchange Ethernet frames over a [`SocketPair`]. The guest sees a gateway
//! that answers ARP, ping and DHCP, and a name server beside it:
//!
//! - A [`PublishedPort`] of the host leads to a port of the guest.
//! - Connections and datagrams of the guest leave through ordinary sockets of this process.
//! - The gateway's address stands for the host's loopback address, and the name server's for the first
//!   name server in the host's `/etc/resolv.conf`.
//!
//! smoltcp terminates TCP towards the guest. IPv4 only.
//!
//! ```
//! use mirage_user_network::{Addresses, SocketPair, UserNetwork};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let addresses = Addresses::for_static("10.0.0.2/24".parse()?, None);
//! let SocketPair { network, guest } = SocketPair::new()?;
//! let network = UserNetwork::new(network, &addresses, &[])?;
//! let thread = std::thread::spawn(|| network.run());
//! // Start the virtual machine with `guest` as its network device. The network stops once the last
//! // copy of `guest` is closed.
//! drop(guest);
//! assert_eq!(thread.join().expect("no panic")?, 0);
//! # Ok(())
//! # }
//! ```

mod addresses;
mod dhcp;
mod error;
mod filter;
mod link;
mod name_server;
mod poller;
mod published;
mod socket_pair;
mod tcp;
#[cfg(test)]
mod tests;
mod udp;

pub use self::{
    addresses::Addresses, error::Error, published::PublishedPort, socket_pair::SocketPair,
};

use self::{filter::Verdict, link::Link, poller::Poller, tcp::Connections, udp::Datagrams};
use smoltcp::{
    iface::{Config, Interface, PollResult, SocketSet},
    time::{Duration, Instant},
    wire::{EthernetAddress, IpCidr, Ipv4Cidr},
};
use std::{fmt, io, os::fd::OwnedFd, time};

/// The gateway's MAC address. It is locally administered, so no device has it.
const GATEWAY_MAC: EthernetAddress = EthernetAddress([0x52, 0x55, 0x0a, 0x00, 0x00, 0x01]);

/// A user network with one guest.
pub struct UserNetwork {
    addresses: Addresses,
    started: time::Instant,
    poller: Poller,
    link: Link,
    interface: Interface,
    sockets: SocketSet<'static>,
    connections: Connections,
    datagrams: Datagrams,
}

impl UserNetwork {
    /// Creates a network that exchanges frames with the guest over `link`, a socket that keeps message
    /// boundaries, such as [`SocketPair::network`], and binds the host's addresses of `ports`.
    ///
    /// # Errors
    /// Returns [`Error::Bind`] if a published port cannot be bound, and [`Error::Io`] if the host has no
    /// descriptor left.
    pub fn new(
        link: OwnedFd,
        addresses: &Addresses,
        ports: &[PublishedPort],
    ) -> Result<Self, Error> {
        let mut poller = Poller::new()?;
        let mut link = Link::new(link, &mut poller)?;
        let config = Config::new(GATEWAY_MAC.into());
        let mut interface = Interface::new(config, &mut link, Instant::ZERO);
        interface.update_ip_addrs(|own| {
            let gateway = Ipv4Cidr::new(addresses.gateway, addresses.network.prefix_length);
            own.push(IpCidr::Ipv4(gateway)).expect("the first address");
        });
        // Every host that the guest connects to is at this end of the link.
        interface.set_any_ip(true);
        interface
            .routes_mut()
            .add_default_ipv4_route(addresses.gateway)
            .expect("the first route");
        let mut sockets = SocketSet::new(Vec::new());
        Ok(Self {
            addresses: *addresses,
            started: time::Instant::now(),
            connections: Connections::new(addresses, ports, &mut poller)?,
            datagrams: Datagrams::new(addresses, ports, &mut poller, &mut sockets)?,
            poller,
            link,
            interface,
            sockets,
        })
    }

    /// Runs the network until the guest closes its end of the link. Returns how many datagrams to the
    /// guest were dropped. Nothing else is dropped: other senders wait until the guest has room.
    ///
    /// # Errors
    /// The link or the poller fails.
    pub fn run(mut self) -> io::Result<u64> {
        loop {
            let progressed = self.advance()?;
            if self.link.is_closed() {
                return Ok(self.datagrams.dropped());
            }
            let timeout = if progressed {
                Some(Duration::ZERO)
            } else if self.link.is_full() {
                // Nothing can be sent before the guest receives.
                None
            } else {
                let now = self.now();
                self.interface.poll_delay(now, &self.sockets)
            };
            for (token, ready) in self.poller.wait(timeout.map(Into::into))? {
                let _ = self.link.set_ready(token, ready)
                    || self.connections.set_ready(token, ready)
                    || self.datagrams.set_ready(token, ready);
            }
        }
    }

    /// Moves everything that can be moved without waiting. Returns whether anything was.
    fn advance(&mut self) -> io::Result<bool> {
        let mut progressed = false;
        while let Some(frame) = self.link.receive_frame()? {
            progressed = true;
            match filter::verdict(&frame, &self.addresses) {
                Verdict::Drop => {}
                Verdict::Accept => self.link.accept(frame),
                Verdict::Connect(tuple) => {
                    if self.connections.has(tuple) {
                        self.link.accept(frame);
                    } else {
                        self.connections
                            .open(tuple, frame, &mut self.poller, &mut self.link);
                    }
                }
            }
        }
        let Self {
            link,
            interface,
            sockets,
            ..
        } = self;
        progressed |= self
            .connections
            .advance(&mut self.poller, link, interface, sockets);
        progressed |= self.datagrams.advance(&mut self.poller, sockets);
        let now = self.now();
        let polled = self.interface.poll(now, &mut self.link, &mut self.sockets);
        Ok(progressed || polled != PollResult::None)
    }

    fn now(&self) -> Instant {
        Instant::ZERO + self.started.elapsed().into()
    }
}

impl fmt::Debug for UserNetwork {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("UserNetwork").field(&self.addresses).finish()
    }
}
