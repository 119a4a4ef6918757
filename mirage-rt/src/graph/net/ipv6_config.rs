//! The IPv6 of an interface, as it is configured.

use crate::device::StartError;
use core::net::Ipv6Addr;
use mirage_devices::net::neighbour::Claiming;
use mirage_graph::{conflict_detection::ConflictDetection, ipv6::Ipv6InterfaceAddress};

/// A check of a gateway against the address of its interface.
pub(super) type Check = fn(Ipv6InterfaceAddress, Ipv6Addr) -> Result<(), StartError>;

/// The IPv6 of an interface, whose addresses have the source `S`.
#[derive(Debug, Clone, Copy)]
pub struct Ipv6<S> {
    pub(super) source: S,
    pub(super) gateway: Option<Ipv6Addr>,
    /// Checks them against each other if they are given at boot. Otherwise an image has no such check.
    pub(super) check: Option<Check>,
    pub(super) conflict_detection: ConflictDetection,
}

impl<S> Ipv6<S> {
    /// Returns the same with another source.
    pub(super) fn with<T>(&self, source: T) -> Ipv6<T> {
        Ipv6 {
            source,
            gateway: self.gateway,
            check: self.check,
            conflict_detection: self.conflict_detection,
        }
    }
}

/// Returns how the addresses of an interface come into use.
pub(super) const fn claiming(conflict_detection: ConflictDetection) -> Claiming {
    match conflict_detection {
        ConflictDetection::Strict => Claiming::Tentative,
        ConflictDetection::Optimistic => Claiming::Optimistic,
    }
}
