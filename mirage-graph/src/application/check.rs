//! The checks of a plan.

use super::{
    Application, Member, Part, PlanError,
    addresses::Addresses,
    links::{self, Resolved},
    part, paths,
};
use crate::{
    diagnostic::{Diagnostic, DiagnosticKind, Unknown},
    graph::{SpanId, Spanned},
};
use alloc::{collections::BTreeMap, string::String, vec::Vec};

/// The result of the checks.
#[derive(Debug, Default)]
pub struct Checked {
    /// The diagnostics, one for each independent error.
    pub diagnostics: Vec<Diagnostic>,
    /// The part of each unikernel, in order. Complete if there is no diagnostic.
    pub parts: Vec<Part>,
}

/// Checks a plan.
pub fn check(application: &Application) -> Checked {
    let mut checks = Checks::default();
    checks.names(application);
    let addresses = Addresses::new(application, &mut checks);
    let links = links::resolve(application, &addresses, &mut checks);
    paths::check(application, &links, &mut checks);
    let parts = part::parts(application, &addresses, &links);
    Checked {
        diagnostics: checks.diagnostics,
        parts,
    }
}

/// The diagnostics so far.
#[derive(Default)]
pub(super) struct Checks {
    diagnostics: Vec<Diagnostic>,
}

impl Checks {
    pub(super) fn report(&mut self, kind: impl Into<DiagnosticKind>, span: SpanId) {
        self.diagnostics.push(Diagnostic::new(kind.into(), span));
    }

    /// Reports a conflict, and the place of its other side.
    pub(super) fn conflict(
        &mut self,
        kind: impl Into<DiagnosticKind>,
        span: SpanId,
        (other, is): (SpanId, &'static str),
    ) {
        let diagnostic = Diagnostic::new(kind.into(), span);
        self.diagnostics.push(diagnostic.with(other, is));
    }

    /// Each name denotes one thing: networks and unikernels in the plan, and nodes in a unikernel.
    fn names(&mut self, application: &Application) {
        let networks = application.networks.iter().map(|network| &network.name);
        self.unique(networks, |name| DiagnosticKind::DuplicateName(name.into()));
        let unikernels = application.unikernels.iter().map(|member| &member.name);
        self.unique(unikernels, |name| {
            DiagnosticKind::DuplicateName(name.into())
        });
        for member in &application.unikernels {
            let interfaces = member.interfaces.iter().map(|interface| &interface.network);
            let ports = member.ports.iter().map(|port| &port.name);
            let nodes = interfaces.chain(ports).chain(&member.disks);
            self.unique(nodes, |name| DiagnosticKind::DuplicateName(name.into()));
        }
    }

    fn unique<'a>(
        &mut self,
        names: impl Iterator<Item = &'a Spanned<String>>,
        kind: impl Fn(&str) -> DiagnosticKind,
    ) {
        let mut first = BTreeMap::new();
        for Spanned { value, span } in names {
            let earlier = *first.entry(value).or_insert(*span);
            if earlier != *span {
                self.conflict(kind(value), *span, (earlier, "the other is"));
            }
        }
    }

    /// The unikernel of that name, by its position.
    pub(super) fn unikernel(
        &mut self,
        application: &Application,
        name: &str,
        span: SpanId,
    ) -> Option<usize> {
        let members = &application.unikernels;
        let found = members.iter().position(|member| member.name.value == name);
        if found.is_none() && !application.lacks_unikernels {
            let names = members.iter().map(|member| member.name.value.clone());
            let unknown = Unknown::new(name.into(), names.collect());
            self.report(PlanError::UnknownUnikernel(unknown), span);
        }
        found
    }
}

impl Resolved {
    /// Whether a link leads to a port of a unikernel.
    pub(super) fn leads_to(&self, unikernel: usize, port: usize) -> bool {
        self.to_port() == Some((unikernel, port))
    }
}

impl Member {
    /// The names of its networks.
    pub(super) fn networks(&self) -> Vec<String> {
        let interfaces = self.interfaces.iter();
        interfaces
            .map(|interface| interface.network.value.clone())
            .collect()
    }
}
