//! The prefixes of the link (RFC 4861, section 6.3.4), and the addresses that follow from them (RFC 4862,
//! section 5.5).

use super::{
    expiry::Expiry,
    identifier::{self, PREFIX_LENGTH},
    layer::Layer,
};
use crate::net::{
    ip::routes::{Route, RoutedAddress},
    neighbour::{ClaimStatus, PrefixInformation},
};
use crate::{messages::log, time::Instant};
use alloc::{collections::TryReserveError, vec::Vec};
use core::{net::Ipv6Addr, time::Duration};

/// How many prefixes are known. None makes room for another one.
pub(super) const MAX_PREFIXES: usize = 8;

/// An advertisement, which is not authenticated, does not shorten the life of an address below this (RFC
/// 4862, section 5.5.3 (e)).
const TWO_HOURS: Duration = Duration::from_secs(2 * 3600);

/// How many addresses are tried after one that another host has: IDGEN_RETRIES of RFC 7217.
const RETRIES: u8 = 3;

/// All link-local addresses, `fe80::/10`.
const LINK_LOCAL: (Ipv6Addr, u8) = (Ipv6Addr::new(0xfe80, 0, 0, 0, 0, 0, 0, 0), 10);

/// A prefix.
#[derive(Debug)]
struct Prefix {
    network: Ipv6Addr,
    length: u8,
    /// Until when its addresses are on the link, if they are.
    on_link: Option<Expiry>,
    address: Option<AutonomousAddress>,
}

/// An address that this host has chosen.
#[derive(Debug)]
struct AutonomousAddress {
    /// `None` if other hosts have all that were tried.
    address: Option<Ipv6Addr>,
    conflicts: u8,
    valid: Expiry,
    preferred: Expiry,
    is_deprecated: bool,
    is_logged: bool,
}

/// The prefixes of the link.
#[derive(Debug)]
pub(super) struct Prefixes(Vec<Prefix>);

impl Prefixes {
    pub(super) fn new() -> Result<Self, TryReserveError> {
        let mut list = Vec::new();
        list.try_reserve_exact(MAX_PREFIXES)?;
        Ok(Self(list))
    }

    /// Processes the prefix of an advertisement.
    pub(super) fn advertise(&mut self, layer: &mut Layer<'_>, prefix: &PrefixInformation) {
        let &PrefixInformation {
            length,
            valid,
            preferred,
            ..
        } = prefix;
        let network = masked(prefix.prefix, length);
        if !is_usable(network, length) {
            return;
        }
        let mut each = self.0.iter();
        let found = each.position(|each| (each.network, each.length) == (network, length));
        let index = match found {
            Some(index) => index,
            None if valid > 0 && self.0.len() < MAX_PREFIXES => {
                self.0.push(Prefix {
                    network,
                    length,
                    on_link: None,
                    address: None,
                });
                self.0.len() - 1
            }
            None => return,
        };
        let known = &mut self.0[index];
        if prefix.on_link {
            known.set_on_link(layer, valid);
        }
        if prefix.autonomous && length == PREFIX_LENGTH && preferred <= valid {
            known.set_address(layer, valid, preferred);
        }
        self.0.retain(Prefix::is_used);
    }

    /// Ends what is over, and tries another address instead of one that another host has.
    pub(super) fn expire(&mut self, layer: &mut Layer<'_>) {
        for prefix in &mut self.0 {
            prefix.expire(layer);
        }
        self.0.retain(Prefix::is_used);
    }

    pub(super) fn next_deadline(&self) -> Option<Instant> {
        let deadlines = self.0.iter().flat_map(|prefix| {
            let address = prefix.address.as_ref();
            let of_address = address.map(|address| match address.is_deprecated {
                true => address.valid,
                false => address.preferred,
            });
            [prefix.on_link, of_address]
        });
        let deadlines = deadlines.flatten().filter_map(Expiry::deadline);
        deadlines.min()
    }
}

impl Prefix {
    fn is_used(&self) -> bool {
        self.on_link.is_some() || self.address.is_some()
    }

    fn route(&self) -> Route<Ipv6Addr> {
        Route::on_link(self.network, self.length)
    }

