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
//! With [`UserNetwork::with_ipv6`], the same holds for IPv6: the gateway answers neighbour discovery and ping,
//! and advertises the network to a guest with SLAAC. Packets with extension headers are dropped.
//!
//! smoltcp terminates TCP towards the guest.
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
mod destination;
mod dhcp;
mod error;
mod family;
mod filter;
mod hosts;
mod link;
mod name_server;
mod ndp;
mod poller;
mod published;
mod socket_pair;
mod tcp;
#[cfg(test)]
mod tests;
mod udp;

pub use self::{
    addresses::{Addresses, Ipv6Addresses},
    destination::Destination,
    error::Error,
    published::PublishedPort,
    socket_pair::SocketPair,
};

use self::{
    family::Family, filter::Verdict, hosts::Hosts, link::Link, poller::Poller, tcp::Connections,
    udp::Datagrams,
};
use mirage_graph::port::Protocol;
use smoltcp::{
    iface::{Config, Interface, PollResult, SocketSet},
    time::{Duration, Instant},
    wire::{EthernetAddress, IpCidr, Ipv4Cidr, Ipv6Cidr},
};
use std::{fmt, io, net::Ipv6Addr, os::fd::OwnedFd, time};

/// The gateway's MAC address. It is locally administered, so no device has it.
const GATEWAY_MAC: EthernetAddress = EthernetAddress([0x52, 0x55, 0x0a, 0x00, 0x00, 0x01]);

