//! Values after `=`: texts and numbers, and what is written instead of them.

use super::boot;
use crate::{
    source::Source,
    syntax::{Form, Item},
};
use mirage_graph::{
    diagnostic::{DiagnosticKind, Wanted},
    graph::Spanned,
};
use quote::ToTokens;
use syn::{Expr, ExprLit, Lit, LitInt, LitStr};

/// A number as it was written, and its value if 64 bits can hold it.
pub(super) struct Number {
    pub(super) value: Option<u64>,
    pub(super) written: String,
}

/// The text of `key = "text"`.
pub(super) fn text(item: &Item, example: &str, source: &mut Source) -> Spanned<Option<String>> {
    read(item, example, source, Wanted::Text, |value| {
        text_of(value).map(LitStr::value)
    })
}

/// The text, if the item's value is one.
pub(super) fn literal_text(item: &Item) -> Option<&LitStr> {
    match &item.form {
        Form::Value(value) => text_of(ungrouped(value)),
        _ => None,
    }
}

pub(super) fn text_of(value: &Expr) -> Option<&LitStr> {
    match value {
        Expr::Lit(ExprLit {
            lit: Lit::Str(text),
            ..
        }) if text.suffix().is_empty() => Some(text),
        _ => None,
    }
}

/// The type of `key = Type`.
pub(super) fn type_(item: &Item, example: &str, source: &mut Source) -> Spanned<Option<Expr>> {
    read(item, example, source, Wanted::Type, |value| match value {
        Expr::Path(_) => Some(value.clone()),
        _ => None,
    })
}

/// The number of `key = 7`.
pub(super) fn number(item: &Item, example: &str, source: &mut Source) -> Spanned<Option<Number>> {
    read(item, example, source, Wanted::Number, whole_number)
}

fn whole_number(value: &Expr) -> Option<Number> {
    let written = value.to_token_stream().to_string().replace(' ', "");
    let literal = |value: &Expr| match value {
        Expr::Lit(ExprLit {
            lit: Lit::Int(number),
            ..
        }) => Some(number.clone()),
        _ => None,
    };
    let value = match value {
        // A number below zero is a number, out of every range.
        Expr::Unary(negative) if matches!(negative.op, syn::UnOp::Neg(_)) => {
            literal(&negative.expr)?;
            None
        }
        other => small(&literal(other)?)?,
    };
    Some(Number { value, written })
}

/// The number, `None` inside if it is too large; `None` if its suffix is not of an integer type.
fn small(number: &LitInt) -> Option<Option<u64>> {
    let integer = [
        "", "u8", "u16", "u32", "u64", "u128", "usize", "i8", "i16", "i32", "i64", "i128", "isize",
    ];
    integer
        .contains(&number.suffix())
        .then(|| number.base10_digits().parse().ok())
}

/// The expression without the group that a macro puts around what it was given.
pub(crate) fn ungrouped(value: &Expr) -> &Expr {
    match value {
        Expr::Group(group) => ungrouped(&group.expr),
        other => other,
    }
}

fn read<T>(
    item: &Item,
    example: &str,
    source: &mut Source,
    wanted: Wanted,
    convert: impl FnOnce(&Expr) -> Option<T>,
) -> Spanned<Option<T>> {
    let (value, span) = match &item.form {
        Form::Value(value) if boot::is_refused(item, source) => (None, source.span_id(value)),
        Form::Value(value) => {
            let converted = convert(ungrouped(value));
            if converted.is_none() {
                let kind = DiagnosticKind::WrongValue(item.name(), wanted, example.into());
                source.error(kind, value);
            }
            (converted, source.span_id(value))
        }
        Form::Bare => {
            source.error(
                DiagnosticKind::NoValue(item.name(), example.into()),
                &item.key,
            );
            (None, source.span_id(&item.key))
        }
        Form::Group(group) => {
            source.error(
                DiagnosticKind::WrongForm(item.name(), example.into()),
                group,
            );
            (None, source.span_id(group))
        }
        Form::Broken => (None, source.span_id(&item.key)),
    };
    Spanned { value, span }
}
