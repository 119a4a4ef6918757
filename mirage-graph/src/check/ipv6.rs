//! Checks of IPv6 addresses against each other. Those of values that are given at boot are done when the
//! interface starts.

use super::Checked;
use crate::{
    diagnostic::DiagnosticKind,
    graph::{Interface, NodeId, SpanId},
    ipv6::{Ipv6Error, MIN_MTU},
};

impl Checked {
    /// An interface with IPv6 has a sufficient MTU, its gateway is one of its network or link, and its
    /// network is its own. There is one gateway.
    pub(super) fn ipv6(&mut self, interfaces: &[(NodeId, &Interface)]) {
        let mut first: Option<SpanId> = None;
        for (index, &(_, interface)) in interfaces.iter().enumerate() {
            if let Some(gateway) = interface.gateway6 {
                match first {
                    Some(first) => self.conflict(
                        DiagnosticKind::SecondGateway,
                        gateway.span,
                        (first, "the first is"),
                    ),
                    None => self.gateway6(interface),
                }
                first = first.or(Some(gateway.span));
            }
            let Some(ip6) = interface.ip6 else {
                continue;
            };
            if let Some(mtu) = interface.mtu
                && let Some(bytes) = mtu.value.get().filter(|bytes| *bytes < MIN_MTU)
            {
                self.conflict(
                    Ipv6Error::Mtu(bytes),
                    mtu.span,
                    (ip6.span, "the address is"),
                );
            }
            for (_, before) in &interfaces[..index] {
                if let Some(other) = before.ip6
                    && let (Some(one), Some(another)) = (other.value.get(), ip6.value.get())
                    && let Some(error) = one.conflicts_with(another)
                {
                    self.conflict(error, ip6.span, (other.span, "the first is"));
                }
            }
        }
    }

    fn gateway6(&mut self, interface: &Interface) {
        let Some(gateway) = interface.gateway6 else {
            return;
        };
        let Some(ip6) = interface.ip6 else {
            return self.report(Ipv6Error::GatewayAlone, gateway.span);
        };
        if let (Some(address), Some(router)) = (ip6.value.get(), gateway.value.get())
            && let Some(error) = address.cannot_use(router)
        {
            self.conflict(error, gateway.span, (ip6.span, "the address is"));
        }
    }
}
