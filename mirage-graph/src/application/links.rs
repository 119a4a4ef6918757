//! The links of a plan.

use super::{Application, End, Link, PlanError, Target, addresses::Addresses, report::Report};
use crate::{
    diagnostic::Unknown,
    graph::{SpanId, Spanned},
    port::Protocol,
};
use alloc::{
    collections::BTreeMap,
    format,
    string::{String, ToString},
    vec::Vec,
};
use core::net::{Ipv4Addr, SocketAddrV4};

/// A link whose ends exist.
pub(super) struct Resolved {
    /// The position of the unikernel; `None` for the outside.
    pub(super) from: Option<usize>,
    pub(super) to: To,
    /// Where it is written.
    pub(super) span: SpanId,
    /// The interface of `from`, unless there is none because of an error.
    pub(super) interface: Option<usize>,
    /// The name of the parameter of `from`.
    pub(super) name: String,
}

/// Where a link leads.
pub(super) enum To {
    /// The positions of a unikernel and its port.
    Port(usize, usize),
    Outside(Protocol, SocketAddrV4),
}

impl Resolved {
    /// Whether a link leads to a port of a unikernel.
    pub(super) fn leads_to(&self, unikernel: usize, port: usize) -> bool {
        self.to_port() == Some((unikernel, port))
    }

    /// The unikernel at which it ends; `None` for the outside.
    pub(super) fn to(&self) -> Option<usize> {
        self.to_port().map(|(unikernel, _)| unikernel)
    }

    pub(super) fn to_port(&self) -> Option<(usize, usize)> {
        match self.to {
            To::Port(unikernel, port) => Some((unikernel, port)),
            To::Outside(..) => None,
        }
    }
}

/// Resolves the links. Those with an error are omitted.
pub(super) fn resolve(
    application: &Application,
    addresses: &Addresses,
    checks: &mut Report,
) -> Vec<Resolved> {
    let mut resolver = Resolver {
        application,
        addresses,
        checks,
        is_complete: !application.lacks_links && !application.lacks_unikernels,
        remotes: BTreeMap::new(),
    };
    let mut resolved: Vec<Resolved> = Vec::new();
    for link in &application.links {
        let Some(link) = resolver.link(link, &resolved) else {
            continue;
        };
        resolved.push(link);
    }
    if resolver.is_complete {
        resolver.reached(&resolved);
    }
    resolved
}

struct Resolver<'a> {
    application: &'a Application,
    addresses: &'a Addresses,
    checks: &'a mut Report,
    /// Whether all links were resolved.
    is_complete: bool,
    /// The links by the unikernel that receives them, and their names.
    remotes: BTreeMap<(usize, String), SpanId>,
}

