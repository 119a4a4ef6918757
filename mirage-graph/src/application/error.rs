//! The errors of a plan.

use crate::{
    address::InterfaceAddress,
    diagnostic::{Unknown, list, table::errors},
};
use alloc::{format, string::String, vec::Vec};
use core::net::{Ipv4Addr, SocketAddrV4};

errors! {
    /// The errors of the plan of an application, and of unikernels that differ from it.
    PlanError:
    /// One address for two unikernels, and their names.
    "MIR082" AddressTwice(address: Ipv4Addr, first: String, second: String) =>
        format!("{address} is the address of `{first}` and of `{second}`"),
        "each unikernel needs its own address in a network";
    /// A link to the outside that lacks its address or its name.
    "MIR083" OutsideNowhere(has_address: bool) => match has_address {
        true => "a link to the outside has no name",
        false => "a link to the outside has no address",
    }, "write `outside(\"192.0.2.7:443\") as NAME`: `main` receives it by this name";
    /// The end of a link or of a rule that is no unikernel.
    "MIR084" UnknownUnikernel(unknown: Unknown) => unknown.message("unikernel"), unknown.help();
    /// The end of a link that is no port of its unikernel.
    "MIR085" UnknownPort(unikernel: String, unknown: Unknown) =>
        format!("`{unikernel}` has no port `{}`", unknown.name), unknown.help();
    /// A link between unikernels that have no network in common, and the networks of both.
    "MIR086" NoCommonNetwork(from: String, to: String, of_from: Vec<String>, of_to: Vec<String>) =>
        format!("`{from}` and `{to}` have no network in common"),
        format!("`{from}` is in {}, and `{to}` in {}", names(of_from), names(of_to));
    /// A link that is declared twice.
    "MIR087" LinkTwice(from: String, to: String) =>
        format!("the link `{from} -> {to}` is declared twice"), "";
    /// Two nodes of a unikernel with one name, at least one of which is a link.
    "MIR088" RemoteTwice(unikernel: String, name: String) =>
        format!("the link gives `{unikernel}` a second node `{name}`"),
        format!("`main` receives nodes by name: write `… as NAME` with another name");
    /// A unikernel or a port to which no link leads.
    "MIR089" Unreached(name: String) => format!("nothing connects to `{name}`"), match name.contains('.') {
        true => format!("add a link, such as `outside -> {name}`, or remove the port"),
        false => "add a link to one of its ports, or remove the ports that nobody needs".into(),
    };
    /// A link that the plan forbids.
    "MIR093" Never(from: String, to: String) =>
        format!("the plan says that `{from}` never connects to `{to}`"),
        "remove the link or the rule; a rule about `->` is about direct links only";
    /// A link that completes a path that the plan forbids.
    "MIR094" NeverReaches(from: String, to: String, path: Vec<String>) =>
        format!("the plan says that `{from}` never reaches `{to}`"),
        format!("the path is `{}`", path.join(" -> "));
    /// A node of the plan that `main` does not take.
    "MIR095" NoParameter(unikernel: String, kind: &'static str, name: String, type_: &'static str) =>
        format!("no parameter of `{unikernel}` takes its {kind} `{name}`"),
        format!("add the parameter `{name}: {type_}`, or take it out of the plan");
    /// A key of the attribute that the plan determines.
    "MIR096" InPlan(key: String) =>
        format!("the plan determines `{key}`"), "change it in `application!`, and remove the key here";
    /// The interface of a unikernel in a network that is not declared.
    "MIR099" UnknownNetwork(unknown: Unknown) => unknown.message("network"), unknown.help();
    /// A `restart` of a unikernel that is unknown.
    "MIR097" UnknownRestart(unknown: Unknown) => unknown.message("value of `restart`"), unknown.help();
    /// An address of a unikernel outside the network.
    "MIR100" OutsideNetwork(address: Ipv4Addr, network: String, addresses: InterfaceAddress) =>
        format!("{address} is outside the network `{network}`, {addresses}"), "";
    /// A link that completes a cycle.
    "MIR101" Cyclic(path: Vec<String>) =>
        "the link completes a cycle", format!("the cycle is `{}`", path.join(" -> "));
    /// A link to the outside of a unikernel that has no gateway.
    "MIR102" NoGateway(unikernel: String, address: SocketAddrV4) =>
        format!("`{unikernel}` has no route to {}", address.ip()),
        "give one of its networks a gateway: `NETWORK(ip = \"…\", gateway = \"…\")`";
    /// A unikernel in two networks with a gateway.
    "MIR103" TwoGateways(unikernel: String, first: String, second: String) =>
        format!("`{unikernel}` has two gateways, by `{first}` and by `{second}`"),
        "a unikernel can have only one default gateway: put it in one of the two networks";
    /// A link to the outside with the address of a unikernel.
    "MIR104" NotOutside(address: Ipv4Addr, unikernel: String) =>
        format!("{address} is not outside: it is the address of `{unikernel}`"),
        format!("link to one of its ports: `… -> {unikernel}.PORT`");
    /// An address that follows from a name and is taken.
    "MIR105" Taken(unikernel: String, address: Ipv4Addr, by: String) =>
        format!("the address {address}, which follows from the name `{unikernel}`, is that of {by}"),
        "give this unikernel an address of its own";
    /// A link from a unikernel to itself.
    "MIR106" ToItself(unikernel: String) =>
        format!("`{unikernel}` is linked to itself"), "";
    /// A name that has another meaning.
    "MIR107" Reserved(name: String) =>
        format!("`{name}` cannot be the name of a network or a unikernel"),
        "it has a meaning of its own in the plan: choose another name";
    /// A value of the plan that is not a literal.
    "MIR108" NotALiteral =>
        "a value in a plan must be a literal",
        "unikernels of other crates use the plan, too, where names have other meanings";
    /// A program with std in a plan.
    "MIR109" StdInPlan =>
        "a program with std cannot be part of a plan",
        "write `async fn` without another attribute, or make it a unikernel without a plan";
    others:
}

fn names(names: &[String]) -> String {
    match names {
        [] => "no network".into(),
        names => list(names.iter().map(String::as_str)),
    }
}
