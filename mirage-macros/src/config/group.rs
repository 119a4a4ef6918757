//! Groups: `tcp(http = 80)` and `targets("virtio", "unix")`.

use super::{Given, choose, value};
use crate::{
    source::Source,
    syntax::{self, Form, Item},
};
use darling::ast::NestedMeta;
use mirage_graph::{
    mistake::{Mistake, Wanted},
    port,
    target::Target,
};
use proc_macro2::{Ident, TokenStream};
use syn::Lit;

/// A port and the node's name.
pub(crate) struct Port {
    pub(crate) name: Ident,
    pub(crate) number: Given<u16>,
}

/// The tokens inside the group that must follow the key.
fn contents(item: &Item, example: &str, source: &mut Source) -> Option<TokenStream> {
    match &item.form {
        Form::Group(group) if group.delimiter() == proc_macro2::Delimiter::Parenthesis => {
            return Some(group.stream());
        }
        Form::Group(group) => {
            source.mistake(Mistake::WrongForm(item.name(), example.into()), group);
        }
        Form::Value(value) => {
            source.mistake(Mistake::WrongForm(item.name(), example.into()), value)
        }
        Form::Bare => source.mistake(Mistake::NoValue(item.name(), example.into()), &item.key),
        Form::Broken => {}
    }
    None
}

/// The ports of `tcp(…)` or `udp(…)`, and whether none is missing.
pub(super) fn ports(item: &Item, example: &str, source: &mut Source) -> (Vec<Port>, bool) {
    let Some(contents) = contents(item, example, source) else {
        return (Vec::new(), false);
    };
    let before = source.findings().len();
    let items = syntax::items(contents, "name = port", source);
    let complete = source.findings().len() == before;
    let ports = items.into_iter().map(|item| {
        let number = value::number(&item, &format!("{} = 80", item.name()), source);
        let number = number.and_then(source, |number| {
            number
                .within(&port::PORTS)
                .ok_or(Mistake::Port(number.written))
        });
        Port {
            name: item.key,
            number,
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
        source.mistake(Mistake::NoTarget, &item.key);
    }
    let mut targets: Vec<Target> = Vec::new();
    for piece in pieces {
        match target(piece.clone(), example) {
            Ok(target) if targets.contains(&target) => {
                source.mistake(Mistake::DuplicateKey(target.name().into()), piece);
            }
            Ok(target) => targets.push(target),
            Err(mistake) => source.mistake(mistake, piece),
        }
    }
    targets
}

fn target(piece: TokenStream, example: &str) -> Result<Target, Mistake> {
    let meta = NestedMeta::parse_meta_list(piece).unwrap_or_default();
    let [NestedMeta::Lit(Lit::Str(name))] = meta.as_slice() else {
        return Err(Mistake::WrongValue(
            "targets".into(),
            Wanted::Text,
            example.into(),
        ));
    };
    choose(name.value(), Target::named, Target::ALL.map(Target::name))
        .map_err(Mistake::UnknownTarget)
}
