//! Splits tokens at commas, and recovers from mistakes in them.

use crate::context::Context;
use proc_macro2::{Delimiter, Ident, TokenStream, TokenTree};

/// Keywords after which an expression continues with another identifier.
const PREFIXES: [&str; 20] = [
    "as", "async", "await", "box", "break", "const", "dyn", "else", "for", "if", "impl", "in",
    "let", "match", "move", "mut", "raw", "return", "unsafe", "while",
];

/// Keywords with which an expression continues after an operand.
const INFIXES: [&str; 4] = ["as", "else", "if", "in"];

/// Splits tokens at the commas outside brackets. Reports a `;`, an extra comma and a missing comma, and splits
/// there too. `example` is an item.
pub(crate) fn pieces(
    tokens: TokenStream,
    example: &str,
    context: &mut Context,
) -> Vec<TokenStream> {
    let mut pieces = Vec::new();
    let mut piece: Vec<TokenTree> = Vec::new();
    let mut has_semicolon = false;
    let tokens: Vec<_> = tokens.into_iter().collect();
    for (index, token) in tokens.iter().enumerate() {
        match token {
            TokenTree::Punct(punct) if matches!(punct.as_char(), ',' | ';') => {
                if punct.as_char() == ';' {
                    // Whoever writes one writes the others as well: it is one mistake.
                    if !std::mem::replace(&mut has_semicolon, true) {
                        context.expected("`,`", punct);
                    }
                } else if piece.is_empty() {
                    context.expected(format!("`{example}`"), punct);
                }
                if !piece.is_empty() {
                    pieces.push(piece.drain(..).collect());
                }
                continue;
            }
            TokenTree::Ident(next) if lacks_comma(&piece, next, &tokens[index + 1..]) => {
                context.expected(format!("a comma before `{next}`"), next);
                pieces.push(piece.drain(..).collect());
            }
            _ => {}
        }
        piece.push(token.clone());
    }
    if !piece.is_empty() {
        pieces.push(piece.into_iter().collect());
    }
    pieces
}

/// Whether an item ends before `next`, and another begins with it.
fn lacks_comma(piece: &[TokenTree], next: &Ident, rest: &[TokenTree]) -> bool {
    let is_any = |name: &Ident, of: &[&str]| of.iter().any(|other| name == other);
    if is_any(next, &INFIXES) {
        return false;
    }
    // `.on(…)` without its dot has an error of its own.
    let is_on = next == "on";
    match piece {
        // An attribute belongs to what follows.
        [.., TokenTree::Punct(hash), TokenTree::Group(_)]
            if matches!(hash.as_char(), '#' | '!') =>
        {
            false
        }
        [.., TokenTree::Literal(_)] => true,
        [.., TokenTree::Group(_)] => !is_on && begins_item(rest),
        [.., TokenTree::Ident(name)] => !is_any(name, &PREFIXES) && begins_item(rest),
        [.., TokenTree::Punct(_)] | [] => false,
    }
}

/// Whether tokens go on an item after its key.
fn begins_item(rest: &[TokenTree]) -> bool {
    let is = |token: Option<&TokenTree>, character| matches!(token, Some(TokenTree::Punct(punct)) if punct.as_char() == character);
    match rest.first() {
        Some(TokenTree::Group(group)) => group.delimiter() == Delimiter::Parenthesis,
        token => is(token, '=') && !is(rest.get(1), '='),
    }
}
