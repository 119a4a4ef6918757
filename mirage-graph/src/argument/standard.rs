//! The arguments that properties of a unikernel have, where they are given at boot. Their names are
//! MirageOS's, so that what launches images of MirageOS launches these.

use super::{Argument, Kind, Presence};

/// `--ipv4`, or `--lan-ipv4` where there are several interfaces.
pub const fn ipv4(name: &'static str, default: Option<&'static str>) -> Argument<&'static str> {
    Argument {
        name,
        section: "Network",
        help: "The interface's IPv4 address; no prefix length means 24",
        value: "ADDRESS/LENGTH",
        kind: Kind::InterfaceAddress,
        presence: presence(default),
    }
}

/// `--ipv4-gateway`.
pub const fn gateway(name: &'static str, default: Option<&'static str>) -> Argument<&'static str> {
    Argument {
        name,
        section: "Network",
        help: "The router for every address outside the interface's network",
        value: "ADDRESS",
        kind: Kind::Address,
        presence: presence(default),
    }
}

/// `--logs`.
pub const fn logs(default: &'static str) -> Argument<&'static str> {
    Argument {
        name: "logs",
        section: "Unikernel",
        help: "The least severe messages that are logged",
        value: "LEVEL",
        kind: Kind::LogLevel,
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

const fn presence(default: Option<&'static str>) -> Presence<&'static str> {
    match default {
        Some(default) => Presence::Default(default),
        None => Presence::Required,
    }
}
