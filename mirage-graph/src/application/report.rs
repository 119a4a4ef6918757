//! The diagnostics of a plan.

use super::{Application, PlanError};
use crate::{
    diagnostic::{Diagnostic, DiagnosticKind, Unknown},
    graph::SpanId,
};
use alloc::vec::Vec;

/// The diagnostics so far.
#[derive(Default)]
pub(super) struct Report {
    diagnostics: Vec<Diagnostic>,
}

impl Report {
    pub(super) fn into_diagnostics(self) -> Vec<Diagnostic> {
        self.diagnostics
    }

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
