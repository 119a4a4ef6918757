//! What a DHCP server leases, and for how long.

use super::message::Answer;
use crate::time::Instant;
use alloc::vec::Vec;
use core::{fmt, net::Ipv4Addr, time::Duration};

/// No shorter lease is taken: it would be asked for all the time.
const MIN_LEASE: Duration = Duration::from_secs(10);
/// No network is larger than those that the registries are given.
const MIN_PREFIX_LEN: u8 = 8;

/// What a DHCP server leases.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lease {
    /// The interface's address.
    pub address: Ipv4Addr,
    /// How many leading bits of the address name the network, 8 to 32.
    pub prefix_length: u8,
    /// The router for every address outside the network, if there is one that can be reached.
    pub router: Option<Ipv4Addr>,
    /// The name servers (DNS), the best first.
    pub name_servers: Vec<Ipv4Addr>,
    /// The server that leases it.
    pub server: Ipv4Addr,
}

impl fmt::Display for Lease {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.address, self.prefix_length)
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
    /// What an answer leases, counted from when it was asked for.
    ///
    /// # Errors
    /// Returns why a host cannot use the answer: the rest of a sentence that begins with "it".
    pub(super) fn from_answer(answer: &Answer, asked: Instant) -> Result<Self, &'static str> {
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
        // A lease of a single address has its router on the link.
        let on_link = |other: Ipv4Addr| {
            let in_network = (other.to_bits() ^ address.to_bits()) & mask.to_bits() == 0;
            other != address && (in_network || prefix_length == 32)
        };
        Ok(Self {
            lease: Lease {
                address,
                prefix_length,
                router: answer.router.filter(|router| on_link(*router)),
                name_servers: answer.name_servers.clone(),
                server,
            },
            times,
        })
    }
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
