//! The plan as rules of nftables for bridges: what the switch of `up` does, in the host's kernel.
//!
//! The interface of a unikernel is the TAP device `UNIKERNEL-NETWORK`. The rules keep no state: a segment that opens a
//! connection goes along a link, and others go along it in either direction.

use crate::application::{Application, Interface, Network};
use mirage_graph::port::Protocol;
use mirage_switch::{Client, Link, Server};
use std::{fmt::Write, net::Ipv4Addr};

/// What no segment is that opens a connection.
const NOT_OPENING: &str = "tcp flags & (syn | ack) != syn";

/// Returns a file for `nft -f`.
pub(super) fn rules(application: &Application) -> String {
    let networks = Network::all(application);
    let mut chains = String::new();
    let mut devices = Vec::new();
    for network in &networks {
        for position in 0..network.interfaces.len() {
            let device = device(network, position);
            from_unikernel(&mut chains, network, position, &device);
            to_unikernel(&mut chains, network, position, &device);
            devices.push(device);
        }
    }
    let jumps = |direction: &str| {
        let jump = |device: &String| format!("\"{device}\" : jump {direction}-{device}");
        devices.iter().map(jump).collect::<Vec<_>>().join(", ")
    };
    let all = devices.iter().map(|device| format!("\"{device}\""));
    let all = all.collect::<Vec<_>>().join(", ");
    let table = table(&application.name);
    let (from, to) = (jumps("from"), jumps("to"));
    format!(
        "#!/usr/sbin/nft -f\n\
         # The plan {identity} of {name}. Each interface is the TAP device UNIKERNEL-NETWORK.\n\
         table bridge {table}\n\
         delete table bridge {table}\n\
         table bridge {table} {{\n\
         \tchain prerouting {{\n\
         \t\ttype filter hook prerouting priority filter; policy accept;\n\
         \t\tiifname vmap {{ {from} }}\n\
         \t}}\n\
         \tchain forward {{\n\
         \t\ttype filter hook forward priority filter; policy accept;\n\
         \t\tiifname {{ {all} }} accept\n\
         \t\toifname vmap {{ {to} }}\n\
         \t}}\n\
         \tchain output {{\n\
         \t\ttype filter hook output priority filter; policy accept;\n\
         \t\toifname vmap {{ {to} }}\n\
         \t}}\n\
         {chains}}}\n",
        identity = application.members[0].membership.identity,
        name = application.name,
    )
}

/// The TAP device of an interface.
fn device(network: &Network<'_>, position: usize) -> String {
    format!(
        "{}-{}",
        network.interfaces[position].member.name(),
        network.name
    )
}

/// The name of the table. nft reads letters, digits, and few other characters.
fn table(application: &str) -> String {
    let is_of_name = |character: char| match character.is_ascii_alphanumeric() {
        true => character,
        false => '_',
    };
    format!(
        "mirage_{}",
        application.chars().map(is_of_name).collect::<String>()
    )
}

/// What a unikernel sends.
fn from_unikernel(chains: &mut String, network: &Network<'_>, position: usize, device: &str) {
    let Interface { address, mac, .. } = &network.interfaces[position];
    let (address, mac) = (address.address, mac.text());
    let mac = mac.as_str();
    let _ = write!(
        chains,
        "\tchain from-{device} {{\n\
         \t\tether saddr != {mac} drop\n\
         \t\tether type arp arp saddr ether != {mac} drop\n\
         \t\tether type arp arp saddr ip != {{ {address}, 0.0.0.0 }} drop\n\
         \t\tether type arp accept\n\
         \t\tether type != ip drop\n\
         \t\tip saddr != {address} drop\n\
         \t\tip frag-off & 0x3fff != 0 drop\n",
    );
    let strangers = strangers(network);
    for link in &network.links {
        let (forwards, backwards) = (link.client, link.server);
        for protocol in link.protocol.each() {
            if forwards == Client::Unikernel(position) {
                let to = server(network, backwards);
                let rule = format!("ip daddr {to} {} dport {}", protocol.name(), link.port);
                accept(chains, &rule);
                accept(chains, &format!("ip daddr {to} ip protocol icmp"));
            }
            if backwards == Server::Unikernel(position) {
                let to = client(network, &strangers, forwards);
                accept(chains, &answer("daddr", &to, *protocol, link));
                accept(chains, &format!("ip daddr {to} ip protocol icmp"));
            }
        }
    }
    let _ = write!(chains, "\t\tdrop\n\t}}\n");
}

/// What is sent to a unikernel by what is none, such as the host.
fn to_unikernel(chains: &mut String, network: &Network<'_>, position: usize, device: &str) {
    let members: Vec<_> = addresses(network).map(|it| it.to_string()).collect();
    let _ = write!(
        chains,
        "\tchain to-{device} {{\n\
         \t\tether type arp accept\n\
         \t\tether type != ip drop\n\
         \t\tip saddr {{ {} }} drop\n",
        members.join(", ")
    );
    for link in &network.links {
        for protocol in link.protocol.each() {
            match (link.client, link.server) {
                (Client::Outside, Server::Unikernel(to)) if to == position => {
                    accept(chains, &format!("{} dport {}", protocol.name(), link.port));
                    accept(chains, "ip protocol icmp");
                }
                (Client::Unikernel(from), Server::Address(address)) if from == position => {
                    accept(
                        chains,
                        &answer("saddr", &address.to_string(), *protocol, link),
                    );
                    accept(chains, "ip protocol icmp");
                }
                _ => {}
            }
        }
    }
    let _ = write!(chains, "\t\tdrop\n\t}}\n");
}

/// What comes back along a link.
fn answer(direction: &str, address: &str, protocol: Protocol, link: &Link) -> String {
    let rule = format!(
        "ip {direction} {address} {} sport {}",
        protocol.name(),
        link.port
    );
    match protocol {
        Protocol::Tcp => format!("{rule} {NOT_OPENING}"),
        Protocol::Udp | Protocol::Both => rule,
    }
}

fn accept(chains: &mut String, rule: &str) {
    let rule = format!("\t\t{rule} accept\n");
    let chain = chains.rfind("\tchain ").unwrap_or_default();
    // Two links may need the same.
    if !chains[chain..].contains(&rule) {
        chains.push_str(&rule);
    }
}

fn addresses<'a>(network: &'a Network<'_>) -> impl Iterator<Item = Ipv4Addr> + 'a {
    let interfaces = network.interfaces.iter();
    interfaces.map(|interface| interface.address.address)
}

/// Everyone who is no unikernel of the network.
fn strangers(network: &Network<'_>) -> String {
    let members: Vec<_> = addresses(network).map(|it| it.to_string()).collect();
    format!("!= {{ {} }}", members.join(", "))
}

fn server(network: &Network<'_>, server: Server) -> String {
    match server {
        Server::Unikernel(to) => network.interfaces[to].address.address.to_string(),
        Server::Address(address) => address.to_string(),
    }
}

fn client(network: &Network<'_>, strangers: &str, client: Client) -> String {
    match client {
        Client::Unikernel(from) => network.interfaces[from].address.address.to_string(),
        Client::Outside => strangers.into(),
    }
}
