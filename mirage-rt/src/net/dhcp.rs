//! Interfaces whose address a DHCP server says.

use super::{Interface, Network};
use crate::{
    device::{Device, StartError},
    executor::spawn,
    name,
    random::Random,
    time::Clock,
};
use alloc::{
    string::{String, ToString},
    vec::Vec,
};
use core::{cell::RefCell, net::Ipv4Addr};
use mirage_devices::net::dhcp::{DhcpClient, Lease, Tenant};
use mirage_graph::address::{self, InterfaceAddress};
use mirage_graph::value_error::ValueError;
use spin::Mutex;

/// The address of an interface that a DHCP server says (RFC 2131).
#[derive(Debug, Clone, Copy)]
pub struct Dhcp<const COUNT: usize> {
    /// What the unikernel's other interfaces are configured with: a lease in one of their networks
    /// is refused.
    pub others: [InterfaceAddress; COUNT],
}

impl<const COUNT: usize> Interface<Dhcp<COUNT>> {
    /// The network that this configuration describes, not yet started.
    pub fn wire(&self, clock: Clock, random: Random) -> Leasing<COUNT> {
        let tenant = Interest {
            index: self.index,
            gateway: self.gateway,
            others: self.address.others,
        };
        Leasing {
            network: Network::new(self.settings(None), clock, random.clone()),
            node: self.node,
            tenant,
            clock,
            random,
            client: RefCell::default(),
        }
    }
}

/// A network that asks for its address. It has started when it has one: it asks until then, for
/// ever if need be, because a server that is not there yet may come. With the host's sockets on
/// `unix` it does not ask.
#[derive(Debug)]
pub struct Leasing<const COUNT: usize> {
    network: Network,
    node: &'static str,
    tenant: Interest<COUNT>,
    clock: Clock,
    random: Random,
    /// Between the start and the background work.
    client: RefCell<Option<DhcpClient<Clock, Interest<COUNT>>>>,
}

#[diagnostic::do_not_recommend]
impl<const COUNT: usize> Device for Leasing<COUNT> {
    type Output = Network;

    async fn start(&mut self) -> Result<(), StartError> {
        self.network.start().await?;
        let Some((stack, tenancy)) = self.network.leased() else {
            return Ok(());
        };
        let mut client = DhcpClient::new(
            stack.clone(),
            (self.node, name()),
            (self.tenant, tenancy.clone()),
            self.clock,
            self.random.clone(),
        )?;
        // It is by the network that it asks.
        if let Some(work) = self.network.run() {
            spawn(work);
        }
        client.acquire().await;
        self.client.replace(Some(client));
        Ok(())
    }

    fn run(&self) -> Option<impl Future<Output = ()> + 'static> {
        Some(self.client.take()?.keep())
    }

    fn provide(self) -> Network {
        self.network
    }
}

/// What the unikernel has leased, by the position of the interface.
static LEASED: Mutex<Vec<(usize, InterfaceAddress)>> = Mutex::new(Vec::new());

/// What an interface has to say about its lease.
#[derive(Debug, Clone, Copy)]
struct Interest<const COUNT: usize> {
    index: usize,
    gateway: Option<Ipv4Addr>,
    others: [InterfaceAddress; COUNT],
}

impl<const COUNT: usize> Interest<COUNT> {
    fn refusal(
        &self,
        own: InterfaceAddress,
        leased: &[(usize, InterfaceAddress)],
    ) -> Option<ValueError> {
        let InterfaceAddress {
            address,
            prefix_length,
        } = own;
        if let Some(is) = address::not_a_host(address, prefix_length) {
            return Some(ValueError::NotAHost(address, is, prefix_length));
        }
        let leased = leased.iter().filter(|(index, _)| *index != self.index);
        let mut others = leased.map(|(_, other)| other).chain(&self.others);
        others
            .find_map(|other| other.conflicts_with(own))
            .or_else(|| own.cannot_use(self.gateway?))
    }
}

fn address(lease: &Lease) -> InterfaceAddress {
    InterfaceAddress {
        address: lease.address,
        prefix_length: lease.prefix_length,
    }
}

impl<const COUNT: usize> Tenant for Interest<COUNT> {
    fn refuses(&self, lease: &Lease) -> Option<String> {
        let error = self.refusal(address(lease), &LEASED.lock());
        error.map(|error| error.to_string())
    }

    fn moves(&self, lease: Option<&Lease>) {
        let mut leased = LEASED.lock();
        leased.retain(|(index, _)| *index != self.index);
        leased.extend(lease.map(|lease| (self.index, address(lease))));
    }

    fn router(&self, lease: &Lease) -> Option<Ipv4Addr> {
        self.gateway.or(lease.router)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(text: &str) -> InterfaceAddress {
        text.parse().expect("a host's address")
    }

    #[test]
    fn a_lease_that_conflicts_is_refused_with_words() {
        let interest = Interest {
            index: 1,
            gateway: Some(Ipv4Addr::new(10, 0, 0, 1)),
            others: [address("10.1.0.1/16"), address("10.2.0.1")],
        };
        let leased = [(0, address("10.3.0.9/24")), (1, address("10.0.0.9/24"))];
        let lease = |a, b, c, d, prefix_length| InterfaceAddress {
            address: Ipv4Addr::new(a, b, c, d),
            prefix_length,
        };
        for (lease, words) in [
            (lease(10, 0, 0, 7, 24), ""),
            (
                lease(10, 1, 7, 7, 24),
                "the networks 10.1.0.0/16 and 10.1.7.0/24 overlap",
            ),
            (
                lease(10, 3, 0, 7, 16),
                "the networks 10.3.0.0/24 and 10.3.0.0/16 overlap",
            ),
            (
                lease(10, 0, 0, 255, 24),
                "10.0.0.255 is the broadcast address of its network (/24)",
            ),
            (lease(127, 0, 0, 9, 8), "127.0.0.9 is a loopback address"),
            (
                lease(10, 0, 0, 1, 24),
                "the gateway 10.0.0.1 is the unikernel's own address",
            ),
            (
                lease(10, 0, 1, 7, 24),
                "the gateway 10.0.0.1 is outside the network 10.0.1.0/24",
            ),
        ] {
            let refusal = interest.refusal(lease, &leased);
            let refusal = refusal.map_or_else(String::new, |error| error.to_string());
            assert_eq!(refusal, words, "{lease}");
        }
    }
}
