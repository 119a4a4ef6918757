//! The attribute's tokens as items. An error in one item does not hide the others.

use crate::{choice, source::Source};
use mirage_graph::diagnostic::DiagnosticKind;
use proc_macro2::{Group, Ident, TokenStream, TokenTree};
use quote::ToTokens;
use syn::{Expr, ext::IdentExt};

/// `key`, `key = value`, or `key(…)`.
pub(crate) struct Item {
    pub(crate) key: Ident,
    pub(crate) form: Form,
}

/// What follows a key.
pub(crate) enum Form {
    /// Nothing.
    Bare,
    /// `= value`
    Value(Expr),
    /// `(…)`
    Group(Group),
    /// Something else, which has been reported.
    Broken,
}

impl Item {
    /// The key's text, without the `r#` of a raw identifier.
    pub(crate) fn name(&self) -> String {
        self.key.unraw().to_string()
    }

    /// The tokens of its value.
    pub(crate) fn value(&self) -> TokenStream {
        match &self.form {
            Form::Value(value) => value.to_token_stream(),
            Form::Group(group) => group.to_token_stream(),
            Form::Bare | Form::Broken => self.key.to_token_stream(),
        }
    }
}

/// The pieces between the commas that are in no bracket, with their commas left out.
pub(crate) fn pieces(tokens: TokenStream) -> Vec<TokenStream> {
    let mut pieces = vec![TokenStream::new()];
    for token in tokens {
        match &token {
            TokenTree::Punct(punct) if punct.as_char() == ',' => pieces.push(TokenStream::new()),
            _ => pieces
                .last_mut()
                .expect("there is always one")
                .extend([token]),
        }
    }
    // A comma may stand behind the last item.
    if pieces.last().is_some_and(TokenStream::is_empty) {
        pieces.pop();
    }
    pieces
}

/// The items of the attribute or of a group; `example` shows one.
///
/// What has no key is reported and left out, what has one is always there.
pub(crate) fn items(tokens: TokenStream, example: &str, source: &mut Source) -> Vec<Item> {
    let pieces = pieces(tokens).into_iter();
    pieces
        .filter_map(|piece| {
            let item = item(piece.clone(), source);
            if item.is_none() {
                source.error(DiagnosticKind::Syntax(format!("`{example}`")), piece);
            }
            item
        })
        .collect()
}

/// Whether a word can name nothing: not even as a raw identifier.
fn is_no_name(word: &Ident) -> bool {
    ["_", "self", "Self", "super", "crate"]
        .iter()
        .any(|other| word == other)
}

/// The item that `piece` is; `None` if it does not begin with a key.
fn item(piece: TokenStream, source: &mut Source) -> Option<Item> {
    let mut tokens = piece.into_iter();
    let Some(TokenTree::Ident(key)) = tokens.next() else {
        return None;
    };
    if is_no_name(&key) {
        return None;
    }
    let rest: TokenStream = tokens.collect();
    let form = form(&key, rest, source);
    Some(Item { key, form })
}

fn form(key: &Ident, rest: TokenStream, source: &mut Source) -> Form {
    let mut tokens = rest.clone().into_iter();
    match (tokens.next(), tokens.next()) {
        (None, _) => Form::Bare,
        (Some(TokenTree::Group(group)), None) => Form::Group(group),
        (Some(TokenTree::Punct(punct)), second) if punct.as_char() == '=' => {
            let Some(second) = second else {
                source.error(
                    DiagnosticKind::Syntax(format!("a value for `{key}` after `=`")),
                    punct,
                );
                return Form::Broken;
            };
            let value: TokenStream = [second].into_iter().chain(tokens).collect();
            if let Some(next) = behind_a_literal(value.clone()) {
                source.error(
                    DiagnosticKind::Syntax(format!("a comma before `{next}`")),
                    next,
                );
                return Form::Broken;
            }
            choice::choose(value_of(value), source).map_or(Form::Broken, Form::Value)
        }
        (Some(_), _) => {
            source.error(
                DiagnosticKind::Syntax(format!("`{key} = …` or `{key}(…)`")),
                rest,
            );
            Form::Broken
        }
    }
}

/// The word that follows a literal: there, a comma is missing.
fn behind_a_literal(value: TokenStream) -> Option<Ident> {
    let mut tokens = value.into_iter();
    match (tokens.next(), tokens.next()) {
        (Some(TokenTree::Literal(_)), Some(TokenTree::Ident(next))) if next != "as" => Some(next),
        _ => None,
    }
}

/// The expression; what is none, such as an address without quotes, stays as tokens, for the key's
/// reader to say what it wants.
fn value_of(tokens: TokenStream) -> Expr {
    syn::parse2(tokens.clone()).unwrap_or(Expr::Verbatim(tokens))
}

#[cfg(test)]
mod tests {
    use super::*;
    use quote::quote;

    fn read(tokens: TokenStream) -> (Vec<String>, Vec<&'static str>) {
        let mut source = Source::new();
        let items = items(tokens, "key = value", &mut source).into_iter();
        let shown = items.map(|item| {
            let form = match item.form {
                Form::Bare => String::new(),
                Form::Value(value) => format!(" = {}", value.to_token_stream()),
                Form::Group(group) => group.to_string(),
                Form::Broken => " broken".into(),
            };
            format!("{}{form}", item.key)
        });
        let shown = shown.collect();
        let codes = source
            .diagnostics()
            .iter()
            .map(|diagnostic| diagnostic.kind.code());
        (shown, codes.collect())
    }

    #[test]
    fn items_have_three_forms() {
        let (items, codes) = read(quote!(net, ip = "10.0.0.2", tcp(http = 80), type = 1 + 1,));
        assert_eq!(
            items,
            ["net", "ip = \"10.0.0.2\"", "tcp(http = 80)", "type = 1 + 1"]
        );
        assert_eq!(codes, [""; 0]);
    }

    #[test]
    fn a_mistake_does_not_hide_the_other_items() {
        let (items, codes) = read(quote!("net", ip =, mac: 5, , name = "a"));
        assert_eq!(items, ["ip broken", "mac broken", "name = \"a\""]);
        assert_eq!(codes, ["MIR001", "MIR001", "MIR001", "MIR001"]);
    }

    #[test]
    fn a_value_that_is_no_expression_is_kept() {
        let (items, codes) = read(quote!(ip = 10.0.0.2, memory = 16MiB));
        assert_eq!(items.len(), 2);
        assert_eq!(codes, [""; 0]);
    }
}
