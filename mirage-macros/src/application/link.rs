//! Links and rules: `web -> api.rpc`, `api -> outside("192.0.2.7:443") as payments`, `outside ->> db`.

use super::address;
use crate::{
    config::{self, string_literal},
    context::Context,
    syntax::{self, Form, Item},
};
use mirage_graph::{
    application::{End, Link, Never, OUTSIDE, Target},
    graph::Spanned,
    port::Protocol,
};
use proc_macro2::{Delimiter, Group, Ident, TokenStream, TokenTree};
use quote::ToTokens;
use std::iter::Peekable;
use syn::{Expr, ext::IdentExt};

/// A link and a rule.
pub(super) const LINK: &str = "web -> api.rpc";
pub(super) const RULE: &str = "outside -> db";

type Trees = Peekable<<TokenStream as IntoIterator>::IntoIter>;

/// Reads a link. An invalid one is reported.
pub(super) fn link(piece: TokenStream, context: &mut Context) -> Option<Link> {
    let mut trees = piece.clone().into_iter().peekable();
    let Some(from) = end(&mut trees, context) else {
        context.expected(format!("a link, such as `{LINK}`"), piece);
        return None;
    };
    match arrow(&mut trees) {
        Some((Arrow::Direct, _)) => {}
        Some((Arrow::Path, tokens)) => {
            context.syntax_error(
                "`->`",
                "`->>` is for rules about paths, in `never(…)`",
                tokens,
            );
            return None;
        }
        None => {
            let rest: TokenStream = trees.collect();
            let help = format!("a link is `FROM -> UNIKERNEL.PORT`, such as `{LINK}`");
            match rest.is_empty() {
                true => context.syntax_error("`->` after this", help, piece),
                false => context.syntax_error("`->`", help, rest),
            }
            return None;
        }
    }
    let to = target(&mut trees, context)?;
    let alias = alias(&mut trees, context)?;
    if let Some(next) = trees.next() {
        context.expected("a comma before the next link", next);
        return None;
    }
    Some(Link { from, to, alias })
}

/// Reads a rule about links that must not be. An invalid one is reported.
pub(super) fn never(piece: TokenStream, context: &mut Context) -> Option<Never> {
    let span = context.spans.span_id(&piece);
    let mut trees = piece.clone().into_iter().peekable();
    let from = end(&mut trees, context);
    let arrow = from.as_ref().and_then(|_| arrow(&mut trees));
    let to = arrow.as_ref().and_then(|_| end(&mut trees, context));
    match (from, arrow, to, trees.next()) {
        (Some(from), Some((arrow, _)), Some(to), None) => Some(Never {
            from,
            to,
            by_path: matches!(arrow, Arrow::Path),
            span,
        }),
        _ => {
            let help = "the ends are unikernels or `outside`; `->` is about direct links and `->>` about paths";
            context.syntax_error(format!("a rule, such as `{RULE}`"), help, piece);
            None
        }
    }
}

/// `outside`, or the name of a unikernel.
fn end(trees: &mut Trees, context: &mut Context) -> Option<Spanned<End>> {
    let TokenTree::Ident(name) = trees.next_if(|tree| matches!(tree, TokenTree::Ident(_)))? else {
        return None;
    };
    let text = name.unraw().to_string();
    let end = match text.as_str() {
        OUTSIDE => End::Outside,
        _ => End::Unikernel(text),
    };
    Some(context.spans.spanned(end, name))
}

enum Arrow {
    /// `->`
    Direct,
    /// `->>`
    Path,
}

fn arrow(trees: &mut Trees) -> Option<(Arrow, TokenStream)> {
    let mut take = |character: char| {
        trees
            .next_if(|tree| matches!(tree, TokenTree::Punct(punct) if punct.as_char() == character))
    };
    let mut tokens = TokenStream::from_iter([take('-')?, take('>')?]);
    let Some(second) = take('>') else {
        return Some((Arrow::Direct, tokens));
    };
    tokens.extend([second]);
    Some((Arrow::Path, tokens))
}

