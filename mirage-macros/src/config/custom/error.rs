//! Items that were meant to be custom devices.

use crate::{
    constant::unparenthesised,
    context::Context,
    span::source_text,
    syntax::{Form, Item},
};
use mirage_graph::diagnostic::DiagnosticKind;
use proc_macro2::{Delimiter, Ident, Span, TokenStream, TokenTree};
use quote::ToTokens;
use syn::{Expr, ExprStruct, spanned::Spanned as _};

/// The form of a device, in messages.
const FORM: &str = "`CONFIGURATION { FIELD: VALUE }.on(NODE)`";

/// An error and its tokens.
pub(in crate::config) struct SyntaxError {
    pub(in crate::config) kind: DiagnosticKind,
    pub(in crate::config) tokens: TokenStream,
}

impl SyntaxError {
    fn expected(
        expected: impl Into<String>,
        help: impl Into<String>,
        tokens: impl ToTokens,
    ) -> Self {
        Self {
            kind: DiagnosticKind::Syntax(expected.into(), help.into()),
            tokens: tokens.to_token_stream(),
        }
    }

    fn no_on(item: &Item) -> Self {
        Self {
            kind: DiagnosticKind::NoOn(item.name()),
            tokens: item.value(),
        }
    }

    /// The first token's span.
    pub(in crate::config) fn span(&self) -> Span {
        self.tokens.span()
    }
}

/// The error of an item with an unknown key that was meant to be a device; `None` for any other item.
/// A key that is similar to a known one was rather meant to be that.
pub(in crate::config) fn error(item: &Item, is_similar: bool) -> Option<SyntaxError> {
    if let Form::Value(value) = &item.form
        && let Some(error) = after_on(value)
    {
        return Some(error);
    }
    match &item.form {
        Form::Value(Expr::MethodCall(call)) if is_struct(&call.receiver) => {
            Some(SyntaxError::expected("`on`", "", &call.method))
        }
        Form::Value(Expr::Field(field)) if is_struct(&field.base) => {
            let member = &field.member;
            let node = member.to_token_stream().to_string();
            let expected = match node.as_str() {
                "on" => "`on(NODE, …)`".into(),
                node => format!("`on({node})`"),
            };
            Some(SyntaxError::expected(expected, "", member))
        }
        Form::Value(Expr::Verbatim(tokens)) => in_tokens(tokens),
        Form::Value(value) if !is_similar && is_configuration(value) => {
            Some(SyntaxError::no_on(item))
        }
        Form::Group(group) => in_group(item, group.stream()),
        _ => None,
    }
}

fn is_struct(value: &Expr) -> bool {
    matches!(unparenthesised(value), Expr::Struct(_))
}

/// Whether a value can be the configuration of a device, and of no key.
fn is_configuration(value: &Expr) -> bool {
    match unparenthesised(value) {
        Expr::Lit(literal) => match &literal.lit {
            syn::Lit::Str(text) => is_type_name(&text.value()),
            _ => false,
        },
        Expr::Path(path) => {
            let last = path.path.segments.last();
            last.is_some_and(|last| is_type_name(&last.ident.to_string()))
        }
        Expr::Call(call) => match &*call.func {
            Expr::Path(path) => !path.path.is_ident("boot"),
            _ => true,
        },
        Expr::Macro(call) => !call.mac.path.is_ident("boot"),
        Expr::MethodCall(_)
        | Expr::Await(_)
        | Expr::Block(_)
        | Expr::Closure(_)
        | Expr::If(_)
        | Expr::Index(_)
        | Expr::Reference(_)
        | Expr::Try(_)
        | Expr::Tuple(_) => true,
        _ => false,
    }
}

/// Whether a name is in camel case.
pub(crate) fn is_type_name(name: &str) -> bool {
    name.starts_with(|first: char| first.is_ascii_uppercase())
        && name.contains(|other: char| other.is_ascii_lowercase())
        && name.chars().all(|each| each.is_ascii_alphanumeric())
}

/// What follows the `.on(…)` of a device.
fn after_on(value: &Expr) -> Option<SyntaxError> {
    let trees: Vec<_> = value.to_token_stream().into_iter().collect();
    let end = trees.windows(3).position(|three| match three {
        [
            TokenTree::Punct(dot),
            TokenTree::Ident(name),
            TokenTree::Group(_),
        ] => dot.as_char() == '.' && name == "on",
        _ => false,
    })?;
    let next = trees.get(end + 3)?;
    let is_chain = matches!(trees.get(end + 4), Some(TokenTree::Ident(name)) if name == "on");
    let help = "the configuration is what precedes `.on(…)`";
    (!is_chain).then(|| SyntaxError::expected("nothing after `.on(…)`", help, next))
}

