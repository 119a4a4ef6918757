//! Ports: `http = 80`, or `http(port = 80, connections = 100)`.

use super::{
    Key, Keys, group,
    setting::{of_number, of_text},
};
use crate::{
    constant::Reader,
    source::Source,
    syntax::{self, Form, Item},
};
use mirage_graph::{
    diagnostic::DiagnosticKind,
    graph::{ConfigValue, Limits, Spanned},
    port::{self, Protocol},
    size,
    value_error::ValueError,
};

/// The number of a port, and what it may take.
pub(super) fn read(
    item: &Item,
    protocol: Protocol,
    source: &mut Source,
) -> (Spanned<ConfigValue<u16>>, Limits) {
    if !matches!(item.form, Form::Group(_)) {
        let example = format!("{} = 80", item.name());
        return (number(item, &example, source), Limits::default());
    }
    let unread = source.at(ConfigValue::Unread, &item.key);
    let example = format!("{}(port = 80)", item.name());
    let Some(contents) = group::contents(item, &example, source) else {
        return (unread, Limits::default());
    };
    let before = source.diagnostics().len();
    let mut declared = None;
    let mut limits = Limits::default();
    let mut keys = Keys::of_a_port(protocol);
    for item in syntax::items(contents, "key = value", source) {
        let Some((key, _)) = keys.take(&item, source) else {
            continue;
        };
        let example = key.example();
        let limit = |source: &mut Source| {
            of_number(
                &item,
                source,
                example,
                port::limit,
                ValueError::Limit,
                Reader::Limit,
            )
        };
        let buffer =
            |source: &mut Source| of_text(&item, source, example, size::buffer, Reader::Buffer);
        match key {
            Key::Connections => limits.connections = Some(limit(source)),
            Key::Datagrams => limits.datagrams = Some(limit(source)),
            Key::Receive => limits.receive = Some(buffer(source)),
            Key::Transmit => limits.transmit = Some(buffer(source)),
            _ => declared = Some(number(&item, example, source)),
        }
    }
    // It may be in what could not be read.
    if declared.is_none() && source.diagnostics().len() == before {
        source.error(DiagnosticKind::NoPortNumber(item.name()), &item.key);
    }
    (declared.unwrap_or(unread), limits)
}

fn number(item: &Item, example: &str, source: &mut Source) -> Spanned<ConfigValue<u16>> {
    let read = port::listened_on;
    of_number(item, source, example, read, ValueError::Port, Reader::Port)
}
