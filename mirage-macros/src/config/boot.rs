//! Values that are given at boot: `boot`, or `boot("…")` with a default.

use super::literal;
use crate::{
    context::Context,
    syntax::{Form, Item},
};
use mirage_graph::diagnostic::{DiagnosticKind, Wanted};
use syn::{Expr, LitStr};

/// The default of a value that is given at boot, `Some(None)` if it has none. `None` for any other
/// value.
pub(super) fn read(item: &Item, example: &str, context: &mut Context) -> Option<Option<LitStr>> {
    let Form::Value(expression) = &item.form else {
        return None;
    };
    match expression {
        Expr::Path(path) if path.path.is_ident("boot") => Some(None),
        Expr::Call(call) if is_boot(&call.func) => {
            let mut arguments = call.args.iter();
            let default = match (arguments.next(), arguments.next()) {
                (Some(default), None) => literal::text(default),
                _ => None,
            };
            if default.is_none() {
                let (_, text) = example.split_once("= ").unwrap_or(("", example));
                let example = format!("boot({text})");
                let kind = DiagnosticKind::WrongValue("boot".into(), Wanted::Text, example);
                context.error(kind, call);
            }
            Some(default.cloned())
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