/// The error of tokens that are no expression.
fn in_tokens(tokens: &TokenStream) -> Option<SyntaxError> {
    let trees: Vec<_> = tokens.clone().into_iter().collect();
    if let Some(error) = without_turbofish(&trees) {
        return Some(error);
    }
    for (index, tree) in trees.iter().enumerate() {
        let Some(TokenTree::Group(_)) = trees.get(index + 1) else {
            continue;
        };
        let TokenTree::Ident(name) = tree else {
            continue;
        };
        if name != "on" || index == 0 {
            continue;
        }
        return match &trees[index - 1] {
            TokenTree::Punct(dot) if dot.as_char() == '.' => {
                let error = syn::parse2::<Expr>(tokens.clone()).err()?;
                if let Some(TokenTree::Punct(last)) = trees.last() {
                    return Some(SyntaxError::expected("nothing after `.on(…)`", "", last));
                }
                Some(SyntaxError::expected(
                    FORM,
                    "",
                    Ident::new("_token", error.span()),
                ))
            }
            TokenTree::Punct(colon) if colon.as_char() == ':' && index > 1 => {
                let path: TokenStream = trees[index - 2..=index].iter().cloned().collect();
                Some(SyntaxError::expected("`.on`", "", path))
            }
            TokenTree::Group(_) => Some(SyntaxError::expected("`.on`", "", name)),
            _ => None,
        };
    }
    None
}

/// `CacheConfig<u8> { … }`, which is a comparison in an expression.
fn without_turbofish(trees: &[TokenTree]) -> Option<SyntaxError> {
    let is = |tree: &TokenTree, character| matches!(tree, TokenTree::Punct(punct) if punct.as_char() == character);
    let start = trees.iter().position(|tree| is(tree, '<'))?;
    let end = trees.iter().rposition(|tree| is(tree, '>'))?;
    let (path, arguments) = (trees.get(..start)?, trees.get(start..=end)?);
    let is_path = matches!(path.last(), Some(TokenTree::Ident(_)))
        && path
            .iter()
            .all(|tree| is(tree, ':') || matches!(tree, TokenTree::Ident(_)));
    let has_fields = matches!(trees.get(end + 1), Some(TokenTree::Group(group)) if group.delimiter() == Delimiter::Brace);
    let text = |trees: &[TokenTree]| {
        let tokens: TokenStream = trees.iter().cloned().collect();
        source_text(&tokens).replace("< ", "<")
    };
    let expected = format!("`{}::{} {{ … }}`", text(path), text(arguments));
    (is_path && has_fields).then(|| SyntaxError::expected(expected, "", &trees[start]))
}

/// A device in parentheses: `cache(CacheConfig { … }, clock)` or `devices(cache = …)`.
fn in_group(item: &Item, contents: TokenStream) -> Option<SyntaxError> {
    let trees: Vec<_> = contents.into_iter().collect();
    if item.key == "on" {
        let help = "write `NAME = CONFIGURATION.on(NODE, …)`";
        return Some(SyntaxError::expected(
            "a device before `on`",
            help,
            &item.key,
        ));
    }
    let has_fields = trees.windows(2).any(|pair| {
        matches!(pair, [TokenTree::Ident(_), TokenTree::Group(group)] if group.delimiter() == Delimiter::Brace)
    });
    if !has_fields {
        return None;
    }
    match trees.get(1) {
        Some(TokenTree::Punct(equals)) if equals.as_char() == '=' => Some(SyntaxError::expected(
            "devices without a group around them",
            "write them beside the other items",
            &item.key,
        )),
        _ => Some(SyntaxError::no_on(item)),
    }
}

/// Reports an expression that cannot be a configuration, whatever its types. Returns whether it did.
pub(super) fn report_in(configuration: &Expr, context: &mut Context) -> bool {
    match unparenthesised(configuration) {
        Expr::Closure(closure) => context.expected("a configuration, not a closure", closure),
        Expr::Struct(ExprStruct { path, .. }) if path.is_ident("Self") => {
            context.expected("the name of the configuration's type", path);
        }
        other => match returning(other.to_token_stream()) {
            Some(keyword) => {
                context.expected(format!("a configuration without `{keyword}`"), keyword);
            }
            None => return false,
        },
    }
    true
}

/// A `return`, `break` or `continue` outside of closures, functions and loops.
fn returning(tokens: TokenStream) -> Option<Ident> {
    let trees: Vec<_> = tokens.into_iter().collect();
    let is_closure = |tree: &TokenTree| match tree {
        TokenTree::Punct(punct) => punct.as_char() == '|',
        TokenTree::Ident(keyword) => ["async", "fn", "for", "loop", "while"]
            .iter()
            .any(|other| keyword == other),
        _ => false,
    };
    if trees.iter().any(is_closure) {
        return None;
    }
    trees.iter().enumerate().find_map(|(index, tree)| match tree {
        TokenTree::Group(group) => returning(group.stream()),
        TokenTree::Ident(keyword) if is_jump(keyword) => {
            // With a label, it leaves a block of the configuration.
            let is_label = |next: &TokenTree| matches!(next, TokenTree::Punct(quote) if quote.as_char() == '\'');
            (!trees.get(index + 1).is_some_and(is_label)).then(|| keyword.clone())
        }
        _ => None,
    })
}

fn is_jump(keyword: &Ident) -> bool {
    ["break", "continue", "return"]
        .iter()
        .any(|other| keyword == other)
}
