//! Keys: a row for each, from which reading and the checks of constants follow.
//!
//! The rows are in `image`, `interface`, `disk` and `port`. The names of properties are those of their
//! fields in `mirage_graph::graph`, from which the manifest follows.

use super::group;
use crate::{
    context::Context,
    lookup::unknown,
    per_target::PerTarget,
    syntax::{Form, Item},
};
use mirage_graph::{
    diagnostic::{Diagnostic, DiagnosticKind, Unknown},
    graph::SpanId,
};
use proc_macro2::TokenStream;
use quote::ToTokens;
use std::collections::BTreeMap;
use syn::{Expr, Lit};

/// A key of a configuration `C`. `S` are the keys with their own syntax.
pub(super) struct Key<C, S> {
    pub(super) name: &'static str,
    /// An item with this key.
    pub(super) example: &'static str,
    pub(super) value: Value<C, S>,
}

pub(super) enum Value<C, S> {
    /// A property, by the function that reads it into its field.
    Property(fn(&Item, &str, &mut PerTarget<C>, &mut Context)),
    /// A value with its own syntax.
    Special(S),
}

/// Defines a table of keys, a row for each: the name, an item with it, and the value. That is a function
/// of `property` with the rule and the field, or a syntax of its own.
macro_rules! keys {
    ($($name:tt $example:tt $value:ident($rule:expr) $($field:ident).*;)*) => {
        &[$(
            crate::config::key::Key {
                name: $name,
                example: $example,
                value: crate::config::key::keys!(@ $value($rule) $($field).*),
            },
        )*]
    };
    (@ special($syntax:expr)) => { crate::config::key::Value::Special($syntax) };
    (@ $read:ident($rule:expr) $($field:ident).+) => {
        crate::config::key::Value::Property(|item, example, config, context| {
            let items = crate::choice::items(item, context);
            let value = items
                .map(|item| crate::config::property::$read(&item, example, &$rule, context));
            config.set(value, |config, value| config.$($field).+ = Some(value));
        })
    };
}

pub(super) use keys;

impl<C, S> Key<C, S> {
    /// Reads the value of an item into `config`. Returns a key with its own syntax instead.
    pub(super) fn read(
        &self,
        item: &Item,
        config: &mut PerTarget<C>,
        context: &mut Context,
    ) -> Option<&S> {
        match &self.value {
            Value::Special(syntax) => return Some(syntax),
            Value::Property(read) => read(item, self.example, config, context),
        }
        None
    }
}

/// Reads the items of a group by its keys. Returns whether none was invalid.
pub(super) fn read_group<'a, C: 'a, S: 'a>(
    keys: impl Iterator<Item = &'a Key<C, S>>,
    contents: TokenStream,
    context: &mut Context,
    mut read: impl FnMut(&'a Key<C, S>, &Item, &mut Context) -> bool,
) -> bool {
    let keys: Vec<_> = keys.collect();
    let (items, mut complete) = group::items(contents, "key = value", context);
    let mut seen = Keys::new(keys.iter().map(|key| key.name));
    for item in &items {
        let known = seen.take(item, context);
        let key = known.and_then(|_| keys.iter().find(|key| key.name == item.name()));
        complete &= key.is_some_and(|key| read(key, item, context));
    }
    complete
}

/// The key of an item, if it is one of `keys`.
pub(super) fn find<'a, C, S>(keys: &'a [Key<C, S>], item: &Item) -> Option<&'a Key<C, S>> {
    let name = item.name();
    keys.iter().find(|key| key.name == name)
}

/// The key for which other systems have this name.
fn synonym(name: &str) -> Option<&'static str> {
    Some(match name {
        "ipv6" => "ip6",
        "ipv6_gateway" | "gateway_ipv6" => "gateway6",
        "addr" | "address" | "ip_address" | "ipv4" => "ip",
        "eth" | "interface" | "network" | "nic" => "net",
        "route" | "router" => "gateway",
        "dns_servers" | "name_servers" | "nameserver" | "nameservers" | "resolver" => "dns",
        "disk" | "storage" | "volume" => "block",
        "ram" => "memory",
        "level" | "loglevel" | "verbosity" => "log",
        "arguments" | "boot_args" => "args",
        "hostname" => "name",
        _ => return None,
    })
}

/// The keys that may stand in a group or at the top level, and those that have occurred.
#[derive(Default)]
pub(crate) struct Keys {
    names: Vec<&'static str>,
    seen: BTreeMap<String, SpanId>,
}

impl Keys {
    pub(crate) fn new(names: impl IntoIterator<Item = &'static str>) -> Self {
        Self {
            names: names.into_iter().collect(),
            seen: BTreeMap::new(),
        }
    }

    /// Whether an item has one of these keys.
    pub(super) fn contains(&self, item: &Item) -> bool {
        let name = item.name();
        item.hyphenated.is_none() && self.names.iter().any(|known| *known == name)
    }

    /// The key of an item, which is none of these.
    pub(super) fn unknown(&self, item: &Item) -> Unknown {
        let written = item.written_key().to_string().replace(' ', "");
        let mut unknown = unknown(written, self.names.iter().copied());
        if let Some(key) = synonym(&item.name())
            && self.names.contains(&key)
        {
            unknown.nearest = Some(key.into());
        } else if let Form::Value(Expr::Lit(literal)) = &item.form
            && matches!(literal.lit, Lit::Int(_))
            && unknown.nearest.is_none()
            && self.names.contains(&"tcp")
        {
            // A port is declared in a group.
            unknown.nearest = Some(format!(
                "tcp({} = {})",
                item.name(),
                literal.to_token_stream()
            ));
        }
        unknown
    }

    /// Adds the key of an item, one of these or another. `None` if it has occurred before, which is
    /// reported.
    pub(crate) fn add(&mut self, item: &Item, context: &mut Context) -> Option<SpanId> {
        let (name, span) = (item.name(), context.spans.span_id(item.written_key()));
        // An invalid item has one error.
        if let Some(first) = self.seen.get(&name)
            && !matches!(item.form, Form::Invalid)
        {
            let diagnostic = Diagnostic::new(DiagnosticKind::DuplicateKey(name), span);
            context.report(diagnostic.with(*first, "the first is"));
            return None;
        }
        self.seen.insert(name, span);
        Some(span)
    }

    /// Adds the key of an item. `None` if it is none of these or has occurred before, which is reported.
    pub(crate) fn take(&mut self, item: &Item, context: &mut Context) -> Option<SpanId> {
        let span = self.add(item, context)?;
        if self.contains(item) {
            return Some(span);
        }
        // An invalid item has one error.
        if !matches!(item.form, Form::Invalid) {
            let kind = DiagnosticKind::UnknownKey(self.unknown(item));
            context.error_at(kind, span);
        }
        None
    }
}
