//! `match target { unix => …, virtio => … }`: a value that differs by target.

use crate::{config, source::Source};
use mirage_graph::{
    diagnostic::{Diagnostic, DiagnosticKind},
    target::Target,
};
use syn::{Arm, Expr, ExprMatch, Pat};

/// The value for the target that the source is read for; other values are what they are. `None` if
/// there is none, which has been reported.
pub(crate) fn choose(value: Expr, source: &mut Source) -> Option<Expr> {
    match value {
        Expr::Match(choice) if is_of_target(&choice) => {
            source.differs_by_target();
            arm(choice, source)
        }
        other => Some(other),
    }
}

fn is_of_target(choice: &ExprMatch) -> bool {
    matches!(&*choice.expr, Expr::Path(path) if path.path.is_ident("target"))
}

/// The arm of the target, once every arm was checked.
fn arm(choice: ExprMatch, source: &mut Source) -> Option<Expr> {
    let mut seen = Vec::new();
    let mut otherwise = None;
    let mut chosen = None;
    let mut sound = true;
    for arm in &choice.arms {
        match targets(arm) {
            Some(patterns) => {
                for pattern in patterns {
                    match target(pattern, &mut seen, source) {
                        Some(target) if target == source.target() => chosen = Some(arm),
                        Some(_) => {}
                        None => sound = false,
                    }
                }
            }
            None if matches!(arm.pat, Pat::Wild(_)) => {
                otherwise = otherwise.or(Some(arm));
            }
            None => {
                sound = false;
                let expected = "a target name or `_`".to_string();
                source.error(DiagnosticKind::Syntax(expected), &arm.pat);
            }
        }
    }
    if let Some(arm) = chosen.or(otherwise) {
        return Some((*arm.body).clone());
    }
    let seen: Vec<_> = seen.into_iter().map(|(target, _)| target).collect();
    let targets = source.targets().iter().copied();
    let missing: Vec<_> = targets.filter(|target| !seen.contains(target)).collect();
    // A pattern that was not understood may have been for one of them.
    if sound && !missing.is_empty() {
        source.error(DiagnosticKind::NoArm(missing), choice.match_token);
    }
    None
}

/// The names of an arm's pattern, if it consists of names.
fn targets(arm: &Arm) -> Option<Vec<&syn::Ident>> {
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

/// The target of a pattern, if it may stand there.
fn target(
    pattern: &syn::Ident,
    seen: &mut Vec<(Target, mirage_graph::graph::SpanId)>,
    source: &mut Source,
) -> Option<Target> {
    let span = source.span_id(pattern);
    let diagnostic = match config::target(pattern.to_string()) {
        Err(kind) => Diagnostic::new(kind, span),
        Ok(target) if !source.targets().contains(&target) => {
            Diagnostic::new(DiagnosticKind::Arm(target), span)
        }
        Ok(target) => match seen.iter().find(|(other, _)| *other == target) {
            Some((_, first)) => {
                Diagnostic::new(DiagnosticKind::DuplicateKey(target.name().into()), span)
                    .with(*first, "the first is")
            }
            None => {
                seen.push((target, span));
                return Some(target);
            }
        },
    };
    source.report(diagnostic);
    None
}
