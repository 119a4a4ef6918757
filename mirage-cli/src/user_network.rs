//! The user network: what an interface is attached to where no privileges are needed.
//!
//! The unikernel finds a host at its gateway's address, which answers ARP, ping and DHCP, and the
//! host's name server at one beside it. The ports that it declares are reached on the host's loopback
//! addresses, and what it connects to, or sends datagrams to, is reached by sockets of this process;
//! the gateway stands for the host itself. smoltcp speaks TCP with the unikernel.

mod addresses;
mod admission;
mod cable;
mod connections;
mod datagrams;
mod dhcp;
mod link;
mod name_server;
mod poller;
#[cfg(test)]
mod tests;

pub use addresses::Addresses;
pub use cable::Cable;

use crate::{
    failure::{Context, Result},
    ports::Published,
};
use admission::Admission;
use connections::Connections;
use datagrams::Datagrams;
use link::Link;
use poller::Poller;
use smoltcp::{
    iface::{Config, Interface, PollResult, SocketSet},
    time::{Duration, Instant},
    wire::{EthernetAddress, IpCidr, Ipv4Cidr},
};
use std::{io, os::fd::OwnedFd, time};

/// The MAC address of the gateway. No device has it: it is of no manufacturer.
const GATEWAY: EthernetAddress = EthernetAddress([0x52, 0x55, 0x0a, 0x00, 0x00, 0x01]);

/// A user network with one unikernel in it.
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
    /// One that speaks with the unikernel by frames on `link`, a socket that keeps them apart.
    ///
    /// # Errors
    /// A port of the host is taken.
    pub fn new(link: OwnedFd, addresses: &Addresses, published: &[Published]) -> Result<Self> {
        let mut poller = Poller::new().context("the user network")?;
        let mut link = Link::new(link, &mut poller).context("the user network")?;
        let mut interface = Interface::new(Config::new(GATEWAY.into()), &mut link, Instant::ZERO);
        interface.update_ip_addrs(|own| {
            let gateway = Ipv4Cidr::new(addresses.host, addresses.network.prefix_length);
            own.push(IpCidr::Ipv4(gateway)).expect("the first address");
        });
        // Whatever the unikernel speaks to, it speaks to this end of the link.
        interface.set_any_ip(true);
        interface
            .routes_mut()
            .add_default_ipv4_route(addresses.host)
            .expect("the first route");
        let mut sockets = SocketSet::new(Vec::new());
        Ok(Self {
            addresses: *addresses,
            started: time::Instant::now(),
            connections: Connections::new(addresses, published, &mut poller)?,
            datagrams: Datagrams::new(addresses, published, &mut poller, &mut sockets)?,
            poller,
            link,
            interface,
            sockets,
        })
    }

    /// Carries frames until the unikernel is gone; says how many datagrams to it were dropped on the
    /// way. No other frame is: what sends them waits until there is room.
    pub fn run(mut self) -> io::Result<u64> {
        loop {
            let carried = self.carry()?;
            if self.link.is_closed() {
                return Ok(self.datagrams.dropped());
            }
            let wait = if carried {
                Some(Duration::ZERO)
            } else if self.link.is_full() {
                // What is to be sent waits for the unikernel.
                None
            } else {
                let now = self.now();
                self.interface.poll_delay(now, &self.sockets)
            };
            for (token, ready) in self.poller.wait(wait.map(Into::into))? {
                let _ = self.link.is_ready(token, ready)
                    || self.connections.is_ready(token, ready)
                    || self.datagrams.is_ready(token, ready);
            }
        }
    }

    /// Carries what is there to carry; says whether there was something.
    fn carry(&mut self) -> io::Result<bool> {
        let mut carried = false;
        while let Some(frame) = self.link.take()? {
            carried = true;
            match admission::of(&frame, &self.addresses) {
                Admission::Refused => {}
                Admission::Granted => self.link.admit(frame),
                Admission::Opens(tuple) => {
                    if self.connections.knows(tuple) {
                        self.link.admit(frame);
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
        carried |= self
            .connections
            .advance(&mut self.poller, link, interface, sockets);
        carried |= self.datagrams.advance(&mut self.poller, sockets);
        let now = self.now();
        carried |= self.interface.poll(now, &mut self.link, &mut self.sockets) != PollResult::None;
        Ok(carried)
    }

    fn now(&self) -> Instant {
        Instant::ZERO + self.started.elapsed().into()
    }
}
