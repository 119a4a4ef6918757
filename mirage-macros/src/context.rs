//! The state of an expansion: spans, constants and diagnostics.

use crate::{
    constant::{Constant, ConstantRule},
    span::{SpanTable, identifiers},
};
use mirage_graph::{
    diagnostic::{Diagnostic, DiagnosticKind},
    graph::{ConfigValue, SpanId, Spanned},
    target::Target,
};
use proc_macro2::{Ident, Span, TokenStream};
use quote::ToTokens;
use std::collections::BTreeSet;
use syn::{Expr, spanned::Spanned as _};

/// Names of the expansion that a constant cannot have.
const RESERVED: [&str; 5] = [
    "_MANIFEST",
    "_NOTE",
    "_IMAGE",
    "_ARGUMENTS",
    "_MAC_ADDRESSES",
];

/// Spans, constants and diagnostics.
pub(crate) struct Context {
    pub(crate) spans: SpanTable,
    diagnostics: Vec<Diagnostic>,
    constants: Vec<Constant>,
    reserved_names: BTreeSet<String>,
    /// The targets that a `match target` may have arms for: the declared ones, or all.
    pub(crate) targets: Vec<Target>,
    /// The targets without an arm, for each `match target` without a `_`.
    pub(crate) missing_arms: Vec<Spanned<Vec<Target>>>,
}

impl Context {
    pub(crate) fn new() -> Self {
        Self {
            spans: SpanTable::default(),
            diagnostics: Vec::new(),
            constants: Vec::new(),
            reserved_names: RESERVED.map(Into::into).into(),
            targets: Target::ALL.into(),
            missing_arms: Vec::new(),
        }
    }

    /// Reserves the identifiers in `tokens`: no constant of the expansion may have their names.
    pub(crate) fn reserve_names(&mut self, tokens: TokenStream) {
        identifiers(tokens, &mut |name| {
            self.reserved_names.insert(name);
        });
    }

    /// Adds the constant `expression`, the value of the key or port `label`.
    pub(crate) fn constant<T>(
        &mut self,
        label: &str,
        expression: &Expr,
        rule: ConstantRule,
    ) -> Spanned<ConfigValue<T>> {
        let label = label.to_uppercase();
        let names = (1..).map(|number| match number {
            1 => format!("_{label}"),
            number => format!("_{label}_{number}"),
        });
        let mut free = names.filter(|name| !self.reserved_names.contains(name));
        let name = free.next().expect("numbers do not end");
        self.constants.push(Constant {
            name: Ident::new(&name, Span::call_site()),
            expression: expression.clone(),
            rule,
        });
        self.reserved_names.insert(name);
        let value = ConfigValue::Constant(self.constants.len() - 1);
        self.spans.spanned(value, expression)
    }

    /// Gives each constant the span of its expression, once all spans are in the table.
    pub(crate) fn locate_constants(&mut self) {
        for Constant {
            name, expression, ..
        } in &mut self.constants
        {
            name.set_span(self.spans.user_span(expression.span()));
        }
    }

    /// The constants, by position.
    pub(crate) fn constants(&self) -> &[Constant] {
        &self.constants
    }

    /// Reports a diagnostic once: variants have nodes and values in common, and their errors.
    pub(crate) fn report(&mut self, diagnostic: Diagnostic) {
        if !self.diagnostics.contains(&diagnostic) {
            self.diagnostics.push(diagnostic);
        }
    }

    /// Reports an error at some tokens.
    pub(crate) fn error(&mut self, kind: impl Into<DiagnosticKind>, tokens: impl ToTokens) {
        let span = self.spans.span_id(tokens);
        self.error_at(kind, span);
    }

    /// Reports a syntax error at some tokens.
    pub(crate) fn expected(&mut self, what: impl Into<String>, tokens: impl ToTokens) {
        self.error(DiagnosticKind::Syntax(what.into()), tokens);
    }

    /// Reports an error at `span`.
    pub(crate) fn error_at(&mut self, kind: impl Into<DiagnosticKind>, span: SpanId) {
        self.report(Diagnostic::new(kind.into(), span));
    }

    /// Returns a valid value, and reports the error of an invalid one at `span`.
    pub(crate) fn valid<T>(
        &mut self,
        value: Result<T, impl Into<DiagnosticKind>>,
        span: SpanId,
    ) -> Option<T> {
        match value {
            Ok(value) => Some(value),
            Err(error) => {
                self.error_at(error, span);
                None
            }
        }
    }

    /// Removes the diagnostics after the first `count`, to report them at another time.
    pub(crate) fn split_off(&mut self, count: usize) -> Vec<Diagnostic> {
        self.diagnostics.split_off(count)
    }

    pub(crate) fn diagnostics(&self) -> &[Diagnostic] {
        &self.diagnostics
    }

    pub(crate) fn has_errors(&self) -> bool {
        let mut diagnostics = self.diagnostics.iter();
        diagnostics.any(|diagnostic| !diagnostic.kind.is_warning())
    }
}
