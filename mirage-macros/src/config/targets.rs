//! `targets("virtio", "unix")`

use super::{group, value};
use crate::{
    context::Context,
    lookup,
    syntax::{self, Item},
};
use mirage_graph::{
    diagnostic::{DiagnosticKind, Wanted},
    target::Target,
};
use proc_macro2::TokenStream;

/// An item with this key.
pub(super) const EXAMPLE: &str = "targets(\"virtio\", \"unix\")";

/// Reads the targets.
pub(super) fn read(item: &Item, context: &mut Context) -> Vec<Target> {
    let Some(contents) = group::contents(item, EXAMPLE, context) else {
        return Vec::new();
    };
    let pieces = syntax::pieces(contents, "\"unix\"", context);
    if pieces.is_empty() {
        context.error(DiagnosticKind::NoTarget, &item.key);
    }
    let mut targets: Vec<Target> = Vec::new();
    for piece in pieces {
        match target(piece.clone()) {
            Ok(target) if targets.contains(&target) => {
                context.error(DiagnosticKind::DuplicateKey(target.name().into()), piece);
            }
            Ok(target) => targets.push(target),
            Err(kind) => context.error(kind, piece),
        }
    }
    targets
}

fn target(piece: TokenStream) -> Result<Target, DiagnosticKind> {
    let wrong = || DiagnosticKind::WrongValue("targets".into(), Wanted::Text, EXAMPLE.into());
    let value = syn::parse2(piece).map_err(|_| wrong())?;
    let name = value::string_literal(&value).ok_or_else(wrong)?;
    lookup::target(name.value())
}
