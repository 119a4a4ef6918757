//! The tokens of a plan as an [`Application`].

use super::{address, link};
use crate::{
    config::{self, Keys},
    context::Context,
    lookup,
    syntax::{self, Form, Item, pieces},
};
use mirage_graph::{
    application::{Address, Application, Interface, Member, Network, OUTSIDE, PlanError, Port},
    diagnostic::DiagnosticKind,
    graph::{ConfigValue, Spanned},
    port::Protocol,
    restart::Restart,
};
use proc_macro2::{Ident, TokenStream};
use quote::ToTokens;
use syn::ext::IdentExt;

/// The keys of a plan, each with an example.
const KEYS: [(&str, &str); 6] = [
    ("name", "name = \"shop\""),
    ("networks", "networks(front(ip = \"10.0.0.0/24\"))"),
    (
        "unikernels",
        "unikernels(web(front = \"10.0.0.2\", tcp(http = 80)))",
    ),
    ("links", "links(outside -> web.http)"),
    ("acyclic", "acyclic"),
    ("never", "never(outside -> db)"),
];

/// The key that says when a unikernel is started again.
const RESTART: &str = "restart";

/// The groups of a unikernel, each with an example.
const GROUPS: [(&str, &str); 4] = [
    ("tcp", "tcp(http = 80)"),
    ("udp", "udp(dns = 53)"),
    ("port", "port(dns = 53)"),
    ("block", "block(data(size = \"64MiB\"))"),
];

/// What is written.
pub(super) struct Plan {
    pub(super) application: Application,
    /// The name of each unikernel, and its groups: ports and disks.
    pub(super) unikernels: Vec<(Ident, Vec<Item>)>,
}

/// Reads the plan.
pub(super) fn read(tokens: TokenStream, context: &mut Context) -> Plan {
    // The first span of the table.
    context.spans.span_id(TokenStream::new());
    let items = syntax::items(tokens, "name = \"shop\"", context);
    let mut reader = Reader {
        application: Application::default(),
        unikernels: Vec::new(),
        context,
    };
    let mut keys = Keys::new(KEYS.map(|(key, _)| key));
    let errors = reader.context.diagnostics().len();
    for item in &items {
        if keys.take(item, reader.context).is_some() {
            reader.item(item);
        }
    }
    let application = &mut reader.application;
    // What seems to be missing may be in an item with an error.
    let has_errors = reader.context.diagnostics().len() > errors;
    let has = |key: &str| items.iter().any(|item| item.name() == key);
    application.lacks_networks |= !has("networks") && has_errors;
    application.lacks_unikernels |= !has("unikernels") && has_errors;
    application.lacks_links |= !has("links") && has_errors;
    for (key, example) in [KEYS[0], KEYS[1], KEYS[2]] {
        if !has(key) && !has_errors {
            let kind = DiagnosticKind::NoValue("application!".into(), example.into());
            reader.context.error(kind, TokenStream::new());
            application.lacks_networks = true;
            application.lacks_unikernels = true;
            break;
        }
    }
    Plan {
        application: reader.application,
        unikernels: reader.unikernels,
    }
}

struct Reader<'a> {
    application: Application,
    unikernels: Vec<(Ident, Vec<Item>)>,
    context: &'a mut Context,
}

