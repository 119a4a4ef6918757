//! How an argument is given, by its field's type.

use syn::{GenericArgument, PathArguments, PathSegment, Type};

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
    pub(super) fn from_type(type_: &Type) -> Self {
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
    pub(super) fn name(&self) -> &'static str {
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
pub(super) fn type_name(type_: &Type) -> String {
    last_segment(type_).map_or_else(String::new, |segment| segment.ident.to_string())
}
