//! The plan as rules of nftables for bridges: what the switch of `up` does, in the host's kernel.
//!
//! The interface of a unikernel is the TAP device `UNIKERNEL-NETWORK`. The rules keep no state: a segment that opens a
//! connection goes along a link, and others go along it in either direction.

use crate::{
    application::{Application, Interface, Network},
    failure::{Failure, Result},
};
use mirage_graph::{address::InterfaceAddress, port::Protocol};
use mirage_switch::{Client, Link, Server};
use std::{fmt::Write, net::Ipv4Addr};

/// Matches segments that do not open a connection.
const NOT_OPENING: &str = "tcp flags & (syn | ack) != syn";

/// The longest name of an interface of Linux, in bytes.
const MAX_DEVICE_LEN: usize = 15;

/// Returns a file for `nft -f`.
///
/// # Errors
/// The name of a TAP device would be too long.
pub(super) fn rules(application: &Application) -> Result<String> {
    let networks = Network::all(application);
    let members = Members::from_networks(&networks);
    let mut chains = String::new();
    let mut devices = Vec::new();
    for network in &networks {
        for position in 0..network.interfaces.len() {
            let device = device(network, position)?;
            let rules = Rules {
                network,
                position,
                members: &members,
            };
            rules.sent(&mut chains, &device);
            rules.received(&mut chains, &device);
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
    Ok(format!(
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
    ))
}

/// The TAP device of an interface.
fn device(network: &Network<'_>, position: usize) -> Result<String> {
    let unikernel = network.interfaces[position].member.name();
    let device = format!("{unikernel}-{}", network.name);
    match device.len() <= MAX_DEVICE_LEN {
        true => Ok(device),
        false => Err(Failure::new(format_args!(
            "the name of the TAP device `{device}` is longer than {MAX_DEVICE_LEN} bytes"
        ))
        .help("shorten the name of the unikernel or the network")),
    }
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

/// All unikernels of the application, as sets of nftables.
struct Members {
    addresses: String,
    macs: String,
}

impl Members {
    fn from_networks(networks: &[Network<'_>]) -> Self {
        let interfaces = || networks.iter().flat_map(|network| &network.interfaces);
        let addresses = interfaces().map(|interface| interface.address.address.to_string());
        let macs = interfaces().map(|interface| interface.mac.text().as_str().to_string());
        Self {
            addresses: set(addresses),
            macs: set(macs),
        }
    }
}

fn set(elements: impl Iterator<Item = String>) -> String {
    format!("{{ {} }}", elements.collect::<Vec<_>>().join(", "))
}

/// The rules of an interface.
struct Rules<'a> {
    network: &'a Network<'a>,
    position: usize,
    members: &'a Members,
}

impl Rules<'_> {
    /// What the unikernel sends.
    fn sent(&self, chains: &mut String, device: &str) {
        let own = &self.network.interfaces[self.position];
        let (address, mac) = (own.address.address, own.mac.text());
        let mac = mac.as_str();
        let broadcast = broadcast(own.address);
        let broadcast = broadcast.map_or_else(String::new, |address| format!(", {address}"));
        let _ = write!(
            chains,
            "\tchain from-{device} {{\n\
             \t\tether saddr != {mac} drop\n\
             \t\tether type arp arp saddr ether != {mac} drop\n\
             \t\tether type arp arp saddr ip != {{ {address}, 0.0.0.0 }} drop\n"
        );
        for asked in self.asked() {
            accept(chains, &format!("ether type arp arp daddr ip {asked}"));
        }
        let _ = write!(
            chains,
            "\t\tether type != ip drop\n\
             \t\tip saddr != {address} drop\n\
             \t\tip daddr {{ 224.0.0.0/4, 255.255.255.255{broadcast} }} drop\n\
             \t\tip frag-off & 0x3fff != 0 drop\n",
        );
        for link in &self.network.links {
            for protocol in link.protocol.each() {
                if link.client == Client::Unikernel(self.position) {
                    let to = self.server(link.server);
                    let port = format!("{} dport {}", protocol.name(), link.port);
                    accept(chains, &format!("{to} {port}"));
                    accept(chains, &format!("{to} ip protocol icmp"));
                }
                if link.server == Server::Unikernel(self.position) {
                    let to = self.client(link.client);
                    accept(chains, &format!("{to} {}", answer(*protocol, link)));
                    accept(chains, &format!("{to} ip protocol icmp"));
                }
            }
        }
        let _ = write!(chains, "\t\tdrop\n\t}}\n");
    }

    /// Whom the unikernel asks for their MAC addresses: itself, those with a link, and the outside.
    fn asked(&self) -> Vec<String> {
        let address = |position: usize| self.network.interfaces[position].address.address;
        let mut asked = vec![address(self.position).to_string()];
        for link in &self.network.links {
            match (link.client, link.server) {
                (Client::Unikernel(from), Server::Unikernel(to)) if from == self.position => {
                    asked.push(address(to).to_string());
                }
                (Client::Unikernel(from), Server::Unikernel(to)) if to == self.position => {
                    asked.push(address(from).to_string());
                }
                _ => {}
            }
        }
        if self.network.has_outside(self.position) {
            asked.push(format!("!= {}", self.members.addresses));
        }
        asked
    }

    /// What is sent to the unikernel by what is none, such as the host.
    fn received(&self, chains: &mut String, device: &str) {
        let members = &self.members.addresses;
        let _ = write!(
            chains,
            "\tchain to-{device} {{\n\
             \t\tether type arp arp saddr ip {members} drop\n\
             \t\tether type arp accept\n\
             \t\tether type != ip drop\n\
             \t\tip saddr {members} drop\n\
             \t\tip frag-off & 0x3fff != 0 drop\n"
        );
        for link in &self.network.links {
            for protocol in link.protocol.each() {
                match (link.client, link.server) {
                    (Client::Outside, Server::Unikernel(to)) if to == self.position => {
                        accept(chains, &format!("{} dport {}", protocol.name(), link.port));
                        accept(chains, "ip protocol icmp");
                    }
                    (Client::Unikernel(from), Server::Address(address))
                        if from == self.position =>
                    {
                        let answer = answer(*protocol, link);
                        accept(chains, &format!("ip saddr {address} {answer}"));
                        accept(chains, "ip protocol icmp");
                    }
                    _ => {}
                }
            }
        }
        let _ = write!(chains, "\t\tdrop\n\t}}\n");
    }

    /// The destination of what goes to a server.
    fn server(&self, server: Server) -> String {
        match server {
            Server::Unikernel(to) => self.unikernel(to),
            Server::Address(address) => {
                format!("ether daddr != {} ip daddr {address}", self.members.macs)
            }
        }
    }

    /// The destination of what goes to a client.
    fn client(&self, client: Client) -> String {
        match client {
            Client::Unikernel(from) => self.unikernel(from),
            Client::Outside => {
                let Members { addresses, macs } = self.members;
                format!("ether daddr != {macs} ip daddr != {addresses}")
            }
        }
    }

    fn unikernel(&self, position: usize) -> String {
        let Interface { address, mac, .. } = &self.network.interfaces[position];
        let (mac, address) = (mac.text(), address.address);
        format!("ether daddr {} ip daddr {address}", mac.as_str())
    }
}

/// The broadcast address of a network, which one of two addresses does not have (RFC 3021).
fn broadcast(address: InterfaceAddress) -> Option<Ipv4Addr> {
    let hosts = u32::MAX.checked_shr(address.prefix_length.into())?;
    (hosts > 1).then(|| Ipv4Addr::from_bits(address.network().address.to_bits() | hosts))
}

/// What comes back along a link.
fn answer(protocol: Protocol, link: &Link) -> String {
    let rule = format!("{} sport {}", protocol.name(), link.port);
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
