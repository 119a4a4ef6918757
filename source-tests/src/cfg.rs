//! The conditional compilation that the workspace's modules use.

use syn::{Attribute, Expr, Item, Lit, Meta, Token, punctuated::Punctuated};

/// What source is compiled for. Tests are never part of it.
#[derive(Debug, Clone, Copy)]
pub struct Cfg {
    /// The value of `mirage_target`, which is unset on `unix`.
    pub mirage_target: Option<&'static str>,
}

/// One for each target, and for the template of a target.
pub const ALL: [Cfg; 5] = [
    Cfg {
        mirage_target: None,
    },
    Cfg {
        mirage_target: Some("virtio"),
    },
    Cfg {
        mirage_target: Some("hvt"),
    },
    Cfg {
        mirage_target: Some("spt"),
    },
    Cfg {
        mirage_target: Some("template"),
    },
];

impl Cfg {
    /// Whether an item with these attributes is compiled. Unknown options count as set and unset.
    pub fn includes(self, attributes: &[Attribute]) -> bool {
        attributes
            .iter()
            .filter(|attribute| attribute.path().is_ident("cfg"))
            .all(|attribute| {
                let predicate = attribute.parse_args::<Meta>();
                predicate.map_or(true, |predicate| self.value(&predicate) != Some(false))
            })
    }

    /// Whether an item is compiled.
    pub fn includes_item(self, item: &Item) -> bool {
        self.includes(attributes(item))
    }

    /// The value of a predicate; `None` if it is not known.
    fn value(self, predicate: &Meta) -> Option<bool> {
        match predicate {
            Meta::Path(path) if path.is_ident("test") => Some(false),
            Meta::Path(path) if path.is_ident("mirage_target") => {
                Some(self.mirage_target.is_some())
            }
            Meta::Path(_) => None,
            Meta::NameValue(option) if option.path.is_ident("mirage_target") => match &option.value
            {
                Expr::Lit(literal) => match &literal.lit {
                    Lit::Str(value) => Some(self.mirage_target == Some(value.value().as_str())),
                    _ => None,
                },
                _ => None,
            },
            Meta::NameValue(_) => None,
            Meta::List(list) => {
                let predicates = list
                    .parse_args_with(Punctuated::<Meta, Token![,]>::parse_terminated)
                    .ok()?;
                let values = || predicates.iter().map(|predicate| self.value(predicate));
                if list.path.is_ident("not") {
                    values().next()?.map(|value| !value)
                } else {
                    // `all` is decided by one that is false, `any` by one that is true.
                    let decides = list.path.is_ident("any");
                    if values().any(|value| value == Some(decides)) {
                        Some(decides)
                    } else if values().all(|value| value == Some(!decides)) {
                        Some(!decides)
                    } else {
                        None
                    }
                }
            }
        }
    }
}

/// The attributes of an item.
fn attributes(item: &Item) -> &[Attribute] {
    match item {
        Item::Const(item) => &item.attrs,
        Item::Enum(item) => &item.attrs,
        Item::ExternCrate(item) => &item.attrs,
        Item::Fn(item) => &item.attrs,
        Item::ForeignMod(item) => &item.attrs,
        Item::Impl(item) => &item.attrs,
        Item::Macro(item) => &item.attrs,
        Item::Mod(item) => &item.attrs,
        Item::Static(item) => &item.attrs,
        Item::Struct(item) => &item.attrs,
        Item::Trait(item) => &item.attrs,
        Item::TraitAlias(item) => &item.attrs,
        Item::Type(item) => &item.attrs,
        Item::Union(item) => &item.attrs,
        Item::Use(item) => &item.attrs,
        _ => &[],
    }
}
