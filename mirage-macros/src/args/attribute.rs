//! `#[arg(name = "…", value = "…", default = "…")]`

use crate::{
    config::{Keys, text},
    context::Context,
    lookup::unknown,
    syntax,
};
use mirage_graph::{diagnostic::DiagnosticKind, graph::Spanned};
use syn::{Attribute, Meta};

/// The values of the attribute.
#[derive(Default)]
pub(super) struct Arg {
    pub(super) name: Option<Spanned<String>>,
    /// The placeholder of the value in `--help`.
    pub(super) placeholder: Option<Spanned<String>>,
    pub(super) default: Option<Spanned<String>>,
}

/// The keys, and an item with each.
const KEYS: [(&str, &str); 3] = [
    ("name", "name = \"port\""),
    ("value", "value = \"PORT\""),
    ("default", "default = \"80\""),
];

/// Reads the attributes `arg` of a field.
pub(super) fn read(attributes: &[Attribute], context: &mut Context) -> Arg {
    let mut arg = Arg::default();
    let names = KEYS.map(|(name, _)| name);
    let mut keys = Keys::new(names);
    let attributes = attributes.iter();
    for attribute in attributes.filter(|attribute| attribute.path().is_ident("arg")) {
        let Meta::List(list) = &attribute.meta else {
            let form = "`#[arg(key = \"text\")]`";
            context.error(DiagnosticKind::Syntax(form.into()), &attribute.meta);
            continue;
        };
        for item in syntax::items(list.tokens.clone(), "key = \"text\"", context) {
            let Some(span) = keys.add(&item, context) else {
                continue;
            };
            let name = item.name();
            let Some((key, example)) = KEYS.into_iter().find(|(key, _)| *key == name) else {
                let unknown = unknown(name, names);
                context.error_at(DiagnosticKind::UnknownArgumentKey(unknown), span);
                continue;
            };
            let Spanned { value, span } = text(&item, example, context);
            let value = value.map(|value| Spanned { value, span });
            match key {
                "name" => arg.name = value,
                "value" => arg.placeholder = value,
                _ => arg.default = value,
            }
        }
    }
    arg
}
