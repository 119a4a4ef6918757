//! A field as a boot argument.

use super::{
    attribute::{Declared, only},
    default, unreadable,
};
use crate::context::Context;
use mirage_graph::{argument, diagnostic::DiagnosticKind, graph::Spanned};
use proc_macro2::Ident;
use syn::{GenericArgument, PathArguments, PathSegment, Type, ext::IdentExt};

/// A field.
pub(super) struct Field {
    pub(super) ident: Ident,
    pub(super) name: Spanned<String>,
    pub(super) help: String,
    pub(super) placeholder: String,
    pub(super) shape: Shape,
    pub(super) default: Option<String>,
}

/// How an argument is given, by its field's type.
pub(super) enum Shape {
    /// `bool`
    Flag,
    /// `Option<T>`
    Optional(Type),
    /// `Vec<T>`
    List(Type),
    /// `T`
    One(Type),
}

impl Shape {
    fn from_type(type_: &Type) -> Self {
        let segment = last_segment(type_);
        let inner = |name| segment.and_then(|segment| only_argument(segment, name));
        if segment.is_some_and(|segment| segment.ident == "bool") {
            Self::Flag
        } else if let Some(inner) = inner("Option") {
            Self::Optional(inner)
        } else if let Some(inner) = inner("Vec") {
            Self::List(inner)
        } else {
            Self::One(type_.clone())
        }
    }

    /// The type of a value; a flag has none.
    pub(super) fn value_type(&self) -> Option<&Type> {
        match self {
            Self::Flag => None,
            Self::Optional(type_) | Self::List(type_) | Self::One(type_) => Some(type_),
        }
    }

    /// The name of the shape in messages.
    fn name(&self) -> &'static str {
        match self {
            Self::Flag => "flag",
            Self::Optional(_) => "optional argument",
            Self::List(_) => "list",
            Self::One(_) => "argument",
        }
    }
}

/// The last segment of a type's path.
pub(super) fn last_segment(type_: &Type) -> Option<&PathSegment> {
    match type_ {
        Type::Path(path) if path.qself.is_none() => path.path.segments.last(),
        // The argument of a macro.
        Type::Group(group) => last_segment(&group.elem),
        _ => None,
    }
}

/// `T` of `name<T>`.
fn only_argument(segment: &PathSegment, name: &str) -> Option<Type> {
    let PathArguments::AngleBracketed(arguments) = &segment.arguments else {
        return None;
    };
    let mut arguments = arguments.args.iter();
    match (arguments.next(), arguments.next()) {
        (Some(GenericArgument::Type(type_)), None) if segment.ident == name => Some(type_.clone()),
        _ => None,
    }
}

/// The name of a type, without its path.
fn type_name(type_: &Type) -> String {
    last_segment(type_).map_or_else(String::new, |segment| segment.ident.to_string())
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
