//! The plan for people.

use crate::application::{Application, Network};
use mirage_graph::application::OUTSIDE;
use mirage_switch::{Client, Server};
use std::fmt::Write;

/// Returns the unikernels with their addresses, and the links.
pub(super) fn table(application: &Application) -> String {
    let membership = &application.members[0].membership;
    let mut rows = vec![["unikernel", "network", "address", "MAC address"].map(String::from)];
    let networks = Network::all(application);
    for network in &networks {
        for interface in &network.interfaces {
            rows.push([
                interface.member.name().into(),
                network.name.into(),
                interface.address.to_string(),
                interface.mac.text().as_str().into(),
            ]);
        }
    }
    let mut links = vec![["from", "to", "port", "network"].map(String::from)];
    for network in &networks {
        let name = |position: usize| network.interfaces[position].member.name().to_string();
        for link in &network.links {
            let from = match link.client {
                Client::Unikernel(from) => name(from),
                Client::Outside => OUTSIDE.into(),
            };
            let to = match link.server {
                Server::Unikernel(to) => name(to),
                Server::Address(address) => address.to_string(),
            };
            let port = format!("{} {}", link.protocol.acronym(), link.port);
            links.push([from, to, port, network.name.into()]);
        }
    }
    let mut text = format!(
        "{}, plan {}\n\n",
        membership.application, membership.identity
    );
    write(&mut text, &rows);
    text += "\n";
    write(&mut text, &links);
    text
}

/// Writes rows with columns of equal width.
fn write(text: &mut String, rows: &[[String; 4]]) {
    let width = |column: usize| rows.iter().map(|row| row[column].len()).max().unwrap_or(0);
    let widths = [0, 1, 2, 3].map(width);
    for row in rows {
        let mut line = String::new();
        for (cell, width) in row.iter().zip(widths) {
            let _ = write!(line, "{cell:width$}  ");
        }
        text.push_str(line.trim_end());
        text.push('\n');
    }
}
