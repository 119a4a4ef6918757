//! The arms of a `match target`.

use super::syntax::{LENGTH, has_targets, is_target, names, starts_with_choice};
use crate::{constant::unparenthesised, context::Context, lookup, per_target::PerTarget};
use mirage_graph::{
    diagnostic::{Diagnostic, DiagnosticKind},
    graph::{SpanId, Spanned},
    target::Target,
};
use proc_macro2::{Ident, TokenStream, TokenTree};
use quote::{ToTokens, quote};
use syn::{Expr, ExprMatch, Pat, Stmt};

const AFTER_WILDCARD: &str =
    "an arm before it is `_`, which all targets choose: move `_` to the end";
pub(crate) const NO_OTHERS: &str = "every supported target has an arm of its own: remove this one";
const OUTER_ARM: &str = "the arm around this `match target` is for other targets";

/// The value of each target's arm; `None` without a valid one. The whole is the value for `targets`.
pub(super) fn bodies(
    choice: &ExprMatch,
    targets: &[Target],
    context: &mut Context,
) -> PerTarget<Option<Expr>> {
    let mut seen = Vec::new();
    let mut arms = Vec::new();
    let mut wildcard: Option<(SpanId, &Expr)> = None;
    let mut is_valid = true;
    for arm in &choice.arms {
        if wildcard.is_some() {
            is_valid = false;
            context.error(DiagnosticKind::UnreachableArm(AFTER_WILDCARD), &arm.pat);
            break;
        }
        if let Some(attribute) = arm.attrs.first() {
            context.expected("an arm without an attribute", attribute);
            is_valid = false;
        }
        match names(&arm.pat) {
            Some(names) => {
                let first = seen.len();
                for name in names {
                    is_valid &= add_target(name, &mut seen, targets, context);
                }
                let targets: Vec<_> = seen[first..].iter().map(|(target, _)| *target).collect();
                arms.push((targets, Some(without_braces(&arm.body).clone())));
            }
            None if matches!(arm.pat, Pat::Wild(_)) => {
                let span = context.spans.span_id(&arm.pat);
                wildcard = Some((span, without_braces(&arm.body)));
            }
            None => {
                is_valid = false;
                context.syntax_error(
                    "a target name or `_`",
                    "write `unix`, `virtio`, `hvt` or `spt` without quotes or a path, and `|` between several",
                    &arm.pat,
                );
            }
        }
    }
    let is_seen = |target: &Target| seen.iter().any(|(other, _)| other == target);
    let others = Target::ALL.into_iter().filter(|target| !is_seen(target));
    let others: Vec<_> = others.collect();
    let missing = others.iter().copied();
    let missing: Vec<_> = missing.filter(|target| targets.contains(target)).collect();
    match wildcard {
        // An invalid pattern may have been meant for one of them.
        _ if !is_valid => {}
        None => {
            let missing = context.spans.spanned(missing, choice.match_token);
            context.missing_arms.push(missing);
        }
        Some((span, _)) => context.wildcards.push(Spanned::new(missing, span)),
    }
    let other = wildcard.map(|(_, body)| body.clone());
    if wildcard.is_some() || !others.is_empty() {
        arms.push((others, other));
    }
    PerTarget::from_arms(arms)
}

/// The value of an arm that is written in braces, `unix => { 80 }`.
pub(super) fn without_braces(body: &Expr) -> &Expr {
    match body {
        Expr::Block(block) if block.label.is_none() && block.attrs.is_empty() => {
            match block.block.stmts.as_slice() {
                [Stmt::Expr(value, None)] => value,
                _ => body,
            }
        }
        _ => body,
    }
}

/// Adds the target of a pattern to those seen before. Returns false after reporting an invalid one.
fn add_target(
    pattern: &Ident,
    seen: &mut Vec<(Target, SpanId)>,
    targets: &[Target],
    context: &mut Context,
) -> bool {
    let span = context.spans.span_id(pattern);
    let diagnostic = match lookup::target(pattern.to_string()) {
        Err(kind) => Diagnostic::new(kind, span),
        Ok(target) if !context.targets.contains(&target) => {
            Diagnostic::new(DiagnosticKind::Arm(target), span)
        }
        Ok(target) if !targets.contains(&target) => {
            Diagnostic::new(DiagnosticKind::UnreachableArm(OUTER_ARM), span)
        }
        Ok(target) => match seen.iter().find(|(other, _)| *other == target) {
            Some((_, first)) => {
                Diagnostic::new(DiagnosticKind::DuplicateKey(target.name().into()), span)
                    .with(*first, "the first is")
            }
            None => {
                seen.push((target, span));
                return true;
            }
        },
    };
    context.report(diagnostic);
    false
}

/// Reports what was meant to be a `match target`: one with a syntax error, a `match` on something else
/// whose patterns are targets, or an `if`. Returns whether it is one of them.
pub(super) fn report_error(value: &Expr, context: &mut Context) -> bool {
    match value {
        Expr::Verbatim(tokens) => {
            let trees: Vec<_> = tokens.clone().into_iter().collect();
            if !starts_with_choice(&trees) {
                return false;
            }
            let (choice, rest) = trees.split_at(LENGTH);
            match syn::parse2::<ExprMatch>(choice.iter().cloned().collect()) {
                Err(error) => {
                    let text = error.to_string();
                    let expected = text.strip_prefix("expected ").unwrap_or("an arm");
                    let expected = match expected.starts_with("one of") {
                        true => "a target name or `_`",
                        false => expected,
                    };
                    context.syntax_error(
                        expected,
                        "write the arms as `unix => VALUE, _ => VALUE`",
                        Ident::new("_token", error.span()),
                    );
                }
                // What follows belongs to a device, which has its own errors.
                Ok(_) if matches!(rest, [TokenTree::Punct(dot), ..] if dot.as_char() == '.') => {
                    return false;
                }
                Ok(_) => context.expected("a comma", rest.iter().cloned().collect::<TokenStream>()),
            }
            true
        }
        Expr::Match(choice) if !is_target(&choice.expr) && is_name(&choice.expr) => {
            let is_choice = has_targets(choice);
            if is_choice {
                context.expected("`match target`", &choice.expr);
            }
            is_choice
        }
        Expr::If(condition) if mentions_target(condition.cond.to_token_stream()) => {
            let (keyword, condition) = (&condition.if_token, &condition.cond);
            context.expected(
                "`match target { unix => …, _ => … }`",
                quote!(#keyword #condition),
            );
            true
        }
        _ => false,
    }
}

/// Whether an expression is a name, perhaps in parentheses or behind a reference.
fn is_name(expression: &Expr) -> bool {
    match unparenthesised(expression) {
        Expr::Path(path) => path.path.get_ident().is_some(),
        Expr::Reference(reference) => is_name(&reference.expr),
        _ => false,
    }
}

fn mentions_target(tokens: TokenStream) -> bool {
    let mut trees = tokens.into_iter();
    trees.any(|tree| matches!(tree, TokenTree::Ident(name) if name == "target"))
}
