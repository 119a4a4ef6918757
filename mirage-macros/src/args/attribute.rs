//! A field with `#[arg(name = "…", value = "…", default = "…")]`, as darling reads it.

use crate::{
    config::{Keys, text},
    context::Context,
    lookup::unknown,
    syntax::{Form, Item},
};
use darling::{FromField, FromMeta, ast::NestedMeta};
use mirage_graph::{diagnostic::DiagnosticKind, graph::Spanned};
use proc_macro2::{Delimiter, Group, Ident};
use syn::{Attribute, Meta, Type};

/// The attribute of the crate `clap`, which the derive declares to report it.
const CLAP: &str = "clap";

/// Whether an attribute belongs to the derive.
pub(super) fn is_of_derive(attribute: &Attribute) -> bool {
    ["arg", CLAP]
        .iter()
        .any(|name| attribute.path().is_ident(name))
}

/// A field and the keys of its attributes, each as often as it occurs.
#[derive(FromField)]
#[darling(attributes(arg), forward_attrs(doc))]
pub(super) struct Declared {
    pub(super) ident: Option<Ident>,
    pub(super) ty: Type,
    /// The text in `--help`.
    #[darling(with = help)]
    pub(super) attrs: String,
    #[darling(multiple)]
    pub(super) name: Vec<Item>,
    #[darling(multiple)]
    pub(super) value: Vec<Item>,
    #[darling(multiple)]
    pub(super) default: Vec<Item>,
    #[darling(flatten)]
    unknown: UnknownKeys,
}

struct UnknownKeys(Vec<Item>);

impl Declared {
    /// Reads a field. `None` if the syntax of an attribute is invalid: darling finds no other errors, and
    /// those in the values of the keys have codes.
    pub(super) fn read(field: &syn::Field, context: &mut Context) -> Option<Self> {
        let mut attributes = field.attrs.iter();
        if let Some(attribute) = attributes.find(|other| other.path().is_ident(CLAP)) {
            let help = "the keys are `name`, `value` and `default`";
            context.syntax_error("`#[arg(key = \"text\")]`", help, &attribute.meta);
            return None;
        }
        let is_arg = |attribute: &&Attribute| attribute.path().is_ident("arg");
        let mut attributes = field.attrs.iter().filter(is_arg);
        // darling accepts `#[arg]`, and reports `#[arg = …]` at its first token only.
        if let Some(attribute) = attributes.find(|other| other.meta.require_list().is_err()) {
            context.expected("`#[arg(key = \"text\")]`", &attribute.meta);
            return None;
        }
        match Self::from_field(field) {
            Ok(declared) => {
                for Item { key, .. } in &declared.unknown.0 {
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
            Err(errors) => {
                for error in errors.flatten() {
                    let text = error.to_string();
                    let expected = text.strip_prefix("expected ");
                    let token = Ident::new("_token", error.span());
                    context.expected(expected.unwrap_or("`key = \"text\"`"), token);
                }
                None
            }
        }
    }
}

/// The first paragraph of the documentation, in one line.
fn help(attributes: Vec<Attribute>) -> darling::Result<String> {
    let lines = attributes.iter().filter_map(|attribute| {
        let meta = attribute.meta.require_name_value().ok()?;
        String::from_expr(&meta.value).ok()
    });
    let text = lines.collect::<Vec<_>>().join("\n");
    let lines = text.lines().map(str::trim);
    let paragraph = lines.skip_while(|line| line.is_empty());
    let paragraph: Vec<_> = paragraph.take_while(|line| !line.is_empty()).collect();
    Ok(paragraph.join(" "))
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

impl FromMeta for Item {
    fn from_meta(meta: &Meta) -> darling::Result<Self> {
        let form = match meta {
            Meta::Path(_) => Form::Bare,
            Meta::NameValue(meta) => Form::Value(meta.value.clone()),
            Meta::List(meta) => {
                let mut group = Group::new(Delimiter::Parenthesis, meta.tokens.clone());
                group.set_span(meta.delimiter.span().join());
                Form::Group(group)
            }
        };
        let key = meta.path().require_ident()?.clone();
        Ok(Self::new(key, form))
    }
}

impl FromMeta for UnknownKeys {
    fn from_list(items: &[NestedMeta]) -> darling::Result<Self> {
        let items = items.iter().map(Item::from_nested_meta);
        items.collect::<darling::Result<_>>().map(Self)
    }
}
