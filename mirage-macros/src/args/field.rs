//! A field as a boot argument.

use super::{
    attribute::{Declared, only},
    default,
    shape::{Shape, type_name},
    unreadable,
};
use crate::context::Context;
use mirage_graph::{argument, diagnostic::DiagnosticKind, graph::Spanned};
use proc_macro2::Ident;
use syn::ext::IdentExt;

/// A field.
pub(super) struct Field {
    pub(super) ident: Ident,
    pub(super) name: Spanned<String>,
    pub(super) help: String,
    pub(super) placeholder: String,
    pub(super) shape: Shape,
    pub(super) default: Option<String>,
}

impl Field {
    /// Reads a field. `None` if its attributes have a syntax error, which has been reported.
    pub(super) fn read(field: &syn::Field, context: &mut Context) -> Option<Self> {
        let declared = Declared::read(field, context)?;
        let ident = declared.ident?;
        let field_name = ident.unraw().to_string();
        let shape = Shape::from_type(&declared.ty);
        let name = only(&declared.name, "name = \"port\"", context);
        let placeholder = only(&declared.value, "value = \"PORT\"", context);
        let default = only(&declared.default, "default = \"80\"", context);
        let name =
            name.unwrap_or_else(|| context.spans.spanned(field_name.replace('_', "-"), &ident));
        if !argument::is_name(&name.value) {
            context.error_at(DiagnosticKind::ArgumentName(name.value.clone()), name.span);
        } else if argument::RESERVED.contains(&name.value.as_str()) {
            context.error_at(
                DiagnosticKind::ReservedArgument(name.value.clone()),
                name.span,
            );
        }
        if let Some((type_, instead)) = unreadable::find(&shape) {
            context.error(DiagnosticKind::ArgumentType(instead), type_);
        }
        if let Some(Spanned { value, span }) = &default {
            if !matches!(shape, Shape::One(_)) {
                context.error_at(DiagnosticKind::NoEffect("default", shape.name()), *span);
            } else if let Some(is) = default::wanted(type_name(&declared.ty), value) {
                context.error_at(DiagnosticKind::ArgumentDefault(value.clone(), is), *span);
            }
        }
        if let (Some(Spanned { span, .. }), Shape::Flag) = (&placeholder, &shape) {
            context.error_at(DiagnosticKind::NoEffect("value", shape.name()), *span);
        }
        Some(Self {
            placeholder: placeholder.map_or(field_name.to_uppercase(), |text| text.value),
            ident,
            name,
            help: declared.attrs,
            shape,
            default: default.map(|text| text.value),
        })
    }
}
