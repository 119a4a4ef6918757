//! The arguments of properties that are given at boot. Their names are MirageOS's, so that tools that launch
//! MirageOS images can launch these too.

use super::{Argument, ArgumentError, Gateway, IPV4, Kind, ParsedArgs, Presence};
use crate::{
    address::AddressOrDhcp,
    graph::{Addressing, ConfigValue, Graph, Interface, NodeId, NodeKind},
    ip_family::IpFamily,
    ipv6::{AddressOrSlaac, Ipv6Gateway, Ipv6InterfaceAddress, SLAAC},
    name_servers::NameServers,
};
use alloc::{format, string::String, vec::Vec};
use core::str::FromStr;

/// The argument for an interface's gateway.
pub const IPV4_GATEWAY: &str = "ipv4-gateway";

/// The argument for an interface's IPv6 address.
pub const IPV6: &str = "ipv6";

/// The argument for an interface's IPv6 gateway.
pub const IPV6_GATEWAY: &str = "ipv6-gateway";

/// The argument for an interface that uses IPv4 only in this boot.
pub const IPV4_ONLY: &str = "ipv4-only";

/// The argument for an interface that uses IPv6 only in this boot.
pub const IPV6_ONLY: &str = "ipv6-only";

/// The argument for an interface's name servers.
pub const DNS_SERVERS: &str = "dns-servers";

/// The argument for an environment variable.
pub const ENV: &str = "env";

/// What separates the arguments of a program with std from those before it.
pub const SEPARATOR: &str = "--";

/// `--ipv4`, or `--lan-ipv4` if there are several interfaces.
pub const fn ipv4(name: &'static str, default: Option<&'static str>) -> Argument<&'static str> {
    Argument {
        name,
        section: "Network",
        help: "The interface's IPv4 address; prefix length 24 by default",
        value: "ADDRESS/LENGTH",
        kind: Kind::InterfaceAddress,
        presence: presence(default),
    }
}

/// `--ipv4` of an interface that may also ask a DHCP server.
pub const fn ipv4_or_dhcp(
    name: &'static str,
    default: Option<&'static str>,
) -> Argument<&'static str> {
    Argument {
        help: "The interface's IPv4 address, prefix length 24 by default, or `dhcp`",
        kind: Kind::AddressOrDhcp,
        ..ipv4(name, default)
    }
}

/// `--ipv4-gateway`.
pub const fn gateway(name: &'static str, default: Option<&'static str>) -> Argument<&'static str> {
    Argument {
        name,
        section: "Network",
        help: "The router for addresses outside the interface's network; empty for none",
        value: "ADDRESS",
        kind: Kind::Gateway,
        presence: presence(default),
    }
}

/// `--ipv4-gateway` of an interface that may also ask a DHCP server, which names a router.
pub const fn gateway_or_dhcp(
    name: &'static str,
    default: Option<&'static str>,
) -> Argument<&'static str> {
    Argument {
        presence: match default {
            Some(default) => Presence::Default(default),
            None => Presence::Optional,
        },
        ..gateway(name, default)
    }
}

/// `--ipv6`, or `--lan-ipv6` if there are several interfaces. Its values are checked by
/// [`Graph::check_arguments`], so that images without it have no description of them.
pub const fn ipv6(name: &'static str, default: Option<&'static str>) -> Argument<&'static str> {
    Argument {
        name,
        section: "Network",
        help: "The interface's IPv6 address; prefix length 64 by default",
        value: "ADDRESS/LENGTH",
        kind: Kind::Other,
        presence: presence(default),
    }
}

/// `--ipv6` of an interface that may also follow the advertisements of routers.
pub const fn ipv6_or_slaac(
    name: &'static str,
    default: Option<&'static str>,
) -> Argument<&'static str> {
    Argument {
        help: "The interface's IPv6 address, prefix length 64 by default, or `slaac`",
        ..ipv6(name, default)
    }
}

/// `--ipv6-gateway`, which is checked like `--ipv6`.
pub const fn ipv6_gateway(
    name: &'static str,
    default: Option<&'static str>,
) -> Argument<&'static str> {
    Argument {
        name,
        section: "Network",
        help: "The router for IPv6 addresses outside the interface's network; empty for none",
        value: "ADDRESS",
        kind: Kind::Other,
        presence: presence(default),
    }
}

/// `--ipv6-gateway` of an interface that may also follow the advertisements of routers.
pub const fn ipv6_gateway_or_slaac(
    name: &'static str,
    default: Option<&'static str>,
) -> Argument<&'static str> {
    Argument {
        presence: match default {
            Some(default) => Presence::Default(default),
            None => Presence::Optional,
        },
        ..ipv6_gateway(name, default)
    }
}

