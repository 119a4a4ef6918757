//! Checks of constants, which only constant evaluation can do.

use crate::{
    address::InterfaceAddress,
    graph::{ConfigValue, NodeId, SpanId, Spanned},
    mac_address::MacAddress,
    port::Protocol,
};
use alloc::vec::Vec;
use core::net::Ipv4Addr;

/// Two values that must agree, of which at least one is a constant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Deferred {
    /// The values.
    pub pair: Pair,
    /// The tokens at which a conflict is reported.
    pub span: SpanId,
    /// The tokens of the other value, and their description.
    pub other: (SpanId, &'static str),
}

/// Two values that must agree, of which at least one is given at boot.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AtBoot {
    /// The values.
    pub pair: Pair,
    /// The interfaces that they are of; one interface twice, for a gateway.
    pub nodes: (NodeId, NodeId),
}

/// Two values that must agree.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pair {
    /// A gateway and the address of its interface.
    Gateway(ConfigValue<Ipv4Addr>, ConfigValue<InterfaceAddress>),
    /// The addresses of two interfaces.
    Networks(ConfigValue<InterfaceAddress>, ConfigValue<InterfaceAddress>),
    /// The MAC addresses of two interfaces.
    MacAddresses(ConfigValue<MacAddress>, ConfigValue<MacAddress>),
    /// A UDP port of an interface with DHCP.
    PortBesideDhcp(ConfigValue<u16>),
}

impl Pair {
    /// Whether one is given at boot, and the other is known by then.
    pub(super) fn waits_for_boot(&self) -> bool {
        let values = self.values();
        values.iter().any(ConfigValue::is_at_boot) && !values.contains(&ConfigValue::Unread)
    }

    /// Whether it can be checked only when constants are known. A pair with an invalid value is not
    /// checked.
    pub(super) fn waits_for_constants(&self) -> bool {
        let values = self.values();
        let mut others = values.iter().filter(|value| !value.is_constant());
        values.iter().any(ConfigValue::is_constant) && others.all(|value| value.get().is_some())
    }

    /// How both values are known.
    fn values(&self) -> [ConfigValue<()>; 2] {
        match self {
            Self::Gateway(gateway, address) => [gateway.erased(), address.erased()],
            Self::Networks(one, other) => [one.erased(), other.erased()],
            Self::MacAddresses(one, other) => [one.erased(), other.erased()],
            Self::PortBesideDhcp(port) => [port.erased(), ConfigValue::Known(())],
        }
    }
}

/// The ports of one protocol on one interface, of which at least one is a constant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PortList {
    /// The protocol.
    pub protocol: Protocol,
    /// The ports, known or constant.
    pub ports: Vec<Spanned<ConfigValue<u16>>>,
}

impl PortList {
    /// The empty list.
    pub(super) const fn new(protocol: Protocol) -> Self {
        Self {
            protocol,
            ports: Vec::new(),
        }
    }

    /// The list, if it has to be checked when constants are known.
    pub(super) fn with_constants(mut self) -> Option<Self> {
        let unread = |port: &Spanned<ConfigValue<u16>>| matches!(port.value, ConfigValue::Unread);
        let constant = |port: &Spanned<ConfigValue<u16>>| port.value.is_constant();
        self.ports.retain(|port| !unread(port));
        (self.ports.len() > 1 && self.ports.iter().any(constant)).then_some(self)
    }
}
