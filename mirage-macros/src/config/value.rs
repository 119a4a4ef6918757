//! Values after `=`: literals, types, and `boot` for values that are given at boot. Reports anything else.

use crate::{
    choice, constant,
    context::Context,
    lookup,
    per_target::PerTarget,
    syntax::{Form, Item},
};
use mirage_graph::{
    diagnostic::{DiagnosticKind, Wanted},
    graph::Spanned,
    target::{Driven, Driver},
};
use quote::ToTokens;
use syn::{Expr, ExprLit, Lit, LitInt, LitStr, Type};

/// The string of `key = "text"`.
pub(crate) fn text(item: &Item, example: &str, context: &mut Context) -> Spanned<Option<String>> {
    read(item, example, context, Wanted::Text, |value| {
        string_literal(value).map(LitStr::value)
    })
}

/// The type of `key = Type`.
pub(super) fn type_(item: &Item, example: &str, context: &mut Context) -> Spanned<Option<Type>> {
    read(
        item,
        example,
        context,
        Wanted::Type,
        |value| match syn::parse2(value.to_token_stream()) {
            Ok(path @ Type::Path(_)) if !is_container(&path) => Some(path),
            _ => None,
        },
    )
}

/// Whether a type is that of a container, such as `Option<Arguments>`.
pub(crate) fn is_container(type_: &Type) -> bool {
    const CONTAINERS: [&str; 8] = [
        "Arc", "Box", "Cell", "Option", "Pin", "Rc", "RefCell", "Vec",
    ];
    match type_ {
        Type::Path(path) => path.path.segments.last().is_some_and(|last| {
            !last.arguments.is_empty() && CONTAINERS.iter().any(|name| last.ident == name)
        }),
        _ => false,
    }
}

/// The number of `key = 7`.
pub(super) fn number(item: &Item, example: &str, context: &mut Context) -> Spanned<Option<Number>> {
    read(item, example, context, Wanted::Number, number_literal)
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
        Form::Value(value) if is_boot(value) => DiagnosticKind::NotAtBoot(key),
        Form::Value(value) => match convert(value) {
            Some(value) => return Spanned::new(Some(value), span),
            None => DiagnosticKind::WrongValue(key, wanted, example),
        },
        Form::Bare => DiagnosticKind::NoValue(key, example),
        Form::Group(_) => DiagnosticKind::WrongForm(key, example),
        Form::Invalid => return Spanned::new(None, span),
    };
    context.error_at(error, span);
    Spanned::new(None, span)
}

/// Reads the name of a driver. An invalid one is supported by every target.
pub(super) fn driver(
    item: &Item,
    example: &str,
    driven: Driven,
    context: &mut Context,
) -> PerTarget<Spanned<Driver>> {
    choice::items(item, context).map(|item| {
        let Spanned { value, span } = text(&item, example, context);
        let driver = value.and_then(|name| context.valid(lookup::driver(name, driven), span));
        Spanned::new(driver.unwrap_or(Driver::Auto), span)
    })
}

/// A value that is given at boot: its default, if it has one.
pub(super) enum AtBoot<'a> {
    Required,
    Literal(&'a LitStr),
    /// A constant expression, if the key takes them.
    Constant(&'a Expr),
    /// It has been reported.
    Invalid,
}

/// Reads a value that is given at boot; `None` for any other value.
pub(super) fn at_boot<'a>(
    item: &'a Item,
    example: &str,
    takes_constants: bool,
    context: &mut Context,
) -> Option<AtBoot<'a>> {
    let Form::Value(expression) = &item.form else {
        return None;
    };
    let (_, text) = example.split_once("= ").unwrap_or(("", example));
    let example = format!("boot({text})");
    match expression {
        Expr::Path(path) if path.path.is_ident("boot") => Some(AtBoot::Required),
        Expr::Call(call) if is_boot(&call.func) => {
            let mut arguments = call.args.iter();
            if let (Some(default), None) = (arguments.next(), arguments.next()) {
                if let Some(literal) = string_literal(default) {
                    return Some(AtBoot::Literal(literal));
                }
                if takes_constants && constant::is_constant(default) {
                    return Some(AtBoot::Constant(default));
                }
            }
            let kind = DiagnosticKind::WrongValue("boot".into(), Wanted::Text, example);
            context.error(kind, call);
            Some(AtBoot::Invalid)
        }
        Expr::Macro(call) if call.mac.path.is_ident("boot") => {
            context.syntax_error("`boot` without `!`", format!("write `{example}`"), call);
            Some(AtBoot::Invalid)
        }
        _ => None,
    }
}

/// Whether a value is given at boot.
pub(super) fn is_boot(expression: &Expr) -> bool {
    match expression {
        Expr::Path(path) => path.path.is_ident("boot"),
        Expr::Call(call) => is_boot(&call.func),
        _ => false,
    }
}

/// A number literal: its text, and its value if 64 bits can hold it.
pub(super) struct Number {
    pub(super) value: Option<u64>,
    pub(super) text: String,
}

/// The string literal that an expression is, perhaps in parentheses.
pub(crate) fn string_literal(value: &Expr) -> Option<&LitStr> {
    match constant::unparenthesised(value) {
        Expr::Lit(ExprLit {
            lit: Lit::Str(text),
            attrs,
        }) if text.suffix().is_empty() && attrs.is_empty() => Some(text),
        _ => None,
    }
}

/// The integer literal that an expression is, perhaps with a sign.
fn number_literal(value: &Expr) -> Option<Number> {
    let text = value.to_token_stream().to_string().replace(' ', "");
    let value = match constant::unparenthesised(value) {
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
    match constant::unparenthesised(value) {
        Expr::Lit(ExprLit {
            lit: Lit::Int(number),
            attrs,
        }) if attrs.is_empty() && SUFFIXES.contains(&number.suffix()) => Some(number),
        _ => None,
    }
}
