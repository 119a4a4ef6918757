//! The driver of an interface or a disk.

use super::value;
use crate::{choice, context::Context, lookup, per_target::PerTarget, syntax::Item};
use mirage_graph::{
    graph::Spanned,
    target::{Driven, Driver},
};

/// Reads the name of a driver. An invalid one is supported by every target.
pub(super) fn read(
    item: &Item,
    example: &str,
    driven: Driven,
    context: &mut Context,
) -> PerTarget<Spanned<Driver>> {
    choice::items(item, context).map(|item| {
        let Spanned { value, span } = value::text(&item, example, context);
        let driver = value.and_then(|name| context.valid(lookup::driver(name, driven), span));
        Spanned {
            value: driver.unwrap_or(Driver::Auto),
            span,
        }
    })
}