/// `--ipv4-only`.
pub const fn ipv4_only(name: &'static str) -> Argument<&'static str> {
    Argument {
        name,
        section: "Network",
        help: "Use IPv4 only, not IPv6",
        value: "",
        kind: Kind::Flag,
        presence: Presence::Optional,
    }
}

/// `--ipv6-only`.
pub const fn ipv6_only(name: &'static str) -> Argument<&'static str> {
    Argument {
        help: "Use IPv6 only, not IPv4",
        ..ipv4_only(name)
    }
}

/// `--dns-servers`. Its values are checked by [`Graph::check_arguments`], so that images without it have no
/// description of them.
pub const fn dns_servers(
    name: &'static str,
    default: Option<&'static str>,
) -> Argument<&'static str> {
    Argument {
        name,
        section: "Network",
        help: "The name servers, separated by commas; empty for none",
        value: "ADDRESSES",
        kind: Kind::Other,
        presence: presence(default),
    }
}

/// `--dns-servers` of an interface that may also ask a DHCP server, which names some.
pub const fn dns_servers_or_dhcp(
    name: &'static str,
    default: Option<&'static str>,
) -> Argument<&'static str> {
    Argument {
        presence: match default {
            Some(default) => Presence::Default(default),
            None => Presence::Optional,
        },
        help: "The name servers, separated by commas; empty for those of the DHCP server",
        ..dns_servers(name, default)
    }
}

/// `--logs`.
pub const fn logs(default: &'static str) -> Argument<&'static str> {
    Argument {
        name: "logs",
        section: "Unikernel",
        help: "The least severe log messages to print",
        value: "LEVEL",
        kind: Kind::Logs,
        presence: Presence::Default(default),
    }
}

/// `--name`.
pub const fn name(default: &'static str) -> Argument<&'static str> {
    Argument {
        name: "name",
        section: "Unikernel",
        help: "The unikernel's name",
        value: "NAME",
        kind: Kind::Text,
        presence: Presence::Default(default),
    }
}

/// `--env`, of programs with std.
pub const fn env() -> Argument<&'static str> {
    Argument {
        name: ENV,
        section: "Program",
        help: "Set an environment variable; arguments after `--` are those of the program",
        value: "NAME=VALUE",
        kind: Kind::Other,
        presence: Presence::List,
    }
}

const fn presence(default: Option<&'static str>) -> Presence<&'static str> {
    match default {
        Some(default) => Presence::Default(default),
        None => Presence::Required,
    }
}

/// The value of `--env`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Variable {
    /// The name of the environment variable.
    pub name: String,
    /// Its value.
    pub value: String,
}

impl FromStr for Variable {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text.split_once('=') {
            Some((name, value)) if !name.is_empty() => Ok(Self {
                name: name.into(),
                value: value.into(),
            }),
            _ => Err("expected NAME=VALUE, such as RUST_LOG=info"),
        }
    }
}

/// Moves the arguments of a program with std, those after `--`, out of `args`.
pub fn take_program_arguments(args: &mut Vec<String>) -> Vec<String> {
    let Some(separator) = args.iter().position(|arg| arg == SEPARATOR) else {
        return Vec::new();
    };
    let mut taken = args.split_off(separator);
    taken.remove(0);
    taken
}

impl Graph {
    /// The name of the argument for a property of an interface: `ipv4`, or `lan-ipv4` if there are
    /// several interfaces.
    pub fn argument_name(&self, interface: NodeId, property: &str) -> String {
        if self.interfaces().count() == 1 {
            return property.into();
        }
        let node = &self.node(interface).name;
        let node = node.to_lowercase().replace('_', "-");
        format!("{}-{property}", node.trim_matches('-'))
    }

    /// Checks the values of arguments of the kind [`Kind::Other`] that are the runtime's.
    ///
    /// # Errors
    /// Returns an error if one cannot be parsed.
    pub fn check_arguments(&self, arguments: &ParsedArgs<'_>) -> Result<(), ArgumentError> {
        for (node, interface) in self.interfaces() {
            if interface.dns.is_some_and(|dns| dns.value.is_at_boot()) {
                let name = self.argument_name(node, DNS_SERVERS);
                arguments.optional::<NameServers>(&name)?;
            }
            if interface.ip6.is_some_and(|ip6| ip6.value.is_at_boot()) {
                let name = self.argument_name(node, IPV6);
                ipv6_argument(interface, arguments, &name)?;
            }
            let gateway = interface.gateway6;
            if gateway.is_some_and(|gateway| gateway.value.is_at_boot()) {
                let name = self.argument_name(node, IPV6_GATEWAY);
                arguments.optional::<Ipv6Gateway>(&name)?;
            }
            if interface.has_choice_of_families() {
                self.only_family(node, arguments)?;
            }
        }
        Ok(())
    }

