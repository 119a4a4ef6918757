//! Values after `=`: strings, numbers and types, and the errors of anything else.

use super::{
    boot,
    literal::{self, Number, ungrouped},
};
use crate::{
    context::Context,
    syntax::{Form, Item},
};
use mirage_graph::{
    diagnostic::{DiagnosticKind, Wanted},
    graph::Spanned,
};
use syn::{Expr, LitStr};

/// The string of `key = "text"`.
pub(crate) fn text(item: &Item, example: &str, context: &mut Context) -> Spanned<Option<String>> {
    read(item, example, context, Wanted::Text, |value| {
        literal::text(value).map(LitStr::value)
    })
}

/// The type of `key = Type`.
pub(super) fn type_(item: &Item, example: &str, context: &mut Context) -> Spanned<Option<Expr>> {
    read(
        item,
        example,
        context,
        Wanted::Type,
        |value| match ungrouped(value) {
            path @ Expr::Path(_) => Some(path.clone()),
            _ => None,
        },
    )
}

/// The number of `key = 7`.
pub(super) fn number(item: &Item, example: &str, context: &mut Context) -> Spanned<Option<Number>> {
    read(item, example, context, Wanted::Number, literal::number)
}

fn read<T>(
    item: &Item,
    example: &str,
    context: &mut Context,
    wanted: Wanted,
    convert: impl FnOnce(&Expr) -> Option<T>,
) -> Spanned<Option<T>> {
    let (key, example) = (item.name(), example.to_string());
    let span = context.spans.span_id(item.value());
    let error = match &item.form {
        Form::Value(value) if boot::is_boot(value) => DiagnosticKind::NotAtBoot(key),
        Form::Value(value) => match convert(value) {
            Some(value) => {
                return Spanned {
                    value: Some(value),
                    span,
                };
            }
            None => DiagnosticKind::WrongValue(key, wanted, example),
        },
        Form::Bare => DiagnosticKind::NoValue(key, example),
        Form::Group(_) => DiagnosticKind::WrongForm(key, example),
        Form::Invalid => return Spanned { value: None, span },
    };
    context.error_at(error, span);
    Spanned { value: None, span }
}
