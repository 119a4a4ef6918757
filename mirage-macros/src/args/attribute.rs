//! `#[arg(name = "…", value = "…", default = "…")]`

use crate::{
    context::Context,
    lookup::unknown,
    syntax::{self, Form, Item},
};
use mirage_graph::{
    diagnostic::{Diagnostic, DiagnosticKind, Wanted},
    graph::Spanned,
};
use syn::{Attribute, Expr, ExprLit, Lit, Meta};

/// What is written of an argument.
#[derive(Default)]
pub(super) struct Written {
    pub(super) name: Option<Spanned<String>>,
    pub(super) placeholder: Option<Spanned<String>>,
    pub(super) default: Option<Spanned<String>>,
}

/// Keys, and what each looks like.
const KEYS: [(&str, &str); 3] = [
    ("name", "name = \"port\""),
    ("value", "value = \"PORT\""),
    ("default", "default = \"80\""),
];

/// Reads the attributes `arg` of a field.
pub(super) fn read(attributes: &[Attribute], context: &mut Context) -> Written {
    let mut written = Written::default();
    let mut seen: Vec<Spanned<String>> = Vec::new();
    for attribute in attributes {
        if !attribute.path().is_ident("arg") {
            continue;
        }
        let Meta::List(list) = &attribute.meta else {
            let form = "`#[arg(key = \"text\")]`";
            context.error(DiagnosticKind::Syntax(form.into()), &attribute.meta);
            continue;
        };
        for item in syntax::items(list.tokens.clone(), "key = \"text\"", context) {
            let key = context.spans.spanned(item.name(), &item.key);
            if let Some(first) = seen.iter().find(|first| first.value == key.value) {
                context.report(
                    Diagnostic::new(DiagnosticKind::DuplicateKey(key.value), key.span)
                        .with(first.span, "the first is"),
                );
                continue;
            }
            seen.push(key.clone());
            let known = KEYS.into_iter().find(|(known, _)| *known == key.value);
            let Some((key, example)) = known else {
                let known = KEYS.map(|(known, _)| known);
                let kind = DiagnosticKind::UnknownArgumentKey(unknown(key.value, known));
                context.error_at(kind, key.span);
                continue;
            };
            let text = text(&item, example, context);
            match key {
                "name" => written.name = text,
                "value" => written.placeholder = text,
                _ => written.default = text,
            }
        }
    }
    written
}

/// The text of `key = "text"`.
fn text(item: &Item, example: &str, context: &mut Context) -> Option<Spanned<String>> {
    match &item.form {
        Form::Value(Expr::Lit(ExprLit {
            lit: Lit::Str(text),
            ..
        })) => return Some(context.spans.spanned(text.value(), text)),
        Form::Value(value) => context.error(
            DiagnosticKind::WrongValue(item.name(), Wanted::Text, example.into()),
            value,
        ),
        Form::Bare => context.error(
            DiagnosticKind::NoValue(item.name(), example.into()),
            &item.key,
        ),
        Form::Group(group) => {
            context.error(
                DiagnosticKind::WrongForm(item.name(), example.into()),
                group,
            );
        }
        Form::Invalid => {}
    }
    None
}
