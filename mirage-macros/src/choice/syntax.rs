//! The syntax of `match target { … }`.

use mirage_graph::target::Target;
use proc_macro2::{Delimiter, Ident, TokenTree};
use syn::{Expr, ExprMatch, Pat};

/// The number of tokens of `match target { … }`.
pub(super) const LENGTH: usize = 3;

/// The `match target { … }` at a position in a value. It could be a `match` on a variable of that name, which
/// has other patterns.
pub(super) fn choice_at(trees: &[TokenTree], index: usize) -> Option<ExprMatch> {
    let rest = &trees[index..];
    if !starts_with_choice(rest) {
        return None;
    }
    let choice: ExprMatch = syn::parse2(rest[..LENGTH].iter().cloned().collect()).ok()?;
    has_targets(&choice).then_some(choice)
}

/// Whether tokens begin with `match target { … }`.
pub(super) fn starts_with_choice(trees: &[TokenTree]) -> bool {
    match trees {
        [
            TokenTree::Ident(keyword),
            TokenTree::Ident(target),
            TokenTree::Group(arms),
            ..,
        ] => keyword == "match" && target == "target" && arms.delimiter() == Delimiter::Brace,
        _ => false,
    }
}

/// Whether the patterns of a `match` are names, among them that of a target.
pub(super) fn has_targets(choice: &ExprMatch) -> bool {
    let mut has_target = false;
    for arm in &choice.arms {
        match names(&arm.pat) {
            Some(names) => {
                let mut names = names.iter();
                has_target |= names.any(|name| Target::from_name(&name.to_string()).is_some());
            }
            None if matches!(arm.pat, Pat::Wild(_)) => {}
            None => return false,
        }
    }
    has_target
}

/// Whether an expression is the name `target`.
pub(super) fn is_target(expression: &Expr) -> bool {
    matches!(expression, Expr::Path(path) if path.path.is_ident("target"))
}

/// The names in a pattern, if it consists of names.
pub(super) fn names(pattern: &Pat) -> Option<Vec<&Ident>> {
    fn name(pattern: &Pat) -> Option<&Ident> {
        match pattern {
            Pat::Ident(name)
                if name.by_ref.is_none() && name.mutability.is_none() && name.subpat.is_none() =>
            {
                Some(&name.ident)
            }
            _ => None,
        }
    }
    match pattern {
        Pat::Or(either) => either.cases.iter().map(name).collect(),
        pattern => Some(vec![name(pattern)?]),
    }
}
