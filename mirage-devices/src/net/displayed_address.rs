//! The address of an interface as it is displayed.

use super::{ip::Ipv6Sockets, stack::Stack};
use alloc::rc::Rc;
use core::{fmt, net::Ipv4Addr};

/// Displays the address of an interface: that of IPv4, 0.0.0.0 while it has none, or that of IPv6 in brackets if
/// the interface has IPv6 only.
struct DisplayedAddress {
    ipv4: Ipv4Addr,
    ipv6: Option<Rc<dyn Ipv6Sockets>>,
}

impl fmt::Display for DisplayedAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.ipv6 {
            None => self.ipv4.fmt(f),
            Some(ipv6) => ipv6.display_address(f),
        }
    }
}

impl Stack {
    /// Returns the address of the interface that peers are told, as it is displayed before a port: that of IPv4,
    /// 0.0.0.0 while it has none, or that of IPv6 in brackets if the interface has IPv6 only.
    pub fn address(&self) -> impl fmt::Display {
        let state = self.shared.state.borrow();
        let is_ipv6_only = state.ipv4.is_none();
        DisplayedAddress {
            ipv4: self.shared.address(),
            ipv6: state.ipv6.clone().filter(|_| is_ipv6_only),
        }
    }
}
