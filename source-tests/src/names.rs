//! The names that source files declare.

use proc_macro2::Ident;
use std::path::Path;
use syn::visit::{self, Visit};

/// A declared name.
#[derive(Debug, PartialEq, Eq)]
pub struct Name {
    /// The name.
    pub name: String,
    /// The line; 0 for the name of the file.
    pub line: usize,
}

/// The name of a file and of every item, field, variant and method that it declares. The names of
/// tests are sentences and not among them.
///
/// # Panics
///
/// Panics if `text` is not Rust.
pub fn declared(path: &Path, text: &str) -> Vec<Name> {
    let file = syn::parse_file(text).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let stem = path.file_stem().unwrap_or_default().to_string_lossy();
    let mut names = Names(vec![Name {
        name: stem.into_owned(),
        line: 0,
    }]);
    names.visit_file(&file);
    names.0
}

/// The words of a name, in lower case.
pub fn split(name: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let mut begins = true;
    let mut was_lowercase = false;
    for character in name.chars() {
        if character == '_' || character == '-' {
            begins = true;
            continue;
        }
        if begins || (character.is_uppercase() && was_lowercase) {
            words.push(String::new());
        }
        begins = false;
        was_lowercase = !character.is_uppercase();
        if let Some(word) = words.last_mut() {
            word.extend(character.to_lowercase());
        }
    }
    words
}

struct Names(Vec<Name>);

impl Names {
    fn add(&mut self, name: &Ident) {
        self.0.push(Name {
            name: name.to_string(),
            line: name.span().start().line,
        });
    }
}

fn is_test(attributes: &[syn::Attribute]) -> bool {
    attributes
        .iter()
        .any(|attribute| attribute.path().is_ident("test"))
}

impl<'a> Visit<'a> for Names {
    fn visit_item_fn(&mut self, item: &'a syn::ItemFn) {
        if !is_test(&item.attrs) {
            self.add(&item.sig.ident);
        }
        visit::visit_item_fn(self, item);
    }

    fn visit_impl_item_fn(&mut self, item: &'a syn::ImplItemFn) {
        self.add(&item.sig.ident);
        visit::visit_impl_item_fn(self, item);
    }

    fn visit_trait_item_fn(&mut self, item: &'a syn::TraitItemFn) {
        self.add(&item.sig.ident);
        visit::visit_trait_item_fn(self, item);
    }

    fn visit_item_const(&mut self, item: &'a syn::ItemConst) {
        self.add(&item.ident);
        visit::visit_item_const(self, item);
    }

    fn visit_impl_item_const(&mut self, item: &'a syn::ImplItemConst) {
        self.add(&item.ident);
        visit::visit_impl_item_const(self, item);
    }

    fn visit_item_static(&mut self, item: &'a syn::ItemStatic) {
        self.add(&item.ident);
        visit::visit_item_static(self, item);
    }

    fn visit_item_struct(&mut self, item: &'a syn::ItemStruct) {
        self.add(&item.ident);
        visit::visit_item_struct(self, item);
    }

    fn visit_item_enum(&mut self, item: &'a syn::ItemEnum) {
        self.add(&item.ident);
        visit::visit_item_enum(self, item);
    }

    fn visit_item_trait(&mut self, item: &'a syn::ItemTrait) {
        self.add(&item.ident);
        visit::visit_item_trait(self, item);
    }

    fn visit_item_type(&mut self, item: &'a syn::ItemType) {
        self.add(&item.ident);
        visit::visit_item_type(self, item);
    }

    fn visit_item_mod(&mut self, item: &'a syn::ItemMod) {
        self.add(&item.ident);
        visit::visit_item_mod(self, item);
    }

    fn visit_item_macro(&mut self, item: &'a syn::ItemMacro) {
        item.ident.iter().for_each(|name| self.add(name));
    }

    fn visit_field(&mut self, field: &'a syn::Field) {
        field.ident.iter().for_each(|name| self.add(name));
        visit::visit_field(self, field);
    }

    fn visit_variant(&mut self, variant: &'a syn::Variant) {
        self.add(&variant.ident);
        visit::visit_variant(self, variant);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_of_name_is_found() {
        let text = "mod a { const B: u8 = 1; static C: u8 = 1; }
            struct D { e: u8 } enum F { G { h: u8 } } trait I { fn j(); } type K = u8;
            impl D { fn l() { fn m() {} } const N: u8 = 1; } macro_rules! o { () => {} }
            #[test] fn a_sentence() {}";
        let names = declared(Path::new("src/file.rs"), text);
        let names: Vec<_> = names.iter().map(|name| name.name.as_str()).collect();
        let expected = [
            "file", "a", "B", "C", "D", "e", "F", "G", "h", "I", "j", "K", "l", "m", "N", "o",
        ];
        assert_eq!(names, expected);
    }

    #[test]
    fn names_are_split_into_words() {
        assert_eq!(split("is_told_something"), ["is", "told", "something"]);
        assert_eq!(split("HardwareAddress"), ["hardware", "address"]);
        assert_eq!(split("MOST_PORTS"), ["most", "ports"]);
    }
}