impl Reader<'_> {
    fn item(&mut self, item: &Item) {
        let name = item.name();
        let example = KEYS.iter().find(|(key, _)| *key == name);
        let example = example.map_or("", |(_, example)| *example);
        match name.as_str() {
            "name" => {
                let name = config::image_name(item, example, self.context);
                self.application.name = name.unwrap_or_default();
            }
            "acyclic" => match item.form {
                Form::Bare => {
                    self.application.acyclic = Some(self.context.spans.span_id(&item.key));
                }
                Form::Invalid => {}
                Form::Value(_) | Form::Group(_) => {
                    let kind = DiagnosticKind::WrongForm(name, example.into());
                    self.context.error(kind, item.value());
                }
            },
            "networks" => {
                let (members, is_complete) = self.members(item, example);
                self.application.lacks_networks = !is_complete;
                for member in members {
                    self.network(&member);
                }
            }
            "unikernels" => {
                let (members, is_complete) = self.members(item, example);
                self.application.lacks_unikernels = !is_complete;
                for member in members {
                    self.unikernel(&member);
                }
            }
            _ => self.links(item, example),
        }
    }

    /// The members of `networks(…)` or `unikernels(…)`. Also returns whether none was invalid.
    fn members(&mut self, item: &Item, example: &str) -> (Vec<Item>, bool) {
        let Some(contents) = config::contents(item, example, self.context) else {
            return (Vec::new(), false);
        };
        let errors = self.context.diagnostics().len();
        let mut members = syntax::items(contents, "NAME(…)", self.context);
        let mut is_complete = self.context.diagnostics().len() == errors;
        if members.is_empty() && is_complete {
            let kind = DiagnosticKind::NoValue(item.name(), example.into());
            self.context.error(kind, &item.key);
            is_complete = false;
        }
        members.retain(|member| {
            member.check_name(self.context);
            let name = member.name();
            let is_reserved = name == OUTSIDE
                || name == RESTART
                || config::is_built_in(&name)
                || GROUPS.iter().any(|(group, _)| *group == name);
            if is_reserved {
                self.context.error(PlanError::Reserved(name), &member.key);
                is_complete = false;
            }
            !is_reserved
        });
        (members, is_complete)
    }

    fn network(&mut self, item: &Item) {
        let name = self.context.spans.spanned(item.name(), &item.key);
        let mut network = Network {
            name,
            address: None,
            gateway: None,
        };
        let example = format!("{}(ip = \"10.0.0.0/24\")", item.name());
        if let Some(contents) = config::contents(item, &example, self.context) {
            let errors = self.context.diagnostics().len();
            let items = syntax::items(contents, "ip = \"10.0.0.0/24\"", self.context);
            let mut keys = Keys::new(["ip", "gateway"]);
            for item in &items {
                if keys.take(item, self.context).is_none() {
                    continue;
                }
                match item.name().as_str() {
                    "ip" => {
                        network.address = self.text(item, "ip = \"10.0.0.0/24\"", address::network)
                    }
                    _ => network.gateway = self.text(item, "gateway = \"10.0.0.1\"", address::host),
                }
            }
            let has_address = items.iter().any(|item| item.name() == "ip");
            if !has_address && self.context.diagnostics().len() == errors {
                let kind = DiagnosticKind::NoValue(item.name(), example);
                self.context.error(kind, &item.key);
            }
        }
        self.application.networks.push(network);
    }

    /// The value of `key = "text"`. An invalid one is reported.
    fn text<T, E: Into<DiagnosticKind>>(
        &mut self,
        item: &Item,
        example: &str,
        parse: impl Fn(&str) -> Result<T, E>,
    ) -> Option<Spanned<T>> {
        let Spanned { value, span } = config::text(item, example, self.context);
        let value = self.context.valid(parse(&value?), span)?;
        Some(Spanned::new(value, span))
    }

    fn unikernel(&mut self, item: &Item) {
        let name = self.context.spans.spanned(item.name(), &item.key);
        let mut member = Member {
            name,
            interfaces: Vec::new(),
            ports: Vec::new(),
            disks: Vec::new(),
            restart: Restart::default(),
            is_incomplete: false,
        };
        let mut groups = Vec::new();
        let example = format!("{}(front = \"10.0.0.2\", tcp(http = 80))", item.name());
        match config::contents(item, &example, self.context) {
            None => member.is_incomplete = true,
            Some(contents) => {
                let errors = self.context.diagnostics().len();
                let items = syntax::items(contents, "NETWORK = \"10.0.0.2\"", self.context);
                member.is_incomplete = self.context.diagnostics().len() > errors;
                let mut keys = Keys::default();
                for item in items {
                    if keys.add(&item, self.context).is_none() {
                        member.is_incomplete = true;
                        continue;
                    }
                    if item.name() == RESTART {
                        let example = "restart = \"on-failure\"";
                        let restart =
                            self.text(&item, example, |name| lookup::restart(name.into()));
                        member.restart = restart.map_or(Restart::default(), |it| it.value);
                    } else if GROUPS.iter().any(|(group, _)| *group == item.name()) {
                        member.is_incomplete |= !self.group(&item, &mut member);
                        groups.push(item);
                    } else {
                        self.interface(&item, &mut member);
                    }
                }
            }
        }
        self.unikernels.push((item.key.clone(), groups));
        self.application.unikernels.push(member);
    }

    /// Reads ports or disks. Returns whether none was invalid.
    fn group(&mut self, item: &Item, member: &mut Member) -> bool {
        let name = item.name();
        let example = GROUPS.iter().find(|(group, _)| *group == name);
        let example = example.map_or("", |(_, example)| *example);
        let protocol = match name.as_str() {
            "tcp" => Protocol::Tcp,
            "udp" => Protocol::Udp,
            "port" => Protocol::Both,
            _ => {
                if !matches!(item.form, Form::Group(_) | Form::Invalid) {
                    let kind = DiagnosticKind::WrongForm(name, example.into());
                    self.context.error(kind, item.value());
                    return false;
                }
                let (disks, is_complete) = config::disks(item, self.context);
                let disks = disks.into_iter();
                member
                    .disks
                    .extend(disks.map(|disk| Spanned::new(disk.name, disk.span)));
                return is_complete;
            }
        };
        let (ports, is_complete) = config::ports(item, protocol, example, self.context);
        for port in ports {
            let mut numbers = port.config.values().map(|config| config.number);
            let number = numbers.next().flatten();
            let number = number.and_then(|number| match number.value {
                ConfigValue::Known(value) => Some(Spanned::new(value, number.span)),
                _ => None,
            });
            if port.config.differs() {
                // `match target`, which would give the links another port on each target.
                self.context.error(PlanError::NotALiteral, &port.name);
            }
            member.ports.push(Port {
                name: self
                    .context
                    .spans
                    .spanned(port.name.unraw().to_string(), &port.name),
                protocol,
                number,
            });
        }
        is_complete
    }

    /// Reads `NETWORK = "10.0.0.2"`, or `NETWORK` for an address that follows from the names.
    fn interface(&mut self, item: &Item, member: &mut Member) {
        let name = item.name();
        let address = match &item.form {
            Form::Bare => Address::OfName,
            Form::Invalid => Address::Unread,
            Form::Value(_) => {
                let example = format!("{name} = \"10.0.0.2\"");
                let address = self.text(item, &example, address::host);
                address.map_or(Address::Unread, Address::Literal)
            }
            Form::Group(group) => {
                let is_network = |network: &Network| network.name.value == name;
                let mut networks = self.application.networks.iter();
                let kind = match networks.any(is_network) {
                    true => {
                        let example = format!("{name} = \"10.0.0.2\"");
                        DiagnosticKind::WrongForm(name.clone(), example)
                    }
                    false => {
                        let groups = GROUPS.map(|(group, _)| group);
                        DiagnosticKind::UnknownKey(crate::lookup::unknown(name, groups))
                    }
                };
                let is_key = matches!(kind, DiagnosticKind::UnknownKey(_));
                let tokens = match is_key {
                    true => item.written_key(),
                    false => group.to_token_stream(),
                };
                self.context.error(kind, tokens);
                member.is_incomplete = true;
                if is_key {
                    return;
                }
                Address::Unread
            }
        };
        member.interfaces.push(Interface {
            network: self.context.spans.spanned(item.name(), &item.key),
            address,
        });
    }

    /// Reads `links(…)` or `never(…)`.
    fn links(&mut self, item: &Item, example: &str) {
        let is_links = item.name() == "links";
        let Some(contents) = config::contents(item, example, self.context) else {
            self.application.lacks_links |= is_links;
            return;
        };
        if !is_links {
            for piece in pieces(contents, link::RULE, self.context) {
                let rule = link::never(piece, self.context);
                self.application.never.extend(rule);
            }
            return;
        }
        let errors = self.context.diagnostics().len();
        for piece in pieces(contents, link::LINK, self.context) {
            let link = link::link(piece, self.context);
            self.application.links.extend(link);
        }
        self.application.lacks_links |= self.context.diagnostics().len() > errors;
    }
}
