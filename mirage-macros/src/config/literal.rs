//! Literals among expressions.

use quote::ToTokens;
use syn::{Expr, ExprLit, Lit, LitInt, LitStr};

/// A number literal: its text, and its value if 64 bits can hold it.
pub(super) struct Number {
    pub(super) value: Option<u64>,
    pub(super) text: String,
}

/// The string literal that an expression is.
pub(super) fn text(value: &Expr) -> Option<&LitStr> {
    match ungrouped(value) {
        Expr::Lit(ExprLit {
            lit: Lit::Str(text),
            ..
        }) if text.suffix().is_empty() => Some(text),
        _ => None,
    }
}

/// The integer literal that an expression is, perhaps with a sign.
pub(super) fn number(value: &Expr) -> Option<Number> {
    let text = value.to_token_stream().to_string().replace(' ', "");
    let value = match ungrouped(value) {
        // A negative number is outside every range.
        Expr::Unary(negative) if matches!(negative.op, syn::UnOp::Neg(_)) => {
            integer(&negative.expr)?;
            None
        }
        other => integer(other)?.base10_digits().parse().ok(),
    };
    Some(Number { value, text })
}

fn integer(value: &Expr) -> Option<&LitInt> {
    const SUFFIXES: [&str; 13] = [
        "", "u8", "u16", "u32", "u64", "u128", "usize", "i8", "i16", "i32", "i64", "i128", "isize",
    ];
    match value {
        Expr::Lit(ExprLit {
            lit: Lit::Int(number),
            ..
        }) if SUFFIXES.contains(&number.suffix()) => Some(number),
        _ => None,
    }
}

/// The expression without the group that surrounds the argument of a macro.
pub(super) fn ungrouped(value: &Expr) -> &Expr {
    match value {
        Expr::Group(group) => ungrouped(&group.expr),
        other => other,
    }
}
