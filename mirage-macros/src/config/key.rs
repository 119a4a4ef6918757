//! Keys: a row for each, from which reading and the checks of constants follow.
//!
//! The rows are in `image`, `interface`, `disk` and `port`. The names of properties are those of their
//! fields in `mirage_graph::graph`, from which the manifest follows.

use super::{property, rule::TextRule};
use crate::{
    choice,
    context::Context,
    lookup::unknown,
    per_target::PerTarget,
    syntax::{Form, Item},
};
use mirage_graph::{
    diagnostic::{Diagnostic, DiagnosticKind},
    graph::{Optional, SpanId},
    mac_address::MacAddress,
    number::NumberRange,
};
use std::{collections::BTreeMap, net::Ipv4Addr};

/// A key of a configuration `C`. `S` are the keys with their own syntax.
pub(super) struct Key<C: 'static, S: 'static> {
    pub(super) name: &'static str,
    /// An item with this key.
    pub(super) example: &'static str,
    pub(super) value: Value<C, S>,
}

/// The value of a key: its rule and its field.
pub(super) enum Value<C: 'static, S: 'static> {
    Number(NumberRange, Field<C, u16>),
    Size(&'static TextRule<u64>, Field<C, u64>),
    Address(&'static TextRule<Ipv4Addr>, Field<C, Ipv4Addr>),
    MacAddress(&'static TextRule<MacAddress>, Field<C, MacAddress>),
    Special(S),
}

type Field<C, T> = fn(&mut C) -> &mut Optional<T>;

impl<C: 'static, S: 'static> Key<C, S> {
    pub(super) const fn new(name: &'static str, example: &'static str, value: Value<C, S>) -> Self {
        Self {
            name,
            example,
            value,
        }
    }
}

impl<C: Clone, S> Key<C, S> {
    /// Reads the value of an item into `config`. Returns a key with its own syntax instead.
    pub(super) fn read(
        &self,
        item: &Item,
        config: &mut PerTarget<C>,
        context: &mut Context,
    ) -> Option<&S> {
        let example = self.example;
        if let Value::Special(special) = &self.value {
            return Some(special);
        }
        let items = choice::items(item, context);
        match &self.value {
            Value::Number(range, field) => {
                let value = items.map(|item| property::number(&item, example, *range, context));
                config.set(value, |config, value| *field(config) = Some(value));
            }
            Value::Size(rule, field) => {
                let value = items.map(|item| property::text(&item, example, rule, context));
                config.set(value, |config, value| *field(config) = Some(value));
            }
            Value::Address(rule, field) => {
                let value = items.map(|item| property::text(&item, example, rule, context));
                config.set(value, |config, value| *field(config) = Some(value));
            }
            Value::MacAddress(rule, field) => {
                let value = items.map(|item| property::text(&item, example, rule, context));
                config.set(value, |config, value| *field(config) = Some(value));
            }
            Value::Special(_) => {}
        }
        None
    }
}

/// The key of an item, if it is one of `keys`.
pub(super) fn find<'a, C, S>(keys: &'a [Key<C, S>], item: &Item) -> Option<&'a Key<C, S>> {
    let name = item.name();
    keys.iter().find(|key| key.name == name)
}

/// The keys that may stand in a group or at the top level, and those that have occurred.
#[derive(Default)]
pub(crate) struct Keys {
    names: Vec<&'static str>,
    seen: BTreeMap<String, SpanId>,
}

impl Keys {
    pub(super) fn new(names: impl IntoIterator<Item = &'static str>) -> Self {
        Self {
            names: names.into_iter().collect(),
            seen: BTreeMap::new(),
        }
    }

    /// Whether an item has one of these keys.
    pub(super) fn contains(&self, item: &Item) -> bool {
        let name = item.name();
        self.names.iter().any(|known| *known == name)
    }

    /// Adds the key of an item, one of these or another. `None` if it has occurred before, which is
    /// reported.
    pub(crate) fn add(&mut self, item: &Item, context: &mut Context) -> Option<SpanId> {
        let (name, span) = (item.name(), context.spans.span_id(&item.key));
        if let Some(first) = self.seen.get(&name) {
            let diagnostic = Diagnostic::new(DiagnosticKind::DuplicateKey(name), span);
            context.report(diagnostic.with(*first, "the first is"));
            return None;
        }
        self.seen.insert(name, span);
        Some(span)
    }

    /// Adds the key of an item. `None` if it is none of these or has occurred before, which is reported.
    pub(super) fn take(&mut self, item: &Item, context: &mut Context) -> Option<SpanId> {
        let span = self.add(item, context)?;
        if self.contains(item) {
            return Some(span);
        }
        // An invalid item has one error.
        if !matches!(item.form, Form::Invalid) {
            let unknown = unknown(item.name(), self.names.iter().copied());
            context.error_at(DiagnosticKind::UnknownKey(unknown), span);
        }
        None
    }
}