/// A user network with one guest.
pub struct UserNetwork {
    hosts: Hosts,
    /// When the network is advertised next to a guest with SLAAC.
    advertise_at: Option<Instant>,
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
        let mut network = Self {
            hosts: Hosts {
                ipv4: *addresses,
                ipv6: None,
                destinations: None,
            },
            advertise_at: None,
            started: time::Instant::now(),
            connections: Connections::default(),
            datagrams: Datagrams::default(),
            poller,
            link,
            interface,
            sockets: SocketSet::new(Vec::new()),
        };
        network.publish(Family::Ipv4, ports)?;
        Ok(network)
    }

    /// Adds IPv6. The host's addresses of `ports`, of either family, lead to the guest's IPv6 address: the one in
    /// `addresses`, or with SLAAC the one that the guest was last seen to use. Until there is one, clients wait.
    ///
    /// ```
    /// use mirage_user_network::{Addresses, Ipv6Addresses, SocketPair, UserNetwork};
    ///
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let SocketPair { network, .. } = SocketPair::new()?;
    /// let ipv4 = Addresses::for_static("10.0.0.2/24".parse()?, None);
    /// let ipv6 = Ipv6Addresses::for_slaac(0, &[]);
    /// let network = UserNetwork::new(network, &ipv4, &[])?.with_ipv6(&ipv6, &[])?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// Returns [`Error::Bind`] if a published port cannot be bound, and [`Error::Io`] if the host has no
    /// descriptor left.
    pub fn with_ipv6(
        mut self,
        addresses: &Ipv6Addresses,
        ports: &[PublishedPort],
    ) -> Result<Self, Error> {
        let gateway = Ipv6Cidr::new(addresses.gateway, addresses.network.prefix_length);
        // Answers to the guest's link-local address need one.
        let link_local = Ipv6Cidr::new(addresses.link_local(), 64);
        self.interface.update_ip_addrs(|own| {
            own.retain(|own| matches!(own, IpCidr::Ipv4(_)));
            for address in [gateway, link_local] {
                own.push(IpCidr::Ipv6(address))
                    .expect("there is room for three");
            }
        });
        self.hosts.ipv6 = Some(*addresses);
        if addresses.guest.is_none() {
            self.advertise_at = Some(Instant::ZERO + ndp::INTERVAL.into());
        }
        self.publish(Family::Ipv6, ports)?;
        Ok(self)
    }

    /// Restricts the guest to some destinations. It still answers the clients of published ports. Without this, it
    /// reaches everything.
    #[must_use]
    pub fn with_destinations(mut self, destinations: Vec<Destination>) -> Self {
        self.hosts.destinations = Some(destinations);
        self
    }

    /// Binds ports of the host that lead to the guest's address of `family`.
    fn publish(&mut self, family: Family, ports: &[PublishedPort]) -> Result<(), Error> {
        let Self {
            poller, sockets, ..
        } = self;
        self.connections.publish(family, ports, poller)?;
        self.datagrams.publish(family, ports, poller, sockets)
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
                let sockets = self.interface.poll_delay(now, &self.sockets);
                let advertise_at = self.advertise_at.iter();
                advertise_at.map(|at| *at - now).chain(sockets).min()
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
            match filter::verdict(&frame, &self.hosts) {
                Verdict::Drop => {}
                Verdict::Accept => self.link.accept(frame),
                Verdict::Connect(tuple) => {
                    if self.connections.has(tuple) {
                        self.link.accept(frame);
                    } else if self.hosts.may_reach(Protocol::Tcp, tuple.remote) {
                        let Self { poller, link, .. } = self;
                        let remote = self.hosts.host_endpoint(tuple.remote);
                        self.connections.open(tuple, remote, frame, poller, link);
                    }
                }
                Verdict::Discover(message) => self.discover(message),
            }
        }
        self.advertise();
        let Self {
            hosts,
            link,
            interface,
            sockets,
            ..
        } = self;
        progressed |= self
            .connections
            .advance(hosts, &mut self.poller, link, interface, sockets);
        progressed |= self.datagrams.advance(hosts, &mut self.poller, sockets);
        let now = self.now();
        let polled = self.interface.poll(now, &mut self.link, &mut self.sockets);
        Ok(progressed || polled != PollResult::None)
    }

    /// Answers a message of neighbour discovery, and learns from it where the guest is.
    fn discover(&mut self, message: ndp::Message) {
        let Some(addresses) = self.hosts.ipv6 else {
            return;
        };
        let ndp::Message { mac, from, kind } = message;
        let mut is_at = Some(from).filter(|from| !from.is_unspecified());
        match kind {
            ndp::Kind::RouterSolicitation => {
                if self.advertise_at.is_some() {
                    let to = is_at.map(|from| (from, mac));
                    let frame = ndp::advertisement(&addresses, GATEWAY_MAC, to);
                    self.link.answer(frame);
                }
            }
            ndp::Kind::NeighborSolicitation { target } if addresses.answers_at(target) => {
                self.link.answer(ndp::answer(&message, target, GATEWAY_MAC));
            }
            // The guest asks whether another host has an address before it uses it (RFC 4862, section 5.4).
            ndp::Kind::NeighborSolicitation { target } => {
                if from.is_unspecified() {
                    self.learn(target);
                }
            }
            ndp::Kind::NeighborAdvertisement { target } => is_at = Some(target),
        }
        if let Some(address) = is_at {
            self.learn(address);
            let own = (addresses.gateway, GATEWAY_MAC);
            self.link.accept(ndp::guest_is_at(address, mac, own));
        }
    }

    /// Remembers an address of a guest with SLAAC, if it follows from the advertised prefix.
    fn learn(&mut self, address: Ipv6Addr) {
        if let Some(addresses) = &mut self.hosts.ipv6
            && self.advertise_at.is_some()
            && addresses.network.contains(address)
        {
            addresses.guest = Some(address);
        }
    }

    /// Advertises the network when it is time to.
    fn advertise(&mut self) {
        let now = self.now();
        if let (Some(addresses), Some(at)) = (&self.hosts.ipv6, &mut self.advertise_at)
            && *at <= now
        {
            *at = now + ndp::INTERVAL.into();
            self.link
                .answer(ndp::advertisement(addresses, GATEWAY_MAC, None));
        }
    }

    fn now(&self) -> Instant {
        Instant::ZERO + self.started.elapsed().into()
    }
}

impl fmt::Debug for UserNetwork {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("UserNetwork").field(&self.hosts).finish()
    }
}
