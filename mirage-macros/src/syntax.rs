//! The attribute's tokens as items. An error in one item does not hide the others.

use crate::context::Context;
use proc_macro2::{Group, Ident, TokenStream, TokenTree};
use quote::ToTokens;
use syn::{Expr, ext::IdentExt};

/// `key`, `key = value`, or `key(…)`.
#[derive(Clone)]
pub(crate) struct Item {
    pub(crate) key: Ident,
    pub(crate) form: Form,
}

/// The tokens after a key.
#[derive(Clone)]
pub(crate) enum Form {
    /// Nothing.
    Bare,
    /// `= value`
    Value(Expr),
    /// `(…)`
    Group(Group),
    /// Anything else, which has been reported.
    Invalid,
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
            Form::Bare | Form::Invalid => self.key.to_token_stream(),
        }
    }
}

/// Splits tokens at the commas that are outside brackets.
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
    // A trailing comma is allowed.
    if pieces.last().is_some_and(TokenStream::is_empty) {
        pieces.pop();
    }
    pieces
}

/// The items of the attribute or of a group; `example` is one of them.
///
/// A piece without a key is reported and omitted. An item with a key is always included.
pub(crate) fn items(tokens: TokenStream, example: &str, context: &mut Context) -> Vec<Item> {
    let pieces = pieces(tokens).into_iter();
    pieces
        .filter_map(|piece| {
            let item = item(piece.clone(), context);
            if item.is_none() {
                context.expected(format!("`{example}`"), piece);
            }
            item
        })
        .collect()
}

/// Whether an identifier is not a name, not even as a raw identifier.
fn is_reserved(identifier: &Ident) -> bool {
    ["_", "self", "Self", "super", "crate"]
        .iter()
        .any(|other| identifier == other)
}

/// Reads an item; `None` if `piece` does not begin with a key.
fn item(piece: TokenStream, context: &mut Context) -> Option<Item> {
    let mut tokens = piece.into_iter();
    let Some(TokenTree::Ident(key)) = tokens.next() else {
        return None;
    };
    if is_reserved(&key) {
        return None;
    }
    let rest: TokenStream = tokens.collect();
    let form = form(&key, rest, context);
    Some(Item { key, form })
}

fn form(key: &Ident, rest: TokenStream, context: &mut Context) -> Form {
    let mut tokens = rest.clone().into_iter();
    match (tokens.next(), tokens.next()) {
        (None, _) => Form::Bare,
        (Some(TokenTree::Group(group)), None) => Form::Group(group),
        (Some(TokenTree::Punct(punct)), second) if punct.as_char() == '=' => {
            let Some(second) = second else {
                context.expected(format!("a value for `{key}` after `=`"), punct);
                return Form::Invalid;
            };
            let value: TokenStream = [second].into_iter().chain(tokens).collect();
            if let Some(next) = name_after_literal(value.clone()) {
                context.expected(format!("a comma before `{next}`"), next);
                return Form::Invalid;
            }
            Form::Value(expression(value))
        }
        (Some(_), _) => {
            context.expected(format!("`{key} = …` or `{key}(…)`"), rest);
            Form::Invalid
        }
    }
}

/// The identifier after a literal, before which a comma is missing.
fn name_after_literal(value: TokenStream) -> Option<Ident> {
    let mut tokens = value.into_iter();
    match (tokens.next(), tokens.next()) {
        (Some(TokenTree::Literal(_)), Some(TokenTree::Ident(next))) if next != "as" => Some(next),
        _ => None,
    }
}

/// Parses an expression. Other tokens, such as an address without quotes, are kept for the key's own
/// error.
fn expression(tokens: TokenStream) -> Expr {
    syn::parse2(tokens.clone()).unwrap_or(Expr::Verbatim(tokens))
}

#[cfg(test)]
mod tests {
    use super::*;
    use quote::quote;

    fn read(tokens: TokenStream) -> (Vec<String>, Vec<&'static str>) {
        let mut context = Context::new();
        let items = items(tokens, "key = value", &mut context).into_iter();
        let shown = items.map(|item| {
            let form = match item.form {
                Form::Bare => String::new(),
                Form::Value(value) => format!(" = {}", value.to_token_stream()),
                Form::Group(group) => group.to_string(),
                Form::Invalid => " invalid".into(),
            };
            format!("{}{form}", item.key)
        });
        let shown = shown.collect();
        let codes = context
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
    fn an_error_does_not_hide_the_other_items() {
        let (items, codes) = read(quote!("net", ip =, mac: 5, , name = "a"));
        assert_eq!(items, ["ip invalid", "mac invalid", "name = \"a\""]);
        assert_eq!(codes, ["MIR001", "MIR001", "MIR001", "MIR001"]);
    }

    #[test]
    fn a_value_that_is_no_expression_is_kept() {
        let (items, codes) = read(quote!(ip = 10.0.0.2, memory = 16MiB));
        assert_eq!(items.len(), 2);
        assert_eq!(codes, [""; 0]);
    }
}
