//! Values that are given at boot: `boot`, or `boot("…")` with a default.

use super::value;
use crate::{
    source::Source,
    syntax::{Form, Item},
};
use mirage_graph::diagnostic::{DiagnosticKind, Wanted};
use syn::{Expr, LitStr};

/// Whether an item's value is given at boot, and the default. `None` if it is another value.
pub(super) fn read(item: &Item, example: &str, source: &mut Source) -> Option<Option<LitStr>> {
    let Form::Value(expression) = &item.form else {
        return None;
    };
    match expression {
        Expr::Path(path) if path.path.is_ident("boot") => Some(None),
        Expr::Call(call) if is_boot(&call.func) => {
            let mut arguments = call.args.iter();
            let default = match (arguments.next(), arguments.next()) {
                (Some(default), None) => value::text_of(value::ungrouped(default)),
                _ => None,
            };
            if default.is_none() {
                let (_, text) = example.split_once("= ").unwrap_or(("", example));
                let example = format!("boot({text})");
                let kind = DiagnosticKind::WrongValue("boot".into(), Wanted::Text, example);
                source.error(kind, call);
            }
            Some(default.cloned())
        }
        _ => None,
    }
}

/// Reports a value that is given at boot and cannot be; whether it is one.
pub(super) fn is_refused(item: &Item, source: &mut Source) -> bool {
    match &item.form {
        Form::Value(expression) if is_boot(expression) => {
            source.error(DiagnosticKind::NotAtBoot(item.name()), expression);
            true
        }
        _ => false,
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
