//! Interfaces whose address is leased by a DHCP server.

use super::{ConflictDetection, Interface, NetworkConfiguration, NetworkDevice};
use crate::{
    device::{Device, StartError},
    executor::spawn,
    name,
    net::Network,
    random::Random,
    time::Clock,
};
use alloc::{
    string::{String, ToString},
    vec::Vec,
};
use core::{cell::RefCell, fmt::Display, net::Ipv4Addr};
use mirage_devices::net::{
    dhcp::{DhcpClient, Lease, LeasePolicy, Release},
    ip::Address,
    neighbour::Claiming,
};
use mirage_graph::address::{self, InterfaceAddress};
use mirage_graph::value_error::ValueError;
use spin::Mutex;

/// The address of an interface is leased by a DHCP server (RFC 2131).
#[derive(Debug, Clone, Copy)]
pub struct Dhcp<const COUNT: usize> {
    /// The address, if one is given at boot instead.
    pub address: Option<InterfaceAddress>,
    /// What the unikernel's other interfaces are configured with, or given at boot: a lease in one of
    /// their networks is refused.
    pub others: [Option<InterfaceAddress>; COUNT],
}

impl<const COUNT: usize> NetworkConfiguration for Interface<Dhcp<COUNT>> {
    type Network = DhcpNetwork<COUNT>;

    fn network(&self, clock: Clock, random: Random) -> DhcpNetwork<COUNT> {
        self.wire_with(clock, random, true, |network| network)
    }
}

impl<const COUNT: usize> Interface<Dhcp<COUNT>> {
    /// Makes the network, which `with_families` gives its address families, of which one is IPv4 if `uses_ipv4`.
    pub(super) fn wire_with<N>(
        &self,
        clock: Clock,
        random: Random,
        uses_ipv4: bool,
        with_families: impl FnOnce(Network) -> N,
    ) -> DhcpNetwork<COUNT, N> {
        let policy = InterfacePolicy {
            index: self.index,
            gateway: self.gateway,
            conflict_detection: self.conflict_detection,
            others: self.address.others,
        };
        let config = self.config_with(self.address.address, uses_ipv4);
        let network = Network::new(config, clock, random.clone());
        DhcpNetwork {
            network: with_families(network),
            is_static: self.address.address.is_some(),
            node: self.node,
            policy,
            clock,
            random,
            client: RefCell::default(),
            release: RefCell::default(),
        }
    }
}

/// A network whose address is leased by a DHCP server. It has started when it has a lease. Until then
/// it asks, without a time limit: a server may start later. With the host's sockets on `unix`, or an address
/// that is given at boot, it does not ask.
#[derive(Debug)]
pub struct DhcpNetwork<const COUNT: usize, N = Network> {
    network: N,
    /// Whether an address is given at boot.
    is_static: bool,
    node: &'static str,
    policy: InterfacePolicy<COUNT>,
    clock: Clock,
    random: Random,
    /// Between the start and the background work.
    client: RefCell<Option<DhcpClient<Clock, InterfacePolicy<COUNT>>>>,
    /// Between the start and the end.
    release: RefCell<Option<Release<Clock>>>,
}

#[diagnostic::do_not_recommend]
impl<const COUNT: usize, N> Device for DhcpNetwork<COUNT, N>
where
    N: NetworkDevice,
{
    type Output = Network;

    async fn start(&mut self) -> Result<(), StartError> {
        self.network.start().await?;
        let Some((stack, lease)) = self.network.network().stack_and_lease() else {
            return Ok(());
        };
        // The client sends and receives by the network.
        if let Some(work) = self.network.run() {
            spawn(work);
        }
        // Without IPv4 in this boot, nothing is leased.
        if self.is_static || stack.ipv4().is_none() {
            return Ok(());
        }
        let mut client = DhcpClient::new(
            stack.clone(),
            (self.node, name()),
            (self.policy, lease.clone()),
            self.clock,
            self.random.clone(),
        )?;
        client.acquire().await;
        self.release.replace(Some(client.release()));
        self.client.replace(Some(client));
        Ok(())
    }

    fn run(&self) -> Option<impl Future<Output = ()> + 'static> {
        Some(self.client.take()?.keep())
    }

    fn stop(&self) -> Option<impl Future<Output = ()> + 'static> {
        Some(self.release.take()?.run())
    }

    fn provide(self) -> Network {
        self.network.provide()
    }
}

#[diagnostic::do_not_recommend]
impl<const COUNT: usize, N: NetworkDevice> NetworkDevice for DhcpNetwork<COUNT, N> {
    fn network(&self) -> &Network {
        self.network.network()
    }

    fn displayed(peer: Address) -> impl Display {
        N::displayed(peer)
    }
}

/// What the unikernel has leased, by the position of the interface.
static LEASED: Mutex<Vec<(usize, InterfaceAddress)>> = Mutex::new(Vec::new());

/// Which leases an interface accepts.
#[derive(Debug, Clone, Copy)]
struct InterfacePolicy<const COUNT: usize> {
    index: usize,
    gateway: Option<Ipv4Addr>,
    conflict_detection: ConflictDetection,
    others: [Option<InterfaceAddress>; COUNT],
}

impl<const COUNT: usize> InterfacePolicy<COUNT> {
    fn conflict(
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
        let mut others = leased
            .map(|(_, other)| other)
            .chain(self.others.iter().flatten());
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

impl<const COUNT: usize> LeasePolicy for InterfacePolicy<COUNT> {
    fn refusal(&self, lease: &Lease) -> Option<String> {
        let error = self.conflict(address(lease), &LEASED.lock());
        error.map(|error| error.to_string())
    }

    fn changed(&self, lease: Option<&Lease>) {
        let mut leased = LEASED.lock();
        leased.retain(|(index, _)| *index != self.index);
        leased.extend(lease.map(|lease| (self.index, address(lease))));
    }

    fn router(&self, lease: &Lease) -> Option<Ipv4Addr> {
        self.gateway.or(lease.router)
    }

    fn claiming(&self) -> Claiming {
        match self.conflict_detection {
            ConflictDetection::Optimistic => Claiming::Optimistic,
            ConflictDetection::Strict => Claiming::Tentative,
        }
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
        let policy = InterfacePolicy {
            index: 1,
            gateway: Some(Ipv4Addr::new(10, 0, 0, 1)),
            conflict_detection: ConflictDetection::Optimistic,
            others: [
                Some(address("10.1.0.1/16")),
                Some(address("10.2.0.1")),
                None,
            ],
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
            let refusal = policy.conflict(lease, &leased);
            let refusal = refusal.map_or_else(String::new, |error| error.to_string());
            assert_eq!(refusal, words, "{lease}");
        }
    }
}
