//! The attribute's tokens as items. An error in one item does not hide the others.

mod pieces;

use crate::context::Context;
pub(crate) use pieces::pieces;
use proc_macro2::{Delimiter, Group, Ident, Punct, TokenStream, TokenTree};
use quote::{ToTokens, quote};
use syn::{Expr, Lit, LitStr, ext::IdentExt};

/// `key`, `key = value`, or `key(…)`.
#[derive(Clone)]
pub(crate) struct Item {
    pub(crate) key: Ident,
    /// The tokens of a key with hyphens, which no key has.
    pub(crate) hyphenated: Option<TokenStream>,
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
    /// An item with this key.
    pub(crate) fn new(key: Ident, form: Form) -> Self {
        Self {
            key,
            hyphenated: None,
            form,
        }
    }

    /// The key's text, without the `r#` of a raw identifier.
    pub(crate) fn name(&self) -> String {
        self.key.unraw().to_string()
    }

    /// Reports a hyphen in the name of a node.
    pub(crate) fn check_name(&self, context: &mut Context) {
        if let Some(written) = &self.hyphenated {
            let help = format!("write `{}`", self.key);
            context.syntax_error("a name without a hyphen", help, written);
        }
    }

    /// The tokens of the key.
    pub(crate) fn written_key(&self) -> TokenStream {
        let written = self.hyphenated.clone();
        written.unwrap_or_else(|| self.key.to_token_stream())
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

/// The items of the attribute or of a group; `example` is one of them.
///
/// A piece without a key is reported and omitted. An item with a key is always included.
pub(crate) fn items(tokens: TokenStream, example: &str, context: &mut Context) -> Vec<Item> {
    let pieces = pieces(tokens, example, context).into_iter();
    pieces
        .filter_map(|piece| {
            let piece = without_attributes(piece, example, context);
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

/// Reports the attributes and doc comments before an item, and removes them.
fn without_attributes(piece: TokenStream, example: &str, context: &mut Context) -> TokenStream {
    let mut tokens = piece.into_iter().peekable();
    let mut attributes = TokenStream::new();
    while let Some(hash) = tokens.next_if(|token| is_punct(token, '#')) {
        attributes.extend([hash]);
        attributes.extend(tokens.next_if(|token| is_punct(token, '!')));
        attributes.extend(tokens.next_if(|token| matches!(token, TokenTree::Group(_))));
    }
    let rest: TokenStream = tokens.collect();
    if attributes.is_empty() || rest.is_empty() {
        // Nothing but an attribute is not an item.
        attributes.extend(rest);
        return attributes;
    }
    let is_documentation = attributes.clone().into_iter().any(
        |token| matches!(token, TokenTree::Group(group) if group.stream().to_string().starts_with("doc =")),
    );
    let (without, help) = match is_documentation {
        true => ("without a doc comment", "write a comment with `//`"),
        false => (
            "without an attribute",
            "a value can differ by target: `key = match target { unix => …, _ => … }`",
        ),
    };
    context.syntax_error(format!("`{example}` {without}"), help, attributes);
    rest
}

fn is_punct(token: &TokenTree, character: char) -> bool {
    matches!(token, TokenTree::Punct(punct) if punct.as_char() == character)
}

/// Reads an item; `None` if `piece` does not begin with a key.
fn item(piece: TokenStream, context: &mut Context) -> Option<Item> {
    let mut tokens = piece.into_iter().peekable();
    let key = match tokens.next()? {
        TokenTree::Ident(key) => key,
        TokenTree::Literal(literal) if tokens.peek().is_some() => {
            let key = unquoted(&literal)?;
            context.expected(format!("`{key}` without quotes"), literal);
            key
        }
        _ => return None,
    };
    if is_reserved(&key) {
        return None;
    }
    if is_declaration(&key) && matches!(tokens.peek(), Some(TokenTree::Ident(_))) {
        context.expected(format!("an item without `{key}`"), key);
        let is_keyword =
            |token: &TokenTree| matches!(token, TokenTree::Ident(word) if is_declaration(word));
        return item(tokens.skip_while(is_keyword).collect(), context);
    }
    let mut written = key.to_token_stream();
    let mut name = key.unraw().to_string();
    while let Some(hyphen) = tokens.next_if(|token| is_punct(token, '-')) {
        let Some(TokenTree::Ident(part)) = tokens.next() else {
            return None;
        };
        name += &format!("_{}", part.unraw());
        written.extend([hyphen, TokenTree::Ident(part)]);
    }
    let is_hyphenated = written.clone().into_iter().count() > 1;
    let mut item = Item::new(key, Form::Bare);
    if is_hyphenated {
        item.key = Ident::new(&name, item.key.span());
        item.hyphenated = Some(written);
    }
    item.form = form(&item.key, tokens.collect(), context);
    Some(item)
}

/// Whether a word begins a declaration in Rust.
fn is_declaration(word: &Ident) -> bool {
    let mut keywords = ["const", "let", "mut", "pub", "static"].iter();
    keywords.any(|keyword| word == keyword)
}

/// The name that is the text of a string literal.
fn unquoted(literal: &proc_macro2::Literal) -> Option<Ident> {
    let text: LitStr = syn::parse2(literal.to_token_stream()).ok()?;
    let mut name = syn::parse_str::<Ident>(&text.value()).ok()?;
    name.set_span(text.span());
    Some(name)
}

fn form(key: &Ident, rest: TokenStream, context: &mut Context) -> Form {
    let mut tokens = rest.clone().into_iter().peekable();
    match (tokens.next(), tokens.peek()) {
        (None, _) => Form::Bare,
        (Some(TokenTree::Group(group)), None) => Form::Group(group),
        (Some(TokenTree::Punct(punct)), second) if punct.as_char() == '=' => {
            let is_arrow = |token: &&TokenTree| is_punct(token, '>') || is_punct(token, '=');
            let arrow = second.filter(is_arrow).cloned();
            if let Some(end) = arrow {
                // The value of `key => value` and of `key == value` is read as well.
                tokens.next();
                let arrow: TokenStream =
                    [TokenTree::Punct(punct.clone()), end].into_iter().collect();
                context.expected(format!("`{key} = …`"), arrow);
            }
            value(key, punct, tokens.collect(), context)
        }
        (Some(TokenTree::Ident(keyword)), Some(TokenTree::Group(arms)))
            if key == "match" && arms.delimiter() == Delimiter::Brace =>
        {
            let choice = [TokenTree::Ident(key.clone()), TokenTree::Ident(keyword)];
            context.syntax_error(
                "`key = value`",
                "`match target` chooses a value: write `key = match target { … }`",
                choice.into_iter().collect::<TokenStream>(),
            );
            Form::Invalid
        }
        (Some(TokenTree::Group(_)), Some(next)) => {
            context.expected(format!("a comma after `{key}(…)`"), next);
            Form::Invalid
        }
        (Some(_), _) => {
            context.expected(format!("`{key} = …` or `{key}(…)`"), rest);
            Form::Invalid
        }
    }
}

/// The value after the `=` of a key.
fn value(key: &Ident, equals: Punct, trees: Vec<TokenTree>, context: &mut Context) -> Form {
    match trees.as_slice() {
        [] => {
            context.expected(format!("a value for `{key}` after `=`"), equals);
            return Form::Invalid;
        }
        [hash, attribute, ..] if is_punct(hash, '#') => {
            let expected = format!("a value for `{key}` without an attribute");
            context.expected(expected, quote!(#hash #attribute));
            return Form::Invalid;
        }
        _ if trees.iter().any(is_invalid_for_rustc) => {
            context.reported_by_rustc();
            return Form::Invalid;
        }
        _ => {}
    }
    match expression(trees.into_iter().collect()) {
        Expr::Assign(assign) => {
            context.expected("a comma before the next item", assign.eq_token);
            Form::Invalid
        }
        value => Form::Value(value),
    }
}

/// Whether a token is or contains a literal in single quotes that is not a character: rustc has an error for
/// it.
fn is_invalid_for_rustc(token: &TokenTree) -> bool {
    match token {
        TokenTree::Group(group) => {
            let mut inner = group.stream().into_iter();
            inner.any(|token| is_invalid_for_rustc(&token))
        }
        TokenTree::Literal(literal) => {
            let is_quoted = literal.to_string().starts_with('\'');
            is_quoted && !matches!(syn::parse2(literal.to_token_stream()), Ok(Lit::Char(_)))
        }
        _ => false,
    }
}

/// Parses an expression. Other tokens, such as an address without quotes, are kept for the key's own
/// error. The argument of a `macro_rules!` is what the caller wrote.
fn expression(tokens: TokenStream) -> Expr {
    let mut trees = tokens.clone().into_iter();
    if let (Some(TokenTree::Group(group)), None) = (trees.next(), trees.next())
        && group.delimiter() == Delimiter::None
    {
        return expression(group.stream());
    }
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
