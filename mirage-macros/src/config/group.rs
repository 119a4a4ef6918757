//! Groups: `tcp(http = 80)` and `targets("virtio", "unix")`.

use super::port;
use crate::{
    source::Source,
    syntax::{self, Form, Item},
};
use darling::ast::NestedMeta;
use mirage_graph::{
    diagnostic::{DiagnosticKind, Wanted},
    graph::{ConfigValue, Limits, SpanId, Spanned},
    port::Protocol,
    target::Target,
};
use proc_macro2::{Ident, TokenStream};
use syn::Lit;

/// A port and the node's name.
pub(crate) struct Port {
    pub(crate) name: Ident,
    pub(crate) protocol: Protocol,
    pub(crate) number: Spanned<ConfigValue<u16>>,
    pub(crate) limits: Limits,
    /// The key of the group that it is declared in, and where that is.
    pub(crate) key: String,
    pub(crate) span: SpanId,
}

/// The tokens inside the group that must follow the key.
pub(super) fn contents(item: &Item, example: &str, source: &mut Source) -> Option<TokenStream> {
    match &item.form {
        Form::Group(group) if group.delimiter() == proc_macro2::Delimiter::Parenthesis => {
            return Some(group.stream());
        }
        Form::Group(group) => {
            source.error(
                DiagnosticKind::WrongForm(item.name(), example.into()),
                group,
            );
        }
        Form::Value(value) => source.error(
            DiagnosticKind::WrongForm(item.name(), example.into()),
            value,
        ),
        Form::Bare => source.error(
            DiagnosticKind::NoValue(item.name(), example.into()),
            &item.key,
        ),
        Form::Broken => {}
    }
    None
}

/// The members of a group of nodes, `net(wan(…), lan(…))`, with what is in their parentheses, and
/// whether none is missing. `written` shows what is in those of one.
pub(super) fn members(
    item: &Item,
    example: &str,
    written: &str,
    source: &mut Source,
) -> (Vec<(Item, TokenStream)>, bool) {
    let Some(contents) = contents(item, example, source) else {
        return (Vec::new(), false);
    };
    let before = source.diagnostics().len();
    let items = syntax::items(contents, "name(…)", source);
    if items.is_empty() && source.diagnostics().len() == before {
        let kind = DiagnosticKind::NoValue(item.name(), example.into());
        source.error(kind, &item.key);
    }
    let mut complete = source.diagnostics().len() == before;
    let members = items.into_iter().filter_map(|item| {
        let example = format!("{}({written})", item.name());
        let inside = self::contents(&item, &example, source);
        complete &= inside.is_some();
        inside.map(|inside| (item, inside))
    });
    (members.collect(), complete)
}

/// The ports of `tcp(…)`, `udp(…)` or `port(…)`, and whether none is missing.
pub(super) fn ports(
    item: &Item,
    protocol: Protocol,
    example: &str,
    source: &mut Source,
) -> (Vec<Port>, bool) {
    let (key, span) = (item.name(), source.span_id(&item.key));
    let Some(contents) = contents(item, example, source) else {
        return (Vec::new(), false);
    };
    let before = source.diagnostics().len();
    let items = syntax::items(contents, "name = port", source);
    let complete = source.diagnostics().len() == before;
    let ports = items.into_iter().map(|item| {
        let (number, limits) = port::read(&item, protocol, source);
        Port {
            name: item.key,
            protocol,
            number,
            limits,
            key: key.clone(),
            span,
        }
    });
    (ports.collect(), complete)
}

/// The targets of `targets(…)`.
pub(super) fn targets(item: &Item, example: &str, source: &mut Source) -> Vec<Target> {
    let Some(contents) = contents(item, example, source) else {
        return Vec::new();
    };
    let pieces = syntax::pieces(contents);
    if pieces.is_empty() {
        source.error(DiagnosticKind::NoTarget, &item.key);
    }
    let mut targets: Vec<Target> = Vec::new();
    for piece in pieces {
        match target(piece.clone(), example) {
            Ok(target) if targets.contains(&target) => {
                source.error(DiagnosticKind::DuplicateKey(target.name().into()), piece);
            }
            Ok(target) => targets.push(target),
            Err(kind) => source.error(kind, piece),
        }
    }
    targets
}

fn target(piece: TokenStream, example: &str) -> Result<Target, DiagnosticKind> {
    let meta = NestedMeta::parse_meta_list(piece).unwrap_or_default();
    let [NestedMeta::Lit(Lit::Str(name))] = meta.as_slice() else {
        return Err(DiagnosticKind::WrongValue(
            "targets".into(),
            Wanted::Text,
            example.into(),
        ));
    };
    super::target(name.value())
}
