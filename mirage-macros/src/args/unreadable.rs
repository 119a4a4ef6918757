//! Types of fields that are not read from a text, as far as their syntax shows it.

use super::shape::{Shape, last_segment};
use syn::{Data, DeriveInput, Type};

const LIST: &str = "use `Vec<T>` for an argument that may be repeated";

/// The type in a field that no text is read as, and what to use instead.
pub(super) fn find(shape: &Shape) -> Option<(&Type, &'static str)> {
    let type_ = shape.value_type()?;
    let is_nested = !matches!(shape, Shape::One(_));
    instead_of(type_, is_nested).map(|instead| (type_, instead))
}

fn instead_of(type_: &Type, is_nested: bool) -> Option<&'static str> {
    match type_ {
        Type::Reference(reference) => Some(match &*reference.elem {
            Type::Slice(_) => LIST,
            other if is_named(other, "str") => "use `String`",
            _ => "use a type without the reference",
        }),
        Type::Array(_) | Type::Slice(_) => Some(LIST),
        Type::Tuple(_) => Some("use a field for each value"),
        Type::FnPtr(_) | Type::Never(_) | Type::Ptr(_) | Type::TraitObject(_) => {
            Some("use a type that implements `FromStr`")
        }
        Type::Group(group) => instead_of(&group.elem, is_nested),
        Type::Paren(inner) => instead_of(&inner.elem, is_nested),
        other if is_named(other, "str") => Some("use `String`"),
        other if is_nested && (is_named(other, "Option") || is_named(other, "Vec")) => {
            Some("use `Option<T>` or `Vec<T>` alone: an absent list is empty")
        }
        _ => None,
    }
}

fn is_named(type_: &Type, name: &str) -> bool {
    last_segment(type_).is_some_and(|segment| segment.ident == name)
}

/// Whether a field has no size, so that no function can return the struct.
pub(super) fn is_unsized(item: &DeriveInput) -> bool {
    let Data::Struct(data) = &item.data else {
        return false;
    };
    data.fields.iter().any(|field| {
        matches!(field.ty, Type::Slice(_) | Type::TraitObject(_)) || is_named(&field.ty, "str")
    })
}
