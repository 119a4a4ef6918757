//! Devices of the user's own: `cache = CacheConfig { capacity: 128 }.on(net, clock)`.

use crate::{
    choice,
    source::Source,
    syntax::{Form, Item},
};
use mirage_graph::mistake::Mistake;
use proc_macro2::{Ident, Span};
use syn::{Expr, ExprMethodCall};

/// A device of the user's own.
pub(crate) struct Own {
    /// The node's name.
    pub(crate) name: Ident,
    /// Its configuration, which is the user's own expression.
    pub(crate) configuration: Expr,
    /// The nodes it is built on.
    pub(crate) on: Vec<Ident>,
    /// The parentheses with these names.
    pub(crate) parentheses: Span,
}

/// The call of `on` that makes an item a device; `None` if it is another item.
fn call(item: &Item) -> Option<&ExprMethodCall> {
    match &item.form {
        Form::Value(Expr::MethodCall(call)) if call.method == "on" && call.turbofish.is_none() => {
            Some(call)
        }
        _ => None,
    }
}

/// Whether an item is a device of the user's own.
pub(super) fn is_device(item: &Item) -> bool {
    call(item).is_some()
}

/// The device that an item is.
pub(super) fn device(item: &Item, source: &mut Source) -> Option<Own> {
    let call = call(item)?;
    let mut on = Vec::new();
    for argument in &call.args {
        match argument {
            Expr::Path(path) if path.qself.is_none() && path.path.get_ident().is_some() => {
                on.extend(path.path.get_ident().cloned());
            }
            other => source.mistake(Mistake::Syntax("the name of a node".into()), other),
        }
    }
    let configuration = choice::choose((*call.receiver).clone(), source)?;
    Some(Own {
        name: item.key.clone(),
        configuration,
        on,
        parentheses: call.paren_token.span.join(),
    })
}
