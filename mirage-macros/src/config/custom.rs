//! Custom devices: `cache = CacheConfig { capacity: 128 }.on(net, clock)`.

use crate::{
    choice,
    source::Source,
    syntax::{Form, Item},
};
use mirage_graph::diagnostic::DiagnosticKind;
use proc_macro2::{Ident, Span, TokenStream, TokenTree};
use syn::{Expr, ExprMethodCall, parse_quote, spanned::Spanned};

/// A custom device.
pub(crate) struct CustomDevice {
    /// The node's name.
    pub(crate) name: Ident,
    /// Its configuration, which is the user's own expression.
    pub(crate) configuration: Expr,
    /// The nodes it is built on.
    pub(crate) on: Vec<Ident>,
    /// The word `on`, and the parentheses behind it.
    pub(crate) method: Span,
    pub(crate) parentheses: Span,
}

/// The call of `on` that makes an item a device; `None` if it is another item.
pub(super) fn call(item: &Item) -> Option<&ExprMethodCall> {
    match &item.form {
        Form::Value(Expr::MethodCall(call)) if call.method == "on" && call.turbofish.is_none() => {
            Some(call)
        }
        _ => None,
    }
}

/// Whether an item is a custom device, or was perhaps meant to be one.
pub(super) fn is_device(item: &Item) -> bool {
    call(item).is_some() || matches!(item.form, Form::Value(Expr::Struct(_)))
}

/// What is wrong with an item that was meant to be a device, and where; `None` if it was not meant to be one.
pub(super) fn mistake(item: &Item) -> Option<(DiagnosticKind, Span)> {
    let expected = |what: &str| DiagnosticKind::Syntax(what.into());
    match &item.form {
        Form::Value(Expr::MethodCall(call)) if matches!(*call.receiver, Expr::Struct(_)) => {
            Some((expected("`on`"), call.method.span()))
        }
        Form::Value(Expr::Verbatim(tokens)) => {
            let next = behind_on(tokens.clone())?;
            if let Some(TokenTree::Ident(next)) = next {
                let kind = expected(&format!("a comma before `{next}`"));
                return Some((kind, next.span()));
            }
            let error = syn::parse2::<Expr>(tokens.clone()).err()?;
            let example = "`CONFIGURATION { FIELD: VALUE }.on(NODE)`";
            Some((expected(example), error.span()))
        }
        _ => None,
    }
}

/// What follows `.on(…)`, if that is there.
fn behind_on(tokens: TokenStream) -> Option<Option<TokenTree>> {
    let mut tokens = tokens.into_iter();
    loop {
        match tokens.next()? {
            TokenTree::Punct(punct) if punct.as_char() == '.' => match tokens.next()? {
                TokenTree::Ident(name) if name == "on" => {
                    return matches!(tokens.next()?, TokenTree::Group(_)).then(|| tokens.next());
                }
                _ => {}
            },
            _ => {}
        }
    }
}

/// The device that an item was meant to be, once it is reported why it is none: those that are built
/// on it are no errors.
pub(super) fn meant(item: &Item, span: Span) -> CustomDevice {
    let configuration = match &item.form {
        Form::Value(Expr::MethodCall(call)) => (*call.receiver).clone(),
        _ => nothing(),
    };
    CustomDevice {
        name: item.key.clone(),
        configuration,
        on: Vec::new(),
        method: span,
        parentheses: span,
    }
}

/// In place of a configuration of which something was reported.
fn nothing() -> Expr {
    parse_quote!(())
}

/// The device that an item is.
pub(super) fn device(item: &Item, source: &mut Source) -> Option<CustomDevice> {
    let Some(call) = call(item) else {
        return alone(item, source);
    };
    let mut on = Vec::new();
    for argument in &call.args {
        match argument {
            Expr::Path(path) if path.qself.is_none() && path.path.get_ident().is_some() => {
                on.extend(path.path.get_ident().cloned());
            }
            other => source.error(DiagnosticKind::Syntax("a node name".into()), other),
        }
    }
    let configuration = choice::choose((*call.receiver).clone(), source);
    Some(CustomDevice {
        name: item.key.clone(),
        configuration: configuration.unwrap_or_else(nothing),
        on,
        method: call.method.span(),
        parentheses: call.paren_token.span.join(),
    })
}

/// A configuration without `.on(…)`, which is reported.
fn alone(item: &Item, source: &mut Source) -> Option<CustomDevice> {
    let Form::Value(configuration) = &item.form else {
        return None;
    };
    source.error(DiagnosticKind::NoOn(item.name()), configuration);
    Some(CustomDevice {
        name: item.key.clone(),
        configuration: configuration.clone(),
        on: Vec::new(),
        method: configuration.span(),
        parentheses: configuration.span(),
    })
}
