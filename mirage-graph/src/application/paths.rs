//! The rules of a plan about its links as a whole: `never` and `acyclic`.

use super::{Application, End, Never, PlanError, links::Resolved, report::Report};
use alloc::{
    collections::VecDeque,
    string::{String, ToString},
    vec::Vec,
};

/// A vertex of the graph of links: the outside, or a unikernel by its position.
type Vertex = Option<usize>;

/// Report the rules.
pub(super) fn check(application: &Application, links: &[Resolved], checks: &mut Report) {
    if application.acyclic.is_some() {
        acyclic(application, links, checks);
    }
    for rule in &application.never {
        let from = vertex(application, &rule.from.value, rule, checks);
        let to = vertex(application, &rule.to.value, rule, checks);
        let (Some(from), Some(to)) = (from, to) else {
            continue;
        };
        match rule.by_path {
            true => never_reaches(application, links, rule, (from, to), checks),
            false => never(links, rule, (from, to), checks),
        }
    }
}

/// The vertex of an end of a rule. An unknown one is reported.
fn vertex(
    application: &Application,
    end: &End,
    rule: &Never,
    checks: &mut Report,
) -> Option<Vertex> {
    match end {
        End::Outside => Some(None),
        End::Unikernel(name) => {
            let ends = [&rule.from, &rule.to];
            let written = ends.into_iter().find(|written| written.value == *end)?;
            checks.unikernel(application, name, written.span).map(Some)
        }
    }
}

/// Reports each link that a rule forbids.
fn never(links: &[Resolved], rule: &Never, (from, to): (Vertex, Vertex), checks: &mut Report) {
    for link in links {
        if link.from == from && link.to() == to {
            let error = PlanError::Never(name(&rule.from.value), name(&rule.to.value));
            checks.conflict(error, link.span, (rule.span, "the rule is"));
        }
    }
}

/// Reports the last link of the shortest path that a rule forbids.
fn never_reaches(
    application: &Application,
    links: &[Resolved],
    rule: &Never,
    (from, to): (Vertex, Vertex),
    checks: &mut Report,
) {
    let links: Vec<_> = links.iter().collect();
    let Some(path) = path(&links, from, to) else {
        return;
    };
    let last = path.last().expect("a path has a link");
    let error = PlanError::NeverReaches(
        name(&rule.from.value),
        name(&rule.to.value),
        names(application, &path),
    );
    checks.conflict(error, last.span, (rule.span, "the rule is"));
}

/// Reports each link that completes a cycle with those before it.
fn acyclic(application: &Application, links: &[Resolved], checks: &mut Report) {
    let mut before: Vec<&Resolved> = Vec::new();
    for link in links {
        // The outside is not one thing.
        let (Some(from), Some(to)) = (link.from, link.to()) else {
            continue;
        };
        let Some(mut path) = path(&before, Some(to), Some(from)) else {
            before.push(link);
            continue;
        };
        path.push(link);
        checks.report(PlanError::Cyclic(names(application, &path)), link.span);
    }
}

/// The shortest path between two vertices.
fn path<'a>(links: &[&'a Resolved], from: Vertex, to: Vertex) -> Option<Vec<&'a Resolved>> {
    // The link by which each vertex was reached, and that before it.
    let mut reached: Vec<(&Resolved, Option<usize>)> = Vec::new();
    let mut next: VecDeque<(Vertex, Option<usize>)> = VecDeque::from([(from, None)]);
    while let Some((vertex, before)) = next.pop_front() {
        for &link in links.iter().filter(|link| link.from == vertex) {
            let is_known = reached.iter().any(|(other, _)| other.to() == link.to());
            if is_known {
                continue;
            }
            reached.push((link, before));
            let last = reached.len() - 1;
            if link.to() == to {
                let steps = core::iter::successors(Some(last), |step| reached[*step].1);
                let mut path: Vec<_> = steps.map(|step| reached[step].0).collect();
                path.reverse();
                return Some(path);
            }
            // Paths do not lead through the outside.
            if link.to().is_some() {
                next.push_back((link.to(), Some(last)));
            }
        }
    }
    None
}

/// The names of the vertices of a path.
fn names(application: &Application, path: &[&Resolved]) -> Vec<String> {
    let vertex = |vertex: Vertex| match vertex {
        None => super::OUTSIDE.to_string(),
        Some(unikernel) => application.unikernels[unikernel].name.value.clone(),
    };
    let first = path.first().map(|link| vertex(link.from));
    let others = path.iter().map(|link| vertex(link.to()));
    first.into_iter().chain(others).collect()
}

fn name(end: &End) -> String {
    end.name().into()
}