/// `UNIKERNEL.PORT`, or `outside("192.0.2.7:443")`. An invalid one is reported.
fn target(trees: &mut Trees, context: &mut Context) -> Option<Spanned<Target>> {
    let example = format!("a port after `->`, such as `{LINK}`");
    let name = match trees.next() {
        Some(TokenTree::Ident(name)) => name,
        Some(other) => {
            context.expected(example, other);
            return None;
        }
        None => {
            context.expected(example, TokenStream::new());
            return None;
        }
    };
    let unikernel = name.unraw().to_string();
    if unikernel == OUTSIDE {
        let is_group = |tree: &TokenTree| matches!(tree, TokenTree::Group(_));
        let Some(TokenTree::Group(group)) = trees.next_if(is_group) else {
            return Some(context.spans.spanned(Target::Nowhere, name));
        };
        let value = outside(&name, &group, context);
        return Some(context.spans.spanned(value, group_with(&name, &group)));
    }
    let is_dot =
        |tree: &TokenTree| matches!(tree, TokenTree::Punct(punct) if punct.as_char() == '.');
    let port = trees.next_if(is_dot).and_then(|_| trees.next());
    let Some(TokenTree::Ident(port)) = port else {
        let help = format!("a link leads to a port: `{unikernel}.PORT`");
        context.syntax_error(format!("a port of `{unikernel}`"), help, name);
        return None;
    };
    let tokens = TokenStream::from_iter([name.to_token_stream(), port.to_token_stream()]);
    let value = Target::Port {
        unikernel: context.spans.spanned(unikernel, &name),
        port: context.spans.spanned(port.unraw().to_string(), &port),
    };
    Some(context.spans.spanned(value, tokens))
}

fn group_with(name: &Ident, group: &Group) -> TokenStream {
    TokenStream::from_iter([
        TokenTree::Ident(name.clone()),
        TokenTree::Group(group.clone()),
    ])
}

/// The address in `outside("192.0.2.7:443")` or `outside(udp = "192.0.2.7:53")`. An invalid one is reported.
fn outside(name: &Ident, group: &Group, context: &mut Context) -> Target {
    let example = "outside(\"192.0.2.7:443\")";
    let literal: Option<Expr> = syn::parse2(group.stream()).ok();
    let text = literal.as_ref().and_then(string_literal);
    let (protocol, text) = match text {
        Some(text) if group.delimiter() == Delimiter::Parenthesis => (Protocol::Tcp, text.clone()),
        _ => {
            let items = syntax::items(group.stream(), "udp = \"192.0.2.7:53\"", context);
            let protocols = [Protocol::Tcp, Protocol::Udp];
            let written = items.first().map(Item::name);
            let protocol = protocols
                .into_iter()
                .find(|protocol| Some(protocol.name()) == written.as_deref());
            let value = match items.as_slice() {
                [
                    Item {
                        form: Form::Value(value),
                        ..
                    },
                ] => string_literal(value),
                _ => None,
            };
            let (Some(protocol), Some(text)) = (protocol, value) else {
                let help = format!(
                    "write `{example}` for TCP or `outside(udp = \"192.0.2.7:53\")` for UDP"
                );
                context.syntax_error("an address and a port", help, group_with(name, group));
                return Target::Unread;
            };
            (protocol, text.clone())
        }
    };
    let span = context.spans.span_id(&text);
    match context.valid(address::outside(&text.value()), span) {
        Some(address) => Target::Address(protocol, Spanned::new(address, span)),
        None => Target::Unread,
    }
}

/// `as NAME`, or nothing. `None` if it is invalid, which has been reported.
fn alias(trees: &mut Trees, context: &mut Context) -> Option<Option<Spanned<String>>> {
    let is_as = |tree: &TokenTree| matches!(tree, TokenTree::Ident(word) if word == "as");
    let Some(keyword) = trees.next_if(is_as) else {
        return Some(None);
    };
    match trees.next() {
        Some(TokenTree::Ident(name)) if !config::is_built_in(&name.to_string()) => {
            let text = name.unraw().to_string();
            Some(Some(context.spans.spanned(text, name)))
        }
        Some(TokenTree::Ident(name)) => {
            let help = format!("every machine has a `{name}`: choose another name");
            context.syntax_error("another name", help, name);
            None
        }
        Some(other) => {
            context.expected("a name after `as`", other);
            None
        }
        None => {
            context.expected("a name after `as`", keyword);
            None
        }
    }
}
