//! What `__planned` is called with.

use crate::membership::Client;
use crate::span::{Tokens, respanned};
use mirage_graph::{graph::Remote, port::Protocol, restart::Restart};
use proc_macro2::{Ident, TokenStream, TokenTree};
use std::net::{Ipv4Addr, SocketAddrV4};
use syn::{
    LitInt, LitStr, Token, bracketed,
    parse::{Parse, ParseStream, Parser},
    punctuated::Punctuated,
};

/// What follows from the plan for a unikernel.
pub(crate) struct Planned {
    /// The application.
    pub(crate) application: String,
    /// The unikernel's name.
    pub(crate) unikernel: String,
    /// The identity of the plan.
    pub(crate) identity: String,
    /// When it is started again.
    pub(crate) restart: Restart,
    /// The names of all unikernels.
    pub(crate) unikernels: Vec<String>,
    /// The items of the attribute.
    pub(crate) items: TokenStream,
    /// The ports.
    pub(crate) openings: Vec<Opening>,
    /// The links that begin at it.
    pub(crate) links: Vec<Link>,
    /// The addresses of the other unikernels.
    pub(crate) members: Vec<Ipv4Addr>,
    /// The path in the attribute.
    pub(crate) path: TokenStream,
}

/// A port of the unikernel.
pub(crate) struct Opening {
    pub(crate) port: String,
    /// The interfaces on which it listens, by position.
    pub(crate) interfaces: Vec<usize>,
    /// Who may use it, with the names.
    pub(crate) clients: Vec<(String, Client)>,
}

/// A link to another unikernel, or to the outside.
pub(crate) struct Link {
    pub(crate) name: Ident,
    pub(crate) remote: Remote,
    /// The interface by which it leads, by position.
    pub(crate) interface: usize,
}

/// The contents of the groups that a macro of a plan passes on.
pub(super) fn groups(tokens: TokenStream) -> [TokenStream; 5] {
    let mut groups = tokens.into_iter().filter_map(|tree| match tree {
        TokenTree::Group(group) => Some(group.stream()),
        _ => None,
    });
    [(); 5].map(|()| groups.next().unwrap_or_default())
}

/// Reads what follows from the plan. `None` if the plan is invalid, of which nothing follows.
pub(super) fn planned(plan: TokenStream, path: &TokenStream) -> Option<Planned> {
    // The plan's tokens come out of a `macro_rules!`. Names of their nodes are those of the user's parameters.
    let user = Tokens::new(path.clone()).first;
    let plan = respanned(plan, &|span| span.resolved_at(user));
    let read = |input: ParseStream<'_>| {
        let (application, unikernel): (LitStr, LitStr) = (input.parse()?, input.parse()?);
        let (identity, restart): (LitStr, LitStr) = (input.parse()?, input.parse()?);
        let (unikernels, items);
        bracketed!(unikernels in input);
        let unikernels = Punctuated::<LitStr, Token![,]>::parse_terminated(&unikernels)?;
        syn::braced!(items in input);
        let items = items.parse()?;
        let (openings, links, members);
        bracketed!(openings in input);
        bracketed!(links in input);
        bracketed!(members in input);
        let members = Punctuated::<LitStr, Token![,]>::parse_terminated(&members)?;
        Ok(Planned {
            application: application.value(),
            unikernel: unikernel.value(),
            identity: identity.value(),
            restart: Restart::from_name(&restart.value()).unwrap_or_default(),
            unikernels: unikernels.iter().map(LitStr::value).collect(),
            items,
            openings: all(&openings)?,
            links: all(&links)?,
            members: members
                .iter()
                .filter_map(|address| address.value().parse().ok())
                .collect(),
            path: path.clone(),
        })
    };
    read.parse2(plan).ok()
}

fn all<T: Parse>(input: ParseStream<'_>) -> syn::Result<Vec<T>> {
    let mut found = Vec::new();
    while !input.is_empty() {
        found.push(input.parse()?);
    }
    Ok(found)
}

impl Parse for Opening {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let port: LitStr = input.parse()?;
        let (interfaces, clients);
        bracketed!(interfaces in input);
        bracketed!(clients in input);
        let clients = Punctuated::<LitStr, Token![,]>::parse_terminated(&clients)?;
        let clients = clients.iter().map(|client| {
            let client = client.value();
            let (name, address) = client.split_once(' ').unwrap_or((&client, ""));
            let client = address.parse().map_or(Client::Outside, Client::Host);
            (name.to_string(), client)
        });
        let interfaces = Punctuated::<LitInt, Token![,]>::parse_terminated(&interfaces)?;
        let interfaces = interfaces.iter().map(LitInt::base10_parse);
        Ok(Self {
            port: port.value(),
            interfaces: interfaces.collect::<syn::Result<_>>()?,
            clients: clients.collect(),
        })
    }
}

impl Parse for Link {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let (name, protocol): (Ident, LitStr) = (input.parse()?, input.parse()?);
        let (address, to): (LitStr, LitStr) = (input.parse()?, input.parse()?);
        let interface: LitInt = input.parse()?;
        let written = protocol.value();
        let protocols = [Protocol::Tcp, Protocol::Udp, Protocol::Both];
        let protocol = protocols.into_iter().find(|each| each.name() == written);
        let parsed: Option<SocketAddrV4> = address.value().parse().ok();
        let (Some(protocol), Some(parsed)) = (protocol, parsed) else {
            return Err(input.error("a link"));
        };
        Ok(Self {
            name,
            remote: Remote {
                to: to.value(),
                protocol,
                address: parsed,
            },
            interface: interface.base10_parse()?,
        })
    }
}