    fn set_on_link(&mut self, layer: &mut Layer<'_>, valid: u32) {
        let routes = layer.ipv6.routes_mut();
        match (valid, self.on_link) {
            (0, Some(_)) => {
                routes.remove(self.route());
                self.on_link = None;
            }
            (0, None) => {}
            (_, Some(_)) => self.on_link = Some(Expiry::after(layer.now, valid)),
            (_, None) => {
                let added = routes.add(self.route());
                self.on_link = added.is_ok().then_some(Expiry::after(layer.now, valid));
            }
        }
    }

    /// Sets the lifetimes of the address (RFC 4862, section 5.5.3 (d) and (e)).
    fn set_address(&mut self, layer: &mut Layer<'_>, valid: u32, preferred: u32) {
        let now = layer.now;
        let preferred = Expiry::after(now, preferred);
        if let Some(known) = &mut self.address {
            let (given, remaining) = (
                Duration::from_secs(valid.into()),
                known.valid.remaining(now),
            );
            if given > TWO_HOURS || given > remaining {
                known.valid = Expiry::after(now, valid);
            } else if remaining > TWO_HOURS {
                known.valid = Expiry::at(now + TWO_HOURS);
            }
            known.preferred = preferred;
            known.deprecate(layer);
        } else if valid > 0 {
            let mut chosen = AutonomousAddress {
                address: None,
                conflicts: 0,
                valid: Expiry::after(now, valid),
                preferred,
                is_deprecated: false,
                is_logged: false,
            };
            chosen.choose(layer, self.network);
            self.address = Some(chosen);
        }
    }

    fn expire(&mut self, layer: &mut Layer<'_>) {
        let now = layer.now;
        if self.on_link.is_some_and(|on_link| on_link.is_over(now)) {
            layer.ipv6.routes_mut().remove(self.route());
            self.on_link = None;
        }
        let Some(known) = &mut self.address else {
            return;
        };
        if known.valid.is_over(now) {
            if let Some(address) = known.address {
                layer.lose(address);
                let node = layer.node;
                if layer.may_log() {
                    log!(Warn, "{node} has lost {address}: its lifetime is over");
                }
            }
            self.address = None;
            return;
        }
        known.deprecate(layer);
        if let Some(address) = known.address
            && layer.ipv6.addresses.status(address) == ClaimStatus::Lost
        {
            layer.lose(address);
            known.conflicts += 1;
            known.choose(layer, self.network);
        }
        if let Some(address) = known.address
            && !known.is_logged
            && layer.ipv6.addresses.is_usable(address)
        {
            known.is_logged = true;
            layer.log_address(address);
        }
    }
}

impl AutonomousAddress {
    /// Claims the next address.
    fn choose(&mut self, layer: &mut Layer<'_>, network: Ipv6Addr) {
        self.address = None;
        self.is_logged = false;
        while self.conflicts <= RETRIES {
            let mac = layer.ipv6.mac;
            if let Some(address) = identifier::address(network, mac, self.conflicts)
                && layer.claim(address)
            {
                self.address = Some(address);
                self.is_deprecated = false;
                return self.deprecate(layer);
            }
            self.conflicts += 1;
        }
        let node = layer.node;
        if layer.may_log() {
            log!(
                Error,
                "{node} has no address in {network}/{PREFIX_LENGTH}: other hosts use those it has tried"
            );
        }
    }

    /// Has other addresses preferred if its preferred lifetime is over.
    fn deprecate(&mut self, layer: &mut Layer<'_>) {
        let is_deprecated = self.preferred.is_over(layer.now);
        if let Some(address) = self.address
            && is_deprecated != self.is_deprecated
        {
            let addresses = &mut layer.ipv6.addresses;
            addresses.set_deprecated(address, is_deprecated);
            layer.ip.generation += 1;
        }
        self.is_deprecated = is_deprecated;
    }
}

/// Returns whether hosts can have addresses in a network. That of link-local addresses is every interface's.
fn is_usable(network: Ipv6Addr, length: u8) -> bool {
    let (link_local, link_local_length) = LINK_LOCAL;
    let overlaps = network.shares_prefix(link_local, length.min(link_local_length));
    // `::/64` has the addresses with a meaning of their own, and those of IPv4.
    let is_special = network.shares_prefix(Ipv6Addr::UNSPECIFIED, length.min(PREFIX_LENGTH));
    !overlaps && !is_special && !network.is_multicast()
}

fn masked(address: Ipv6Addr, length: u8) -> Ipv6Addr {
    let mask = u128::MAX.checked_shl(128 - u32::from(length.min(128)));
    Ipv6Addr::from_bits(address.to_bits() & mask.unwrap_or(0))
}
