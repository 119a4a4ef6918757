//! Which host is meant by an address of the guest's network, in both families.

use crate::{
    addresses::{Addresses, Ipv6Addresses},
    destination::Destination,
    family::Family,
    name_server::host_name_server,
};
use mirage_graph::port::Protocol;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

/// The addresses of the network, and what is known about the guest's.
#[derive(Clone, Debug)]
pub struct Hosts {
    /// The addresses of IPv4.
    pub ipv4: Addresses,
    /// Those of IPv6, if the network has it. The guest's is that which it was last seen to have.
    pub ipv6: Option<Ipv6Addresses>,
    /// The only destinations that the guest reaches, if it does not reach everything.
    pub destinations: Option<Vec<Destination>>,
}

impl Hosts {
    /// Returns the addresses of gateway and guest, between which the clients of the host's ports are served.
    pub fn gateway_and_guest(&self, family: Family) -> Option<(IpAddr, IpAddr)> {
        match family {
            Family::Ipv4 => Some((self.ipv4.gateway.into(), self.ipv4.guest.into())),
            Family::Ipv6 => {
                let addresses = self.ipv6?;
                Some((addresses.gateway.into(), addresses.guest?.into()))
            }
        }
    }

    /// Whether the guest may open connections, or send datagrams, to an endpoint.
    pub fn may_reach(&self, protocol: Protocol, endpoint: SocketAddr) -> bool {
        let destinations = self.destinations.as_ref();
        destinations.is_none_or(|listed| listed.iter().any(|it| it.is(protocol, endpoint)))
    }

    /// Translates an endpoint that the guest connects to into one that the host can reach.
    pub fn host_endpoint(&self, remote: SocketAddr) -> SocketAddr {
        let address = match (remote.ip(), self.ipv6) {
            (IpAddr::V4(address), _) if address == self.ipv4.gateway => Ipv4Addr::LOCALHOST.into(),
            (IpAddr::V4(address), _) if address == self.ipv4.name_server => {
                host_name_server(Family::Ipv4)
            }
            (IpAddr::V6(address), Some(ipv6)) if ipv6.is_gateway(address) => {
                Ipv6Addr::LOCALHOST.into()
            }
            (IpAddr::V6(address), Some(ipv6)) if address == ipv6.name_server => {
                host_name_server(Family::Ipv6)
            }
            (address, _) => address,
        };
        SocketAddr::new(address, remote.port())
    }
}

/// Hosts for tests.
#[cfg(test)]
pub const EXAMPLE: Hosts = Hosts {
    ipv4: crate::addresses::EXAMPLE,
    ipv6: Some(crate::addresses::IPV6_EXAMPLE),
    destinations: None,
};

#[cfg(test)]
mod tests {
    use super::*;
    use crate::addresses::IPV6_EXAMPLE;

    #[test]
    fn gateway_and_name_server_stand_for_the_host() {
        let remotes = ["192.0.2.1", "2001:db8::1"].map(|remote| remote.parse().expect("it is one"));
        for (address, host) in [
            (EXAMPLE.ipv4.gateway.into(), Ipv4Addr::LOCALHOST.into()),
            (
                EXAMPLE.ipv4.name_server.into(),
                host_name_server(Family::Ipv4),
            ),
            (IPV6_EXAMPLE.gateway.into(), Ipv6Addr::LOCALHOST.into()),
            (IPV6_EXAMPLE.router.into(), Ipv6Addr::LOCALHOST.into()),
            (
                IPV6_EXAMPLE.name_server.into(),
                host_name_server(Family::Ipv6),
            ),
        ]
        .into_iter()
        .chain(remotes.map(|remote: IpAddr| (remote, remote)))
        {
            let translated = EXAMPLE.host_endpoint(SocketAddr::new(address, 53));
            assert_eq!(translated, SocketAddr::new(host, 53));
        }
    }
}
