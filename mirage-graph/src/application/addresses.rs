//! The addresses of unikernels in the networks of a plan.

use super::{Address, Application, Member, Network, PlanError, report::Report};
use crate::{
    address::{InterfaceAddress, not_a_host},
    diagnostic::Unknown,
    fnv::fnv_1a,
    graph::SpanId,
    value_error::ValueError,
};
use alloc::{collections::BTreeMap, format, string::String, vec::Vec};
use core::net::Ipv4Addr;

/// The address of each interface. `None` where it is not known because of an error.
pub(super) struct Addresses {
    /// By the positions of the unikernel and of its interface.
    of_interfaces: Vec<Vec<Option<InterfaceAddress>>>,
    /// The network of each interface, by its position.
    networks: Vec<Vec<Option<usize>>>,
}

/// Who has an address of a network.
struct Taken {
    by: String,
    span: SpanId,
}

impl Addresses {
    /// Report the networks, and the addresses in them.
    pub(super) fn new(application: &Application, checks: &mut Report) -> Self {
        check_networks(&application.networks, checks);
        let members = application.unikernels.iter();
        let networks: Vec<Vec<_>> = members
            .map(|member| find_networks(application, member, checks))
            .collect();
        let members = application.unikernels.iter();
        let of_interfaces = members
            .map(|member| vec_of_none(member.interfaces.len()))
            .collect();
        let mut addresses = Self {
            of_interfaces,
            networks,
        };
        addresses.assign(application, checks);
        addresses.gateways(application, checks);
        addresses
    }

    /// The address of an interface.
    pub(super) fn get(&self, unikernel: usize, interface: usize) -> Option<InterfaceAddress> {
        self.of_interfaces[unikernel][interface]
    }

    /// The network of an interface.
    pub(super) fn network(&self, unikernel: usize, interface: usize) -> Option<usize> {
        self.networks[unikernel][interface]
    }

    /// The interface of a unikernel in a network.
    pub(super) fn interface(&self, unikernel: usize, network: usize) -> Option<usize> {
        let mut networks = self.networks[unikernel].iter();
        networks.position(|other| *other == Some(network))
    }

    /// The unikernel that has an address.
    pub(super) fn owner(&self, address: Ipv4Addr) -> Option<usize> {
        let has = |interfaces: &Vec<Option<InterfaceAddress>>| {
            let mut known = interfaces.iter().flatten();
            known.any(|other| other.address == address)
        };
        self.of_interfaces.iter().position(has)
    }

    /// Gives each interface its address: first those that are written, so that they decide what is taken.
    fn assign(&mut self, application: &Application, checks: &mut Report) {
        let mut taken: Vec<BTreeMap<Ipv4Addr, Taken>> = Vec::new();
        for network in &application.networks {
            let gateway = network.gateway.map(|gateway| {
                let by = format!("the gateway of `{}`", network.name.value);
                let span = gateway.span;
                (gateway.value, Taken { by, span })
            });
            taken.push(gateway.into_iter().collect());
        }
        for of_name in [false, true] {
            for (unikernel, member) in application.unikernels.iter().enumerate() {
                for (index, interface) in member.interfaces.iter().enumerate() {
                    let is_of_name = interface.address == Address::OfName;
                    let Some(position) = self.networks[unikernel][index] else {
                        continue;
                    };
                    let network = &application.networks[position];
                    let Some(addresses) = network.address.filter(|_| is_of_name == of_name) else {
                        continue;
                    };
                    let (address, span) = match interface.address {
                        Address::Literal(literal) => (literal.value, literal.span),
                        Address::OfName => {
                            let names = [&application.name, &member.name.value];
                            let address = of_names(names, addresses.value);
                            (address, interface.network.span)
                        }
                        Address::Unread => continue,
                    };
                    let own = InterfaceAddress {
                        address,
                        prefix_length: addresses.value.prefix_length,
                    };
                    if let Some(error) = invalid(own, network, is_of_name) {
                        let other = (addresses.span, "the network is");
                        checks.conflict(error, span, other);
                        continue;
                    }
                    if let Some(first) = taken[position].get(&address) {
                        report_taken(member, network, address, is_of_name, (first, span), checks);
                        continue;
                    }
                    let by = format!("`{}`", member.name.value);
                    taken[position].insert(address, Taken { by, span });
                    self.of_interfaces[unikernel][index] = Some(own);
                }
            }
        }
    }

