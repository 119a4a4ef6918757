//! The default routers (RFC 4861, section 6.3.6).

use super::expiry::Expiry;
use crate::{
    net::{
        ip::{routes::Route, v6::interface::Ipv6},
        neighbour::{RouterAdvertisement, RouterPreference},
    },
    time::Instant,
};
use alloc::{collections::TryReserveError, vec::Vec};
use core::net::Ipv6Addr;

/// How many default routers are known. None makes room for another one.
const MAX_ROUTERS: usize = 4;

/// A default router.
#[derive(Debug)]
struct Router {
    address: Ipv6Addr,
    preference: RouterPreference,
    expiry: Expiry,
    /// Whether it did not answer for its MAC address.
    is_unreachable: bool,
}

/// The default routers, of which one is in use.
#[derive(Debug)]
pub(super) struct Routers {
    list: Vec<Router>,
    /// The gateway of the default route.
    selected: Option<Ipv6Addr>,
    /// Whether the neighbour cache had that router.
    was_known: bool,
}

impl Routers {
    pub(super) fn new() -> Result<Self, TryReserveError> {
        let mut list = Vec::new();
        list.try_reserve_exact(MAX_ROUTERS)?;
        Ok(Self {
            list,
            selected: None,
            was_known: false,
        })
    }

    /// Notes an advertisement. Returns whether its sender is a default router now.
    pub(super) fn advertise(
        &mut self,
        now: Instant,
        advertisement: &RouterAdvertisement<'_>,
    ) -> bool {
        let &RouterAdvertisement {
            router: address,
            lifetime,
            preference,
            ..
        } = advertisement;
        let found = self.list.iter().position(|each| each.address == address);
        if lifetime == 0 {
            if let Some(index) = found {
                self.list.remove(index);
            }
            return false;
        }
        let router = Router {
            address,
            preference,
            expiry: Expiry::after(now, lifetime.into()),
            is_unreachable: false,
        };
        match found {
            Some(index) => self.list[index] = router,
            None if self.list.len() < MAX_ROUTERS => self.list.push(router),
            None => return false,
        }
        true
    }

    /// Notes that a host is no router (any more).
    pub(super) fn remove(&mut self, address: Ipv6Addr) {
        self.list.retain(|each| each.address != address);
    }

    /// Forgets the routers whose lifetime is over.
    pub(super) fn expire(&mut self, now: Instant) {
        self.list.retain(|each| !each.expiry.is_over(now));
    }

    /// Sets the default route to the best router. Another one is chosen if that did not answer.
    pub(super) fn select(&mut self, ipv6: &mut Ipv6) {
        self.detect_failure(ipv6);
        let rank = |each: &Router| {
            let is_selected = Some(each.address) == self.selected;
            (!each.is_unreachable, each.preference, is_selected)
        };
        // The first one of equals.
        let best = self
            .list
            .iter()
            .reduce(|best, each| match rank(each) > rank(best) {
                true => each,
                false => best,
            });
        let best = best.map(|best| best.address);
        if best == self.selected {
            return;
        }
        let routes = ipv6.routes_mut();
        if let Some(old) = self.selected.take() {
            routes.remove(Route::default_gateway(old));
        }
        if let Some(new) = best
            && routes.add(Route::default_gateway(new)).is_ok()
        {
            self.selected = Some(new);
        }
        self.was_known = false;
    }

    /// Notes that the neighbour cache has given up the router that is in use.
    fn detect_failure(&mut self, ipv6: &Ipv6) {
        let Some(selected) = self.selected.filter(|_| self.list.len() > 1) else {
            return;
        };
        let is_known = ipv6.neighbours.is_known(selected);
        if self.was_known && !is_known {
            for each in &mut self.list {
                each.is_unreachable |= each.address == selected;
            }
            // If none answers, they are used by turns.
            if self.list.iter().all(|each| each.is_unreachable) {
                for each in &mut self.list {
                    each.is_unreachable = each.address == selected;
                }
            }
        }
        self.was_known = is_known;
    }

    /// Returns the router that is in use.
    pub(super) const fn selected(&self) -> Option<Ipv6Addr> {
        self.selected
    }

    /// Returns whether there is a choice.
    pub(super) fn are_several(&self) -> bool {
        self.list.len() > 1
    }

    pub(super) fn next_deadline(&self) -> Option<Instant> {
        let expiries = self.list.iter().map(|each| each.expiry);
        expiries.filter_map(Expiry::deadline).min()
    }
}
