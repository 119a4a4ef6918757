//! A field with `#[arg(name = "…", value = "…", default = "…")]`.

use crate::{
    config::{Keys, text},
    context::Context,
    lookup::unknown,
    syntax::{self, Item},
};
use mirage_graph::{diagnostic::DiagnosticKind, graph::Spanned};
use syn::{Attribute, Expr, ExprLit, Lit, Meta};

/// The attribute of the crate `clap`, which the derive declares to report it.
const CLAP: &str = "clap";

/// Whether an attribute belongs to the derive.
pub(super) fn is_of_derive(attribute: &Attribute) -> bool {
    ["arg", CLAP]
        .iter()
        .any(|name| attribute.path().is_ident(name))
}

/// The keys of a field's attributes, each as often as it occurs.
#[derive(Default)]
pub(super) struct Declared {
    pub(super) name: Vec<Item>,
    pub(super) value: Vec<Item>,
    pub(super) default: Vec<Item>,
}

impl Declared {
    /// Reads the attributes of a field. `None` if the syntax of one is invalid.
    pub(super) fn read(field: &syn::Field, context: &mut Context) -> Option<Self> {
        let mut attributes = field.attrs.iter();
        if let Some(attribute) = attributes.find(|other| other.path().is_ident(CLAP)) {
            let help = "the keys are `name`, `value` and `default`";
            context.syntax_error("`#[arg(key = \"text\")]`", help, &attribute.meta);
            return None;
        }
        let errors = context.diagnostics().len();
        let mut declared = Self::default();
        let mut unknown_keys = Vec::new();
        for attribute in &field.attrs {
            if !attribute.path().is_ident("arg") {
                continue;
            }
            let Meta::List(list) = &attribute.meta else {
                context.expected("`#[arg(key = \"text\")]`", &attribute.meta);
                return None;
            };
            for item in syntax::items(list.tokens.clone(), "key = \"text\"", context) {
                match item.name().as_str() {
                    "name" => declared.name.push(item),
                    "value" => declared.value.push(item),
                    "default" => declared.default.push(item),
                    _ => unknown_keys.push(item.key),
                }
            }
        }
        if context.diagnostics().len() > errors {
            return None;
        }
        for key in unknown_keys {
            let mut unknown = unknown(key.to_string(), ["name", "value", "default"]);
            // The words of the crate `clap`.
            match unknown.name.as_str() {
                "default_value" => unknown.nearest = Some("default".into()),
                "value_name" => unknown.nearest = Some("value".into()),
                _ => {}
            }
            context.error(DiagnosticKind::UnknownArgumentKey(unknown), key);
        }
        Some(declared)
    }
}

/// The text in `--help`: the first paragraph of the documentation, in one line.
pub(super) fn help(field: &syn::Field) -> String {
    let lines = field.attrs.iter().filter_map(|attribute| {
        let Meta::NameValue(meta) = &attribute.meta else {
            return None;
        };
        match &meta.value {
            Expr::Lit(ExprLit {
                lit: Lit::Str(text),
                ..
            }) if meta.path.is_ident("doc") => Some(text.value()),
            _ => None,
        }
    });
    let text = lines.collect::<Vec<_>>().join("\n");
    let lines = text.lines().map(str::trim);
    let paragraph = lines.skip_while(|line| line.is_empty());
    let paragraph: Vec<_> = paragraph.take_while(|line| !line.is_empty()).collect();
    paragraph.join(" ")
}

/// The text of a key, which may occur once.
pub(super) fn only(
    items: &[Item],
    example: &str,
    context: &mut Context,
) -> Option<Spanned<String>> {
    let mut keys = Keys::default();
    let mut only = None;
    for item in items {
        if keys.add(item, context).is_some() {
            only = text(item, example, context).transpose();
        }
    }
    only
}
