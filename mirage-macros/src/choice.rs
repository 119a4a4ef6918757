//! `match target { unix => …, virtio => … }`: a value that differs by target.

use crate::{
    context::Context,
    lookup,
    per_target::PerTarget,
    syntax::{Form, Item},
};
use mirage_graph::{
    diagnostic::{Diagnostic, DiagnosticKind},
    graph::SpanId,
    target::Target,
};
use syn::{Arm, Expr, ExprMatch, Pat};

/// The item for each target, with the value of its arm. An item without a valid arm is
/// [`Form::Invalid`].
pub(crate) fn items(item: &Item, context: &mut Context) -> PerTarget<Item> {
    let form = match &item.form {
        Form::Value(value) => {
            values(value, context).map(|value| value.map_or(Form::Invalid, Form::Value))
        }
        other => PerTarget::same(other.clone()),
    };
    form.map(|form| Item {
        key: item.key.clone(),
        form,
    })
}

/// The value for each target, and `None` for a target without a valid arm.
pub(crate) fn values(value: &Expr, context: &mut Context) -> PerTarget<Option<Expr>> {
    match match_target(value) {
        Some(choice) => arms(choice, context),
        None => PerTarget::same(Some(value.clone())),
    }
}

/// The value, or that of the first arm of a `match target`.
pub(crate) fn first(value: &Expr) -> &Expr {
    match match_target(value).and_then(|choice| choice.arms.first()) {
        Some(arm) => &arm.body,
        None => value,
    }
}

fn match_target(value: &Expr) -> Option<&ExprMatch> {
    match value {
        Expr::Match(choice) if matches!(&*choice.expr, Expr::Path(path) if path.path.is_ident("target")) => {
            Some(choice)
        }
        _ => None,
    }
}

fn arms(choice: &ExprMatch, context: &mut Context) -> PerTarget<Option<Expr>> {
    let mut seen = Vec::new();
    let mut arms = Vec::new();
    let mut wildcard = None;
    let mut is_valid = true;
    for arm in &choice.arms {
        match names(arm) {
            Some(names) => {
                let first = seen.len();
                for name in names {
                    is_valid &= add_target(name, &mut seen, context);
                }
                let targets: Vec<_> = seen[first..].iter().map(|(target, _)| *target).collect();
                arms.push((targets, Some((*arm.body).clone())));
            }
            None if matches!(arm.pat, Pat::Wild(_)) => wildcard = wildcard.or(Some(&arm.body)),
            None => {
                is_valid = false;
                context.expected("a target name or `_`", &arm.pat);
            }
        }
    }
    let is_seen = |target: &Target| seen.iter().any(|(other, _)| other == target);
    let others: Vec<_> = Target::ALL
        .into_iter()
        .filter(|target| !is_seen(target))
        .collect();
    // An invalid pattern may have been meant for one of them.
    if is_valid && wildcard.is_none() {
        let missing = context.spans.spanned(others.clone(), choice.match_token);
        context.missing_arms.push(missing);
    }
    let other = wildcard.map(|body| (**body).clone());
    if wildcard.is_some() || !others.is_empty() {
        arms.push((others, other));
    }
    PerTarget::from_arms(arms)
}

/// The names in an arm's pattern, if it consists of names.
fn names(arm: &Arm) -> Option<Vec<&syn::Ident>> {
    fn name(pattern: &Pat) -> Option<&syn::Ident> {
        match pattern {
            Pat::Ident(name)
                if name.by_ref.is_none() && name.mutability.is_none() && name.subpat.is_none() =>
            {
                Some(&name.ident)
            }
            _ => None,
        }
    }
    match &arm.pat {
        Pat::Or(either) => either.cases.iter().map(name).collect(),
        pattern => Some(vec![name(pattern)?]),
    }
}

/// Adds the target of a pattern to those seen before. Returns false after reporting an invalid one.
fn add_target(
    pattern: &syn::Ident,
    seen: &mut Vec<(Target, SpanId)>,
    context: &mut Context,
) -> bool {
    let span = context.spans.span_id(pattern);
    let diagnostic = match lookup::target(pattern.to_string()) {
        Err(kind) => Diagnostic::new(kind, span),
        Ok(target) if !context.targets.contains(&target) => {
            Diagnostic::new(DiagnosticKind::Arm(target), span)
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
