//! The spans of the user's tokens, and those of the tokens of the expansion.

use mirage_graph::graph::{Location, SpanId, Spanned};
use proc_macro2::{Delimiter, Group, Ident, Span, TokenStream, TokenTree};
use quote::ToTokens;
use std::cell::OnceCell;

/// The spans of the user's tokens, by [`SpanId`].
#[derive(Default)]
pub(crate) struct SpanTable {
    spans: Vec<Tokens>,
    /// The syntax context of all spans, if they have the same, once it is known.
    syntax_context: OnceCell<Option<String>>,
}

/// The first and the last of some tokens: stable Rust cannot join two spans.
#[derive(Clone, Copy)]
pub(crate) struct Tokens {
    pub(crate) first: Span,
    pub(crate) last: Span,
}

impl Tokens {
    /// The spans of `tokens`, or that of the attribute if there are none.
    pub(crate) fn new(tokens: impl ToTokens) -> Self {
        let tokens: Vec<_> = tokens.into_token_stream().into_iter().collect();
        let (Some(first), Some(last)) = (tokens.first(), tokens.last()) else {
            let attribute = Span::call_site();
            return Self {
                first: attribute,
                last: attribute,
            };
        };
        Self {
            first: Self::from_tree(first).first,
            last: Self::from_tree(last).last,
        }
    }

    fn from_tree(tree: &TokenTree) -> Self {
        match tree {
            // The argument of a macro has the span of its caller.
            TokenTree::Group(argument) if argument.delimiter() == Delimiter::None => {
                Self::new(argument.stream())
            }
            other => Self {
                first: other.span(),
                last: other.span(),
            },
        }
    }
}

impl SpanTable {
    /// Adds the span of `tokens`, or that of the attribute if there are none.
    pub(crate) fn span_id(&mut self, tokens: impl ToTokens) -> SpanId {
        self.spans.push(Tokens::new(tokens));
        SpanId(self.spans.len() - 1)
    }

    /// `value`, which was written as `tokens`.
    pub(crate) fn spanned<T>(&mut self, value: T, tokens: impl ToTokens) -> Spanned<T> {
        let span = self.span_id(tokens);
        Spanned { value, span }
    }

    pub(crate) fn tokens(&self, span: SpanId) -> Tokens {
        self.spans[span.0]
    }

    /// The location of every span.
    pub(crate) fn locations(&self) -> Vec<Location> {
        let spans = self.spans.iter();
        spans.map(|tokens| location(tokens.first)).collect()
    }

    pub(crate) fn location(&self, span: SpanId) -> Location {
        location(self.tokens(span).first)
    }

    /// The span of expanded tokens that rustc reports errors at, for the user's `span`.
    ///
    /// If all tokens have one syntax context, it is `span` itself, and rustc's errors do not mention
    /// the attribute. If some of them come from a `macro_rules!`, names with different contexts would
    /// not resolve to each other.
    pub(crate) fn user_span(&self, span: Span) -> Span {
        let Some(context) = syntax_context(span) else {
            // An editor does not report errors at spans, but would resolve the user's token to this one.
            return self.hygienic_span();
        };
        // The argument of a `macro_rules!` is surrounded by tokens of the macro.
        if self.syntax_context() == Some(&context) {
            span
        } else {
            self.hygienic_span().located_at(span)
        }
    }

    /// Like [`SpanTable::user_span`], for a name to which editors resolve the user's token.
    pub(crate) fn named_span(&self, span: Span) -> Span {
        match syntax_context(span) {
            Some(_) => self.user_span(span),
            None => self.hygienic_span().located_at(span),
        }
    }

    /// Like [`SpanTable::hygienic_span`], for a name that editors find at the tokens of `span`.
    pub(crate) fn definition_span(&self, span: SpanId) -> Span {
        let span = self.tokens(span).first;
        match syntax_context(span) {
            Some(_) => self.hygienic_span(),
            None => self.named_span(span),
        }
    }

    /// The span of expanded names to which names with a [`SpanTable::user_span`] resolve.
    pub(crate) fn hygienic_span(&self) -> Span {
        if self.has_one_syntax_context() {
            Span::call_site()
        } else {
            Span::mixed_site()
        }
    }

    /// Whether all tokens have the same syntax context.
    pub(crate) fn has_one_syntax_context(&self) -> bool {
        self.syntax_context().is_some()
    }

    fn syntax_context(&self) -> Option<&String> {
        let common = self.syntax_context.get_or_init(|| {
            let spans = self.spans.iter();
            let mut contexts =
                spans.flat_map(|tokens| [tokens.first, tokens.last].map(syntax_context));
            let first = contexts.next()??;
            contexts
                .all(|other| other.as_ref() == Some(&first))
                .then_some(first)
        });
        common.as_ref()
    }
}

