//! A field as a boot argument.

use super::attribute;
use crate::context::Context;
use mirage_graph::{
    argument::{self, Kind},
    diagnostic::DiagnosticKind,
    graph::Spanned,
};
use proc_macro2::Ident;
use syn::{Attribute, Expr, ExprLit, GenericArgument, Lit, Meta, PathArguments, Type};
use syn::{PathSegment, ext::IdentExt};

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
fn last_segment(type_: &Type) -> Option<&PathSegment> {
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

/// The kind of a type, by its name.
fn kind(type_: &Type) -> Kind {
    last_segment(type_).map_or(Kind::Other, |segment| {
        Kind::for_type(&segment.ident.to_string())
    })
}

impl Field {
    /// Reads a field. `None` if it has no name.
    pub(super) fn read(field: &syn::Field, context: &mut Context) -> Option<Self> {
        let ident = field.ident.clone()?;
        let shape = Shape::from_type(&field.ty);
        let attribute = attribute::read(&field.attrs, context);
        let field_name = ident.unraw().to_string();
        let name = match attribute.name {
            Some(name) => name,
            None => context.spans.spanned(field_name.replace('_', "-"), &ident),
        };
        if !argument::is_name(&name.value) {
            context.error_at(DiagnosticKind::ArgumentName(name.value.clone()), name.span);
        } else if argument::RESERVED.contains(&name.value.as_str()) {
            context.error_at(
                DiagnosticKind::ReservedArgument(name.value.clone()),
                name.span,
            );
        }
        if let Some(Spanned { value, span }) = &attribute.default {
            let wanted = shape.value_type().map_or(Kind::Other, kind);
            if !matches!(shape, Shape::One(_)) {
                context.error_at(DiagnosticKind::NoEffect("default", shape.name()), *span);
            } else if let Some(is) = wanted.wanted().filter(|_| !wanted.accepts(value)) {
                context.error_at(DiagnosticKind::ArgumentDefault(value.clone(), is), *span);
            }
        }
        if let (Some(Spanned { span, .. }), Shape::Flag) = (&attribute.placeholder, &shape) {
            context.error_at(DiagnosticKind::NoEffect("value", shape.name()), *span);
        }
        Some(Self {
            placeholder: match attribute.placeholder {
                Some(placeholder) => placeholder.value,
                None => field_name.to_uppercase(),
            },
            ident,
            name,
            help: help(&field.attrs),
            shape,
            default: attribute.default.map(|default| default.value),
        })
    }
}

/// The first paragraph of the documentation, in one line.
fn help(attributes: &[Attribute]) -> String {
    let lines = attributes
        .iter()
        .filter_map(|attribute| match &attribute.meta {
            Meta::NameValue(meta) if meta.path.is_ident("doc") => match &meta.value {
                Expr::Lit(ExprLit {
                    lit: Lit::Str(text),
                    ..
                }) => Some(text.value()),
                _ => None,
            },
            _ => None,
        });
    let lines: Vec<_> = lines.collect();
    let lines = lines
        .iter()
        .flat_map(|text| text.split('\n'))
        .map(str::trim);
    let paragraph = lines.skip_while(|line| line.is_empty());
    let paragraph: Vec<_> = paragraph.take_while(|line| !line.is_empty()).collect();
    paragraph.join(" ")
}
