//! Custom devices: `cache = CacheConfig { capacity: 128 }.on(net, clock)`.

mod error;

use crate::{
    choice,
    constant::unparenthesised,
    context::Context,
    per_target::PerTarget,
    syntax::{Form, Item},
};
pub(super) use error::error;
pub(crate) use error::is_type_name;
use mirage_graph::{diagnostic::DiagnosticKind, graph::Spanned};
use proc_macro2::{Ident, Span};
use quote::ToTokens;
use syn::{AngleBracketedGenericArguments, Expr, ExprMethodCall, spanned::Spanned as _};

/// A custom device.
#[derive(Clone)]
pub(crate) struct CustomDevice {
    /// The node's name.
    pub(crate) name: Ident,
    /// Its configuration, the user's own expression. `None` if it is invalid, which has been reported.
    pub(crate) configuration: PerTarget<Option<Spanned<Expr>>>,
    /// The nodes it is built on.
    pub(crate) on: Vec<Ident>,
    /// The identifier `on`, its type arguments, and the parentheses after it.
    pub(crate) method: Span,
    pub(crate) turbofish: Option<AngleBracketedGenericArguments>,
    pub(crate) parentheses: Span,
}

/// The call of `on` that makes an item a device; `None` for any other item.
pub(super) fn call(item: &Item) -> Option<&ExprMethodCall> {
    match &item.form {
        Form::Value(value) => on(choice::first(value)),
        _ => None,
    }
}

fn on(value: &Expr) -> Option<&ExprMethodCall> {
    match unparenthesised(value) {
        Expr::MethodCall(call) if call.method == "on" => Some(call),
        _ => None,
    }
}

/// Whether an item is a custom device, or was perhaps meant to be one.
pub(super) fn is_device(item: &Item) -> bool {
    match &item.form {
        Form::Value(value) => {
            call(item).is_some() || matches!(choice::first(value), Expr::Struct(_))
        }
        _ => false,
    }
}

/// The device that an invalid item was meant to be: its users are not further errors.
pub(super) fn invalid_device(item: &Item, span: Span, context: &mut Context) -> CustomDevice {
    let configuration = match &item.form {
        Form::Value(Expr::MethodCall(call)) if matches!(*call.receiver, Expr::Struct(_)) => {
            Some(&*call.receiver)
        }
        _ => None,
    };
    if configuration.is_none() {
        context.dropped.push(item.value());
    }
    without_nodes(item, configuration, span, context)
}

fn without_nodes(
    item: &Item,
    configuration: Option<&Expr>,
    span: Span,
    context: &mut Context,
) -> CustomDevice {
    let configuration = configuration.map(|value| context.spans.spanned(value.clone(), value));
    CustomDevice {
        name: item.key.clone(),
        configuration: PerTarget::same(configuration),
        on: Vec::new(),
        method: span,
        turbofish: None,
        parentheses: span,
    }
}

/// Reads a device. `.on(…)` follows a `match target`, or is in each of its arms.
pub(super) fn device(item: &Item, context: &mut Context) -> Option<CustomDevice> {
    item.check_name(context);
    let Form::Value(value) = &item.form else {
        return None;
    };
    let Some(call) = call(item) else {
        context.error(DiagnosticKind::NoOn(item.name()), value);
        return Some(without_nodes(item, Some(value), value.span(), context));
    };
    let mut device = CustomDevice {
        name: item.key.clone(),
        configuration: PerTarget::same(None),
        on: nodes(call, context),
        method: call.method.span(),
        turbofish: call.turbofish.clone(),
        parentheses: call.paren_token.span.join(),
    };
    if let Some(inner) = on(&call.receiver) {
        return Some(chained(device, inner, context));
    }
    let receivers = match on(value) {
        Some(call) => choice::values(choice::without_parentheses(&call.receiver), context),
        // The first arm has an error of its own.
        None if call.args.len() != device.on.len() => PerTarget::same(None),
        None => choice::values(value, context).map(|arm| receiver(arm?, &device.on, context)),
    };
    device.configuration = receivers.map(|receiver| {
        let receiver = receiver?;
        if error::report_in(&receiver, context) {
            context.dropped.push(receiver.to_token_stream());
            return None;
        }
        let span = context.spans.span_id(&receiver);
        Some(Spanned::new(receiver, span))
    });
    Some(device)
}

/// Reports a second `.on(…)` after the first, `call`. The device is built on the nodes of both.
fn chained(device: CustomDevice, call: &ExprMethodCall, context: &mut Context) -> CustomDevice {
    let mut all = nodes(call, context);
    all.extend(device.on.iter().cloned());
    let names: Vec<_> = all.iter().map(ToString::to_string).collect();
    let expected = format!("a single `.on({})`", names.join(", "));
    context.expected(expected, Ident::new("_on", device.method));
    let receiver = (*call.receiver).clone();
    let configuration = context.spans.spanned(receiver, &call.receiver);
    CustomDevice {
        configuration: PerTarget::same(Some(configuration)),
        on: all,
        ..device
    }
}

/// The configuration in an arm, which must be built on the same nodes as the first.
fn receiver(arm: Expr, nodes: &[Ident], context: &mut Context) -> Option<Expr> {
    let same = |call: &&ExprMethodCall| {
        let names = call.args.iter().map(node);
        names.eq(nodes.iter().map(Some))
    };
    match on(&arm).filter(same) {
        Some(call) => Some((*call.receiver).clone()),
        None => {
            let nodes: Vec<_> = nodes.iter().map(ToString::to_string).collect();
            let expected = format!("`.on({})`, as in the first arm", nodes.join(", "));
            context.expected(expected, arm);
            None
        }
    }
}

fn nodes(call: &ExprMethodCall, context: &mut Context) -> Vec<Ident> {
    let mut nodes = Vec::new();
    for argument in &call.args {
        match node(argument) {
            Some(name) => nodes.push(name.clone()),
            None => context.syntax_error(
                "the name of a node",
                "write the name alone: `.on(clock)`",
                argument,
            ),
        }
    }
    nodes
}

fn node(argument: &Expr) -> Option<&Ident> {
    match unparenthesised(argument) {
        Expr::Path(path) if path.qself.is_none() && path.attrs.is_empty() => path.path.get_ident(),
        _ => None,
    }
}
