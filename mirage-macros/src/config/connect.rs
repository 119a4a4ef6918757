//! To whom a unikernel without a plan connects: `outgoing = "none"`, `connect(payments = "192.0.2.7:443")`.

use super::{group, value};
use crate::{
    context::Context,
    lookup,
    membership::{Outgoing, Peer, Remote},
    syntax::{self, Form, Item},
};
use mirage_graph::{
    address,
    diagnostic::{DiagnosticKind, Wanted},
    graph::{self, Spanned},
    port::Protocol,
    value_error::{Excerpt, ValueError},
};
use std::net::{Ipv4Addr, SocketAddrV4};

/// The peer that is everyone.
const ANY: &str = "any";

/// Reads `outgoing = "none"`.
pub(super) fn outgoing(item: &Item, example: &str, context: &mut Context) -> Option<Outgoing> {
    let Spanned { value, span } = value::text(item, example, context);
    let outgoing = match value?.as_str() {
        ANY => Ok(Outgoing::Any),
        "none" => Ok(Outgoing::None),
        other => {
            let unknown = lookup::unknown(other.into(), [ANY, "none"]);
            Err(DiagnosticKind::UnknownOutgoing(unknown))
        }
    };
    context.valid(outgoing, span)
}

/// The peers of `connect(…)`.
#[derive(Default)]
pub(super) struct Peers {
    /// Those with an address.
    pub(super) remotes: Vec<Remote>,
    /// The ports of everyone.
    pub(super) of_everyone: Vec<Peer>,
    /// Whether some may be missing because of an error.
    pub(super) is_incomplete: bool,
}

/// Reads the peers of `connect(…)`.
pub(super) fn peers(item: &Item, example: &str, context: &mut Context) -> Peers {
    let mut peers = Peers {
        is_incomplete: true,
        ..Peers::default()
    };
    let Some(contents) = group::contents(item, example, context) else {
        return peers;
    };
    let (items, complete) = group::items(contents, "name = \"192.0.2.7:443\"", context);
    if items.is_empty() && complete {
        let kind = DiagnosticKind::NoValue(item.name(), example.into());
        context.error(kind, &item.key);
        return peers;
    }
    peers.is_incomplete = !complete;
    for item in items {
        item.check_name(context);
        let Some((protocol, address, port)) = peer(&item, context) else {
            peers.is_incomplete = true;
            continue;
        };
        let Some(address) = address else {
            peers.of_everyone.push(Peer { protocol, port });
            continue;
        };
        let address = SocketAddrV4::new(address, port);
        peers.remotes.push(Remote {
            name: item.key,
            remote: graph::Remote {
                to: address.to_string(),
                protocol,
                address,
            },
            interface: None,
        });
    }
    peers
}

/// Reads `NAME = "192.0.2.7:443"`, `NAME = "any:443"`, or `NAME(udp = "any:53")`. The address is absent for `any`.
fn peer(item: &Item, context: &mut Context) -> Option<(Protocol, Option<Ipv4Addr>, u16)> {
    let example = format!("{} = \"192.0.2.7:443\"", item.name());
    let Form::Group(group) = &item.form else {
        let (address, port) = endpoint(item, &example, context)?;
        return Some((Protocol::Tcp, address, port));
    };
    let items = syntax::items(group.stream(), "udp = \"192.0.2.7:53\"", context);
    let protocols = [Protocol::Tcp, Protocol::Udp];
    if let [only] = items.as_slice()
        && let Some(protocol) = protocols
            .into_iter()
            .find(|each| each.name() == only.name())
    {
        let (address, port) = endpoint(only, "udp = \"192.0.2.7:53\"", context)?;
        return Some((protocol, address, port));
    }
    let example = format!("{}(udp = \"192.0.2.7:53\")", item.name());
    context.error(DiagnosticKind::WrongForm(item.name(), example), group);
    None
}

/// Reads an address, or `any`, and a port.
fn endpoint(item: &Item, example: &str, context: &mut Context) -> Option<(Option<Ipv4Addr>, u16)> {
    let Form::Value(_) = &item.form else {
        let kind = DiagnosticKind::WrongValue(item.name(), Wanted::Text, example.into());
        if !matches!(item.form, Form::Invalid) {
            context.error(kind, item.value());
        }
        return None;
    };
    let Spanned { value, span } = value::text(item, example, context);
    context.valid(parse(&value?), span)
}

fn parse(text: &str) -> Result<(Option<Ipv4Addr>, u16), ValueError> {
    let (address, port) = text.rsplit_once(':').unwrap_or((text, text));
    let address = match address {
        ANY => None,
        address => Some(address::gateway(address)?),
    };
    let valid = port.parse().ok().filter(|port: &u16| *port != 0);
    let port = valid.ok_or(ValueError::Port(Excerpt::from_source(port)))?;
    Ok((address, port))
}