    /// Returns the only family that an interface uses with these arguments, or `None` if it uses all that it has.
    fn only_family(
        &self,
        interface: NodeId,
        arguments: &ParsedArgs<'_>,
    ) -> Result<Option<IpFamily>, ArgumentError> {
        let [ipv4, ipv6] = [IPV4_ONLY, IPV6_ONLY].map(|name| self.argument_name(interface, name));
        IpFamily::only(arguments, &ipv4, &ipv6)
    }

    /// Returns the graph with the values of these arguments.
    pub fn with_arguments(mut self, arguments: &ParsedArgs<'_>) -> Self {
        if let Ok(Some(level)) = arguments.optional("logs") {
            self.log = level;
        }
        let interfaces = self.interfaces().map(|(node, _)| node);
        let names = interfaces.map(|node| {
            let name = |property| self.argument_name(node, property);
            let ipv6 = (name(IPV6), name(IPV6_GATEWAY));
            let only = self.only_family(node, arguments).ok().flatten();
            (
                node,
                name(IPV4),
                name(IPV4_GATEWAY),
                name(DNS_SERVERS),
                ipv6,
                only,
            )
        });
        let names: alloc::vec::Vec<_> = names.collect();
        for (node, address, gateway, dns, (ipv6, ipv6_gateway), only) in names {
            let NodeKind::Interface(interface) = &mut self.nodes[node.0].kind else {
                continue;
            };
            match &mut interface.address.value {
                Addressing::Static(value) => {
                    if value.is_at_boot()
                        && let Ok(Some(given)) = arguments.optional(&address)
                    {
                        *value = ConfigValue::Known(given);
                    }
                }
                asked @ Addressing::BootOrDhcp => {
                    *asked = match arguments.optional(&address) {
                        Ok(Some(AddressOrDhcp::Address(address))) => {
                            Addressing::Static(ConfigValue::Known(address))
                        }
                        _ => Addressing::Dhcp,
                    };
                }
                Addressing::Dhcp | Addressing::Absent => {}
            }
            if let Some(declared) = &mut interface.gateway
                && declared.value.is_at_boot()
                && let Ok(Some(Gateway(given))) = arguments.optional(&gateway)
            {
                match given {
                    Some(address) => declared.value = ConfigValue::Known(address),
                    None => interface.gateway = None,
                }
            }
            if let Some(declared) = &mut interface.dns
                && declared.value.is_at_boot()
                && let Ok(Some(given)) = arguments.optional(&dns)
            {
                match given {
                    NameServers::NONE => interface.dns = None,
                    servers => declared.value = ConfigValue::Known(servers),
                }
            }
            let given = ipv6_argument(interface, arguments, &ipv6);
            if let Some(declared) = &mut interface.ip6
                && declared.value.is_at_boot()
                && let Ok(Some(given)) = given
            {
                declared.value = ConfigValue::Known(given);
            }
            if let Some(declared) = &mut interface.gateway6
                && declared.value.is_at_boot()
                && let Ok(Some(Ipv6Gateway(given))) = arguments.optional(&ipv6_gateway)
            {
                match given {
                    Some(address) => declared.value = ConfigValue::Known(address),
                    None => interface.gateway6 = None,
                }
            }
            match only {
                Some(IpFamily::V4) => (interface.ip6, interface.gateway6) = (None, None),
                Some(IpFamily::V6) => {
                    interface.address.value = Addressing::Absent;
                    (interface.gateway, interface.dns) = (None, None);
                }
                None => {}
            }
        }
        self
    }
}

const NO_SLAAC: &str = "the image contains no SLAAC; `ip6 = boot(\"slaac\")` in its source adds it";

/// The value of `--ipv6`, which can be `slaac` only where the image contains it.
fn ipv6_argument(
    interface: &Interface,
    arguments: &ParsedArgs<'_>,
    name: &str,
) -> Result<Option<AddressOrSlaac>, ArgumentError> {
    if interface.may_use_slaac() {
        return arguments.optional(name);
    }
    if let Ok(Some(AddressOrSlaac::Slaac)) = arguments.optional(name) {
        return Err(ArgumentError::WrongValue {
            option: format!("--{name}"),
            value: SLAAC.into(),
            cause: NO_SLAAC.into(),
        });
    }
    let address = arguments.optional::<Ipv6InterfaceAddress>(name)?;
    Ok(address.map(AddressOrSlaac::Address))
}
