//! What a DHCP server leases, and for how long.

use super::message::Answer;
use crate::{net::ip::Route, time::Instant};
use alloc::{string::String, vec::Vec};
use core::{fmt, net::Ipv4Addr, time::Duration};

/// No shorter lease is taken: it would be asked for all the time.
const MIN_LEASE: Duration = Duration::from_secs(10);
/// No network is larger than those that the registries are given.
const MIN_PREFIX_LEN: u8 = 8;
/// The smallest MTU that a server can name (RFC 2132, section 5.1).
const MIN_NAMED_MTU: u16 = 68;
/// The smallest MTU that is used. The client's own messages are not fragmented, and have to fit.
const MIN_MTU: u16 = 576;

/// What a DHCP server leases (RFC 2131), with the options (RFC 2132) that it has sent.
///
/// The texts and addresses are the server's, which is not authenticated.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Lease {
    /// The interface's address.
    pub address: Ipv4Addr,
    /// How many leading bits of the address name the network, 8 to 32.
    pub prefix_length: u8,
    /// The router for every address outside the network, if there is one that can be reached.
    pub router: Option<Ipv4Addr>,
    /// The routes to other networks (RFC 3442).
    pub routes: Vec<Route>,
    /// The name servers (DNS), the best first.
    pub name_servers: Vec<Ipv4Addr>,
    /// The time servers (NTP, option 42), the best first.
    pub ntp_servers: Vec<Ipv4Addr>,
    /// The domain in which names are resolved (option 15).
    pub domain: Option<String>,
    /// The name that the server gives the host (option 12), which need not be the one that it was sent.
    pub host_name: Option<String>,
    /// The MTU of the network (option 26), if the interface uses it: one that is smaller than 68 or larger
    /// than the link's is ignored, and one below 576 counts as 576.
    pub mtu: Option<u16>,
    /// The server that leases it.
    pub server: Ipv4Addr,
}

impl fmt::Display for Lease {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.address, self.prefix_length)
    }
}

impl Lease {
    /// An answer that extends this lease, with what it does not repeat: some servers name the mask and the
    /// router only when they lease an address (RFC 2131, section 4.3.1, does not allow it).
    pub(super) fn completed(&self, mut answer: Answer) -> Answer {
        if answer.address != self.address {
            return answer;
        }
        let mask =
            Ipv4Addr::from_bits(!(u32::MAX.checked_shr(self.prefix_length.into()).unwrap_or(0)));
        answer.mask.get_or_insert(mask);
        answer.server.get_or_insert(self.server);
        if answer.router.is_none() && answer.routes.is_empty() {
            answer.router = self.router;
            answer.routes.clone_from(&self.routes);
            if !answer.routes.is_empty() {
                // The default route is one of them then.
                let default = self.router.map(|router| Route {
                    network: Ipv4Addr::UNSPECIFIED,
                    prefix_length: 0,
                    gateway: Some(router),
                });
                answer.routes.extend(default);
            }
        }
        if answer.name_servers.is_empty() {
            answer.name_servers.clone_from(&self.name_servers);
        }
        if answer.ntp_servers.is_empty() {
            answer.ntp_servers.clone_from(&self.ntp_servers);
        }
        answer.domain = answer.domain.or_else(|| self.domain.clone());
        answer.host_name = answer.host_name.or_else(|| self.host_name.clone());
        answer.mtu = answer.mtu.or(self.mtu);
        answer
    }

    /// Returns the text that is logged when the lease is taken: the address, the server, and what else a
    /// program may use.
    pub(in crate::net) fn summary(&self) -> impl fmt::Display + '_ {
        fmt::from_fn(move |f| {
            write!(f, "{self}, leased by {}", self.server)?;
            if let Some(mtu) = self.mtu {
                write!(f, ", MTU {mtu}")?;
            }
            for (what, name) in [("domain", &self.domain), ("host name", &self.host_name)] {
                if let Some(name) = name {
                    write!(f, ", {what} {name}")?;
                }
            }
            let servers = [("DNS", &self.name_servers), ("NTP", &self.ntp_servers)];
            for (what, addresses) in servers {
                for address in addresses {
                    write!(f, ", {what} {address}")?;
                }
            }
            Ok(())
        })
    }
}

/// A lease and its times.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Terms {
    pub(super) lease: Lease,
    /// None for a lease without an end.
    pub(super) times: Option<Times>,
}