/// The syntax context of a span, in which its names are resolved. Stable Rust exposes it only in the
/// span's `Debug` output: `#0 bytes(1..2)`, and `bytes(1..2)` outside rustc, where there is a single
/// context. `None` if the output is anything else.
pub(crate) fn syntax_context(span: Span) -> Option<String> {
    let printed = format!("{span:?}");
    let (context, _) = printed.split_once("bytes(")?;
    let is_known = context.is_empty() || context.starts_with('#');
    is_known.then(|| context.into())
}

/// Whether a span is an editor's, which has no syntax context.
pub(crate) fn is_of_editor(span: Span) -> bool {
    syntax_context(span).is_none()
}

fn location(span: Span) -> Location {
    let start = span.start();
    Location {
        file: span.file(),
        line: u32::try_from(start.line).unwrap_or(u32::MAX),
        column: u32::try_from(start.column + 1).unwrap_or(u32::MAX),
    }
}

/// The tokens with other spans.
pub(crate) fn respanned(tokens: TokenStream, convert: &impl Fn(Span) -> Span) -> TokenStream {
    let trees = tokens.into_iter().map(|mut tree| {
        if let TokenTree::Group(group) = &tree {
            let mut inner = Group::new(group.delimiter(), respanned(group.stream(), convert));
            inner.set_span(group.span());
            tree = TokenTree::Group(inner);
        }
        tree.set_span(convert(tree.span()));
        tree
    });
    trees.collect()
}

/// The source text of an expression: quote separates tokens by spaces.
pub(crate) fn source_text(tokens: &impl ToTokens) -> String {
    let text = tokens.to_token_stream().to_string();
    let text = text.replace(" :: ", "::").replace(" : ", ": ");
    text.replace(" < ", "<").replace(" >", ">")
}

/// The identifiers in `tokens`.
pub(crate) fn identifiers(tokens: TokenStream, found: &mut impl FnMut(String)) {
    for tree in tokens {
        match tree {
            TokenTree::Ident(name) => found(name.to_string()),
            TokenTree::Group(group) => identifiers(group.stream(), found),
            TokenTree::Punct(_) | TokenTree::Literal(_) => {}
        }
    }
}

/// The first variable in `tokens` with one of the names, `name.field` or `name.method()`, unless the tokens
/// define it themselves.
pub(crate) fn first_variable(
    tokens: TokenStream,
    is_name: &impl Fn(&str) -> bool,
) -> Option<Ident> {
    let mut defined = Vec::new();
    let mut used = None;
    variables(tokens, Delimiter::None, is_name, &mut defined, &mut used);
    used.filter(|name| !defined.contains(name))
}

fn variables(
    tokens: TokenStream,
    inside: Delimiter,
    is_name: &impl Fn(&str) -> bool,
    defined: &mut Vec<Ident>,
    used: &mut Option<Ident>,
) {
    let trees: Vec<_> = tokens.into_iter().collect();
    let punct = |index: usize| match trees.get(index) {
        Some(TokenTree::Punct(punct)) => punct.as_char(),
        _ => ' ',
    };
    let mut has_parameters = false;
    for (index, tree) in trees.iter().enumerate() {
        let (before, after) = (punct(index.wrapping_sub(1)), punct(index + 1));
        let name = match tree {
            TokenTree::Ident(name) => name,
            // The tokens of a macro can mean anything.
            TokenTree::Group(_) if before == '!' => continue,
            TokenTree::Group(group) => {
                variables(group.stream(), group.delimiter(), is_name, defined, used);
                continue;
            }
            TokenTree::Punct(other) => {
                has_parameters |= other.as_char() == '|';
                continue;
            }
            TokenTree::Literal(_) => continue,
        };
        if !is_name(&name.to_string()) {
            continue;
        }
        match (before, after) {
            // A field, or a part of a path.
            ('.', _) => {}
            (_, ':') if punct(index + 2) == ':' => {}
            (':', _) if punct(index.wrapping_sub(2)) == ':' => {
                // The last part may be that of a `use`.
                if after != '.' {
                    defined.push(name.clone());
                }
            }
            // The field of a structure, not a parameter or an item.
            (_, ':')
                if inside == Delimiter::Brace && !has_parameters && begins_field(&trees, index) => {
            }
            (_, '.') => *used = used.take().or(Some(name.clone())),
            // A pattern, or something else with this name.
            _ => defined.push(name.clone()),
        }
    }
}

/// Whether the name at a position is the first, or follows a comma.
fn begins_field(trees: &[TokenTree], index: usize) -> bool {
    let is_comma =
        |tree: &TokenTree| matches!(tree, TokenTree::Punct(punct) if punct.as_char() == ',');
    index == 0 || trees.get(index - 1).is_some_and(is_comma)
}