    /// A unikernel has one gateway.
    fn gateways(&self, application: &Application, checks: &mut Report) {
        for (unikernel, member) in application.unikernels.iter().enumerate() {
            let mut first: Option<(SpanId, &str)> = None;
            for (index, interface) in member.interfaces.iter().enumerate() {
                let network = self.networks[unikernel][index];
                let network = network.map(|network| &application.networks[network]);
                let Some(network) = network.filter(|network| network.gateway.is_some()) else {
                    continue;
                };
                let Some((span, name)) = first else {
                    first = Some((interface.network.span, &network.name.value));
                    continue;
                };
                let error = PlanError::TwoGateways(
                    member.name.value.clone(),
                    name.into(),
                    network.name.value.clone(),
                );
                checks.conflict(error, interface.network.span, (span, "the first is"));
            }
        }
    }
}

fn vec_of_none(length: usize) -> Vec<Option<InterfaceAddress>> {
    alloc::vec![None; length]
}

/// Reports gateways that cannot be in their networks, and networks that overlap.
fn check_networks(networks: &[Network], checks: &mut Report) {
    for (index, network) in networks.iter().enumerate() {
        let Some(address) = network.address else {
            continue;
        };
        if let Some(gateway) = network.gateway
            && let Some(error) = not_in(gateway.value, address.value)
        {
            checks.conflict(error, gateway.span, (address.span, "the network is"));
        }
        for other in &networks[..index] {
            if let Some(first) = other.address
                && let Some(error) = first.value.conflicts_with(address.value)
            {
                checks.conflict(error, address.span, (first.span, "the first is"));
            }
        }
    }
}

/// Why a gateway cannot be in a network.
fn not_in(gateway: Ipv4Addr, network: InterfaceAddress) -> Option<ValueError> {
    if !network.contains(gateway) {
        return Some(ValueError::GatewayOutside(gateway, network));
    }
    let prefix_length = network.prefix_length;
    not_a_host(gateway, prefix_length).map(|is| ValueError::NotAHost(gateway, is, prefix_length))
}

/// The network of each interface.
fn find_networks(
    application: &Application,
    member: &Member,
    checks: &mut Report,
) -> Vec<Option<usize>> {
    let networks = &application.networks;
    let interfaces = member.interfaces.iter();
    interfaces
        .map(|interface| {
            let name = &interface.network.value;
            let found = networks
                .iter()
                .position(|network| network.name.value == *name);
            if found.is_none() && !application.lacks_networks {
                let names = networks.iter().map(|network| network.name.value.clone());
                let unknown = Unknown::new(name.clone(), names.collect());
                checks.report(PlanError::UnknownNetwork(unknown), interface.network.span);
            }
            found
        })
        .collect()
}

/// Why an interface cannot have an address.
fn invalid(
    own: InterfaceAddress,
    network: &Network,
    is_of_name: bool,
) -> Option<crate::diagnostic::DiagnosticKind> {
    let addresses = network.address?.value;
    if !addresses.contains(own.address) {
        let error = PlanError::OutsideNetwork(own.address, network.name.value.clone(), addresses);
        return Some(error.into());
    }
    let is = not_a_host(own.address, own.prefix_length).filter(|_| !is_of_name)?;
    Some(ValueError::NotAHost(own.address, is, own.prefix_length).into())
}

fn report_taken(
    member: &Member,
    network: &Network,
    address: Ipv4Addr,
    is_of_name: bool,
    (first, span): (&Taken, SpanId),
    checks: &mut Report,
) {
    let name = member.name.value.clone();
    let is_gateway = network
        .gateway
        .is_some_and(|gateway| gateway.value == address);
    let other = match is_gateway {
        true => (first.span, "the gateway is"),
        false => (first.span, "the first is"),
    };
    if is_of_name {
        let error = PlanError::Taken(name, address, first.by.clone());
        checks.conflict(error, span, other);
    } else if is_gateway {
        checks.conflict(ValueError::GatewayIsSelf(address), span, other);
    } else {
        let first = first.by.trim_matches('`').into();
        checks.conflict(PlanError::AddressTwice(address, first, name), span, other);
    }
}

/// The address in a network that follows from the names of the application and the unikernel. It does not depend
/// on the other unikernels, so that adding one moves nobody.
fn of_names(names: [&String; 2], network: InterfaceAddress) -> Ipv4Addr {
    let [application, unikernel] = names;
    let hash = fnv_1a(application.bytes().chain([b'/']).chain(unikernel.bytes()));
    let size = 1_u64 << (32 - u32::from(network.prefix_length));
    // The first and the last address of a network of more than two are not those of hosts.
    let (first, hosts) = match size {
        1 | 2 => (0, size),
        _ => (1, size - 2),
    };
    // The upper bits of the hash depend on all bytes.
    let host = first + (hash >> 16) % hosts;
    let host = u32::try_from(host).unwrap_or_default();
    Ipv4Addr::from_bits(network.network().address.to_bits() | host)
}