/// The times of a lease (RFC 2131, section 4.4.5).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Times {
    /// T1: from then on the server is asked for more time.
    pub(super) renewal: Instant,
    /// T2: from then on any server is.
    pub(super) rebinding: Instant,
    /// The end.
    pub(super) expiry: Instant,
}

impl Terms {
    /// What an answer leases on a link of this MTU, counted from when it was asked for.
    ///
    /// # Errors
    /// Returns why a host cannot use the answer: the rest of a sentence that begins with "it".
    pub(super) fn from_answer(
        answer: &Answer,
        link_mtu: u16,
        asked: Instant,
    ) -> Result<Self, &'static str> {
        let Answer { address, .. } = *answer;
        if address.is_unspecified() || address.is_multicast() || address.is_broadcast() {
            return Err("is no host's address");
        }
        let Some(server) = answer.server else {
            return Err("comes from a server without an identifier");
        };
        let Some(mask) = answer.mask else {
            return Err("comes without the network's mask");
        };
        let prefix_length = mask.to_bits().leading_ones();
        if mask.to_bits().count_ones() != prefix_length {
            return Err("has a network mask with holes");
        }
        let prefix_length = prefix_length as u8;
        if prefix_length < MIN_PREFIX_LEN {
            return Err("has a network mask that spans a part of the Internet");
        }
        let Some(seconds) = answer.duration else {
            return Err("comes without an end of its time");
        };
        let times = times(answer, seconds, asked)?;
        let (router, routes) = routes(answer, prefix_length);
        Ok(Self {
            lease: Lease {
                address,
                prefix_length,
                router,
                routes,
                name_servers: answer.name_servers.clone(),
                ntp_servers: answer.ntp_servers.clone(),
                domain: answer.domain.clone(),
                host_name: answer.host_name.clone(),
                mtu: answer.mtu.and_then(|mtu| usable_mtu(mtu, link_mtu)),
                server,
            },
            times,
        })
    }
}

/// Returns the MTU to use on a link if a server names `mtu`; `None` for the link's own.
fn usable_mtu(mtu: u16, link_mtu: u16) -> Option<u16> {
    let is_possible = (MIN_NAMED_MTU..=link_mtu).contains(&mtu);
    is_possible.then(|| mtu.max(MIN_MTU).min(link_mtu))
}

/// Returns the default router and the routes to other networks, without those whose router cannot be
/// reached.
fn routes(answer: &Answer, prefix_length: u8) -> (Option<Ipv4Addr>, Vec<Route>) {
    let network = Route::on_link(answer.address, prefix_length);
    let is_on_link = |router: Ipv4Addr| {
        let mut routes = answer.routes.iter().chain([&network]);
        // A lease of a single address has its router on the link.
        let on_link = prefix_length == 32
            || routes.any(|route| route.gateway.is_none() && route.contains(router));
        on_link && router != answer.address
    };
    if answer.routes.is_empty() {
        return (
            answer.router.filter(|router| is_on_link(*router)),
            Vec::new(),
        );
    }
    let reachable = |route: &Route| route.gateway.is_none_or(is_on_link);
    let mut routes: Vec<_> = answer.routes.iter().copied().filter(reachable).collect();
    let default = |route: &Route| route.prefix_length == 0 && route.gateway.is_some();
    let default = routes.iter().position(default);
    let router = default.and_then(|index| routes.remove(index).gateway);
    (router, routes)
}

fn times(answer: &Answer, seconds: u32, asked: Instant) -> Result<Option<Times>, &'static str> {
    if seconds == u32::MAX {
        return Ok(None);
    }
    let of_seconds = |seconds: u32| Duration::from_secs(seconds.into());
    let duration = of_seconds(seconds);
    if duration < MIN_LEASE {
        return Err("is leased for less than ten seconds");
    }
    let given = (answer.renewal.map(of_seconds)).zip(answer.rebinding.map(of_seconds));
    let (renewal, rebinding) = given
        .filter(|(renewal, rebinding)| {
            !renewal.is_zero() && renewal < rebinding && *rebinding < duration
        })
        .unwrap_or((duration / 2, duration * 7 / 8));
    Ok(Some(Times {
        renewal: asked + renewal,
        rebinding: asked + rebinding,
        expiry: asked + duration,
    }))
}
