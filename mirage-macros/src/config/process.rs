//! The process of a program with std: `threads(stack = "64KiB", max = 32)` and `env(RUST_LOG = "info")`.

use super::{
    Image, group,
    key::{self, Key, Keys, keys},
    rule, value,
};
use crate::{choice, context::Context, per_target::PerTarget, syntax::Item};
use mirage_graph::{diagnostic::DiagnosticKind, number::NumberRange, thread};
use std::convert::Infallible;

/// The keys of `threads(…)`.
const KEYS: &[Key<Image, Infallible>] = keys! {
    "stack" "stack = \"64KiB\"" text(rule::STACK) threads.stack;
    "max" "max = 16" number(NumberRange::for_key("max", 0, thread::LIMIT)) threads.max;
};

/// Reads `threads(…)`.
pub(super) fn threads(
    item: &Item,
    example: &str,
    image: &mut PerTarget<Image>,
    context: &mut Context,
) {
    let errors = context.diagnostics().len();
    let Some(contents) = group::contents(item, example, context) else {
        return;
    };
    let is_empty = contents.is_empty();
    key::read_group(KEYS.iter(), contents, context, |key, item, context| {
        key.read(item, image, context);
        true
    });
    if is_empty && context.diagnostics().len() == errors {
        let kind = DiagnosticKind::NoValue(item.name(), example.into());
        context.error(kind, &item.key);
    }
}

/// Reads `env(…)`.
pub(super) fn env(item: &Item, example: &str, image: &mut PerTarget<Image>, context: &mut Context) {
    let Some(contents) = group::contents(item, example, context) else {
        return;
    };
    let (items, complete) = group::items(contents, "NAME = \"value\"", context);
    if items.is_empty() && complete {
        let kind = DiagnosticKind::NoValue(item.name(), example.into());
        context.error(kind, &item.key);
    }
    let mut names = Keys::default();
    for item in &items {
        item.check_name(context);
        if names.add(item, context).is_none() {
            continue;
        }
        let name = item.name();
        let example = format!("{name} = \"value\"");
        let values = choice::items(item, context).map(|item| {
            let value = value::text(&item, &example, context).value?;
            if value.contains('\0') {
                let help = "a zero byte ends the text of an environment variable";
                context.syntax_error("a text without zero bytes", help, item.value());
                return None;
            }
            Some(format!("{name}={value}"))
        });
        image.set(values, |image, variable| image.env.extend(variable));
    }
}
