//! Received messages of neighbour discovery.

use super::output::Ipv6Output;
use crate::{
    messages::log,
    net::{
        drops::DropReason,
        link::Transmit,
        neighbour::{Conflict, Discovery, MacAddress, Question, Received},
    },
};
use core::net::Ipv6Addr;
use smoltcp::wire::EthernetAddress;

/// Processes a message of neighbour discovery.
pub(super) fn receive(
    output: &mut Ipv6Output<'_, impl Transmit>,
    sender: MacAddress,
    received: &Received<'_>,
) -> Result<(), DropReason> {
    let Ipv6Output {
        ipv6,
        ip,
        now,
        transmitter,
    } = output;
    let now = *now;
    let discovery = Discovery::parse(received)?;
    // A hub or bridge has sent it back.
    if sender == ipv6.mac {
        return Ok(());
    }
    match discovery {
        Discovery::Advertisement {
            target,
            mac,
            solicited,
            overrides,
        } => {
            if let Some(conflict) = ipv6.addresses.on_conflict(now, target) {
                ip.generation += 1;
                report(target, mac.unwrap_or(sender), conflict);
                return Ok(());
            }
            let flags = (solicited, overrides);
            let drops = &mut ip.drops;
            let neighbours = &mut ipv6.neighbours;
            neighbours.on_advertisement(now, (target, mac), flags, *transmitter, drops);
        }
        Discovery::Solicitation {
            source,
            target,
            mac,
        } => {
            let is_detection = source.is_unspecified();
            // Both hosts ask whether the other one has it.
            if is_detection && !ipv6.addresses.overrides(target) {
                if let Some(conflict) = ipv6.addresses.on_conflict(now, target) {
                    ip.generation += 1;
                    report(target, sender, conflict);
                }
                return Ok(());
            }
            if ipv6.addresses.is_usable(source) {
                return Err(DropReason::SourceLocal);
            }
            if !ipv6.addresses.is_usable(target) {
                return Ok(());
            }
            let question = Question {
                source,
                sender,
                mac,
                target,
                is_on_link: ipv6.routes.is_on_link(source),
                overrides: ipv6.addresses.overrides(target),
            };
            let drops = &mut ip.drops;
            ipv6.neighbours
                .on_solicitation(now, &question, *transmitter, drops);
        }
    }
    Ok(())
}

/// Logs that another host uses an address of this host.
#[cold]
fn report(address: Ipv6Addr, mac: MacAddress, conflict: Conflict) {
    let mac = EthernetAddress(mac);
    match conflict {
        Conflict::Defended => log!(Warn, "{mac} uses the address {address}, too"),
        Conflict::Repeated => {}
        Conflict::Lost => log!(Error, "{address} is given up: {mac} uses it"),
    }
}