impl Resolver<'_> {
    fn link(&mut self, link: &Link, before: &[Resolved]) -> Option<Resolved> {
        let from = match &link.from.value {
            End::Outside => Some(None),
            End::Unikernel(name) => {
                let found = self
                    .checks
                    .unikernel(self.application, name, link.from.span);
                found.map(Some)
            }
        };
        let to = self.to(link);
        let (Some(from), Some(to)) = (from, to) else {
            self.is_complete &= to_is_outside(link);
            return None;
        };
        let span = link.to.span;
        let text = (
            end_name(self.application, from),
            text(self.application, &to),
        );
        if let Some(first) = before
            .iter()
            .find(|other| other.from == from && self::text(self.application, &other.to) == text.1)
        {
            let error = PlanError::LinkTwice(text.0, text.1);
            self.checks
                .conflict(error, span, (first.span, "the first is"));
            return None;
        }
        let name = self.name(link, &to);
        if let Some(from) = from {
            self.add_remote(from, &name);
        }
        let interface = from.and_then(|from| self.interface(from, &to, span));
        Some(Resolved {
            from,
            to,
            span,
            interface,
            name: name.value,
        })
    }

    /// Where a link leads.
    fn to(&mut self, link: &Link) -> Option<To> {
        match &link.to.value {
            Target::Unread => None,
            Target::Nowhere => {
                let error = PlanError::OutsideNowhere(false);
                self.checks.report(error, link.to.span);
                None
            }
            Target::Address(protocol, address) => {
                if link.alias.is_none() {
                    let error = PlanError::OutsideNowhere(true);
                    self.checks.report(error, link.to.span);
                    return None;
                }
                if let Some(owner) = self.addresses.owner(*address.value.ip()) {
                    let owner = self.application.unikernels[owner].name.value.clone();
                    let error = PlanError::NotOutside(*address.value.ip(), owner);
                    self.checks.report(error, address.span);
                    return None;
                }
                Some(To::Outside(*protocol, address.value))
            }
            Target::Port { unikernel, port } => {
                let name = &unikernel.value;
                let position = self
                    .checks
                    .unikernel(self.application, name, unikernel.span)?;
                let member = &self.application.unikernels[position];
                let ports = member.ports.iter();
                let found = ports
                    .clone()
                    .position(|other| other.name.value == port.value);
                if found.is_none() && !member.is_incomplete {
                    let names = ports.map(|port| port.name.value.clone()).collect();
                    let unknown = Unknown::new(port.value.clone(), names);
                    let error = PlanError::UnknownPort(name.clone(), unknown);
                    self.checks.report(error, port.span);
                }
                if let (Some(_), End::Unikernel(from)) = (found, &link.from.value)
                    && from == name
                {
                    let error = PlanError::ToItself(from.clone());
                    self.checks.report(error, link.to.span);
                    return None;
                }
                Some(To::Port(position, found?))
            }
        }
    }

    /// The name of the parameter that receives a link.
    fn name(&self, link: &Link, to: &To) -> Spanned<String> {
        if let Some(alias) = &link.alias {
            return alias.clone();
        }
        let name = match to {
            To::Port(unikernel, _) => self.application.unikernels[*unikernel].name.value.clone(),
            // It has an alias.
            To::Outside(..) => String::new(),
        };
        Spanned::new(name, link.to.span)
    }

    /// Each node of a unikernel has its own name.
    fn add_remote(&mut self, from: usize, name: &Spanned<String>) {
        let member = &self.application.unikernels[from];
        let key = (from, name.value.clone());
        let interfaces = member.interfaces.iter().map(|interface| &interface.network);
        let ports = member.ports.iter().map(|port| &port.name);
        let mut nodes = interfaces.chain(ports).chain(&member.disks);
        let node = nodes.find(|node| node.value == name.value);
        let first = node.map(|node| node.span);
        match first.or_else(|| self.remotes.get(&key).copied()) {
            Some(first) => {
                let error = PlanError::RemoteTwice(member.name.value.clone(), key.1);
                self.checks
                    .conflict(error, name.span, (first, "the first is"));
            }
            None => {
                self.remotes.insert(key, name.span);
            }
        }
    }

    /// The interface by which a unikernel reaches the other end.
    fn interface(&mut self, from: usize, to: &To, span: SpanId) -> Option<usize> {
        let member = &self.application.unikernels[from];
        match to {
            To::Port(to, _) => {
                let other = &self.application.unikernels[*to];
                let common = common_networks(self.addresses, from, *to, member.interfaces.len());
                if common.is_none()
                    && !member.is_incomplete
                    && !other.is_incomplete
                    && self.knows_networks(from)
                    && self.knows_networks(*to)
                {
                    let error = PlanError::NoCommonNetwork(
                        member.name.value.clone(),
                        other.name.value.clone(),
                        member.networks(),
                        other.networks(),
                    );
                    self.checks.report(error, span);
                }
                common
            }
            To::Outside(_, address) => {
                let route = route(self.application, self.addresses, from, *address.ip());
                if route.is_none() && !member.is_incomplete && self.knows_networks(from) {
                    let error = PlanError::NoGateway(member.name.value.clone(), *address);
                    self.checks.report(error, span);
                }
                route
            }
        }
    }

    /// Whether all networks of a unikernel are known.
    fn knows_networks(&self, unikernel: usize) -> bool {
        let member = &self.application.unikernels[unikernel];
        (0..member.interfaces.len())
            .all(|interface| self.addresses.network(unikernel, interface).is_some())
    }

    /// A link leads to every port.
    fn reached(&mut self, links: &[Resolved]) {
        for (position, member) in self.application.unikernels.iter().enumerate() {
            let unreached: Vec<_> = (0..member.ports.len())
                .filter(|port| !links.iter().any(|link| link.leads_to(position, *port)))
                .collect();
            let name = &member.name.value;
            if unreached.is_empty() || member.is_incomplete {
                continue;
            }
            if unreached.len() == member.ports.len() {
                let error = PlanError::Unreached(name.clone());
                self.checks.report(error, member.name.span);
                continue;
            }
            for port in unreached {
                let port = &member.ports[port].name;
                let error = PlanError::Unreached(format!("{name}.{}", port.value));
                self.checks.report(error, port.span);
            }
        }
    }
}

/// Whether a link leads to the outside, so that no port is missing if it is not resolved.
fn to_is_outside(link: &Link) -> bool {
    matches!(link.to.value, Target::Nowhere | Target::Address(..))
}

fn end_name(application: &Application, end: Option<usize>) -> String {
    match end {
        None => super::OUTSIDE.into(),
        Some(unikernel) => application.unikernels[unikernel].name.value.clone(),
    }
}

/// What a link leads to, as it is written.
pub(super) fn text(application: &Application, to: &To) -> String {
    match to {
        To::Port(unikernel, port) => {
            let member = &application.unikernels[*unikernel];
            format!("{}.{}", member.name.value, member.ports[*port].name.value)
        }
        To::Outside(_, address) => address.to_string(),
    }
}

/// The first interface of a unikernel in a network that another has, too.
fn common_networks(
    addresses: &Addresses,
    from: usize,
    to: usize,
    interfaces: usize,
) -> Option<usize> {
    (0..interfaces).find(|interface| {
        let network = addresses.network(from, *interface);
        network.is_some_and(|network| addresses.interface(to, network).is_some())
    })
}

/// The interface by which a unikernel reaches an address outside: that in its network, or else that with a
/// gateway.
fn route(
    application: &Application,
    addresses: &Addresses,
    from: usize,
    address: Ipv4Addr,
) -> Option<usize> {
    let interfaces = 0..application.unikernels[from].interfaces.len();
    let network = |interface: &usize| {
        let network = addresses.network(from, *interface)?;
        Some(&application.networks[network])
    };
    let is_direct = |interface: &usize| {
        let network = network(interface).and_then(|network| network.address);
        network.is_some_and(|network| network.value.contains(address))
    };
    let has_gateway =
        |interface: &usize| network(interface).is_some_and(|network| network.gateway.is_some());
    let mut all = interfaces.clone();
    all.find(is_direct)
        .or_else(|| interfaces.clone().find(has_gateway))
}
