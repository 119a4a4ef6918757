//! Checks of IPv6 addresses against each other. Those of values that are given at boot are done when the
//! interface starts.

use super::Checked;
use crate::{
    diagnostic::DiagnosticKind,
    graph::{ConfigValue, Graph, Interface, NodeId, NodeKind, SpanId},
    ipv6::{AddressOrSlaac, Ipv6Error, MIN_MTU},
};
use alloc::format;

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
                let address = |source: Option<AddressOrSlaac>| source?.address();
                if let Some(other) = before.ip6
                    && let (Some(one), Some(another)) =
                        (address(other.value.get()), address(ip6.value.get()))
                    && let Some(error) = one.conflicts_with(another)
                {
                    self.conflict(error, ip6.span, (other.span, "the first is"));
                }
            }
        }
    }

    /// Nothing of an interface with IPv6 only is about IPv4.
    pub(super) fn without_ipv4(&mut self, graph: &Graph) {
        for (id, interface) in graph.interfaces().filter(|(_, each)| !each.has_ipv4()) {
            let gateway = interface.gateway.map(|gateway| gateway.span);
            let servers = interface.dns.map(|dns| dns.span);
            let keys = [("gateway", gateway), ("dns", servers)];
            let keys = keys.into_iter();
            let keys = keys.filter_map(|(key, span)| Some((format!("`{key}`"), span?)));
            let nodes = graph.nodes.iter();
            let links = nodes.filter_map(|node| match node.kind {
                NodeKind::Remote(_) if node.on.iter().any(|used| used.node == id) => {
                    Some((format!("the link `{}`", node.name), node.span))
                }
                _ => None,
            });
            for (what, span) in keys.chain(links) {
                let kind = DiagnosticKind::NeedsIpv4(what);
                match interface.ip6 {
                    Some(ip6) => self.conflict(kind, span, (ip6.span, "the address is")),
                    None => self.report(kind, span),
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
        // An address that is given at boot replaces the advertised ones, and has this gateway.
        if ip6.value == ConfigValue::Known(AddressOrSlaac::Slaac) {
            let address = (ip6.span, "the address is");
            return self.conflict(Ipv6Error::GatewayIsAdvertised, gateway.span, address);
        }
        let address = ip6.value.get().and_then(AddressOrSlaac::address);
        if let (Some(address), Some(router)) = (address, gateway.value.get())
            && let Some(error) = address.cannot_use(router)
        {
            self.conflict(error, gateway.span, (ip6.span, "the address is"));
        }
    }
}
