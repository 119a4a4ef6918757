//! The state of an expansion: spans, constants and diagnostics.

use crate::{
    constant::{Constant, ConstantRule},
    span::{SpanTable, identifiers},
};
use mirage_graph::{
    application::PlanError,
    diagnostic::{Diagnostic, DiagnosticKind},
    graph::{SpanId, Spanned},
    target::Target,
};
use proc_macro2::{Ident, Span, TokenStream};
use quote::ToTokens;
use std::collections::{BTreeMap, BTreeSet};
use syn::{Expr, spanned::Spanned as _};

/// Names of the expansion that a constant cannot have.
const RESERVED: [&str; 8] = [
    "_MANIFEST",
    "_NOTE",
    "_IMAGE",
    "_ARGUMENTS",
    "_MAC_ADDRESSES",
    "_FILES",
    "_PROCESS",
    "_RULES",
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
    /// The targets that each `_` of a `match target` is for.
    pub(crate) wildcards: Vec<Spanned<Vec<Target>>>,
    /// Values that are not expanded because of an error.
    pub(crate) dropped: Vec<TokenStream>,
    /// The types of parameters whose declared types no node has, by the parameter's name.
    pub(crate) parameter_types: BTreeMap<String, TokenStream>,
    /// Whether rustc has reported an error in the attribute's tokens.
    is_reported_by_rustc: bool,
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
            wildcards: Vec::new(),
            dropped: Vec::new(),
            parameter_types: BTreeMap::new(),
            is_reported_by_rustc: false,
        }
    }

    /// Reserves the identifiers in `tokens`: no constant of the expansion may have their names.
    pub(crate) fn reserve_names(&mut self, tokens: TokenStream) {
        identifiers(tokens, &mut |name| {
            self.reserved_names.insert(name);
        });
    }

    /// Adds the constant `expression`, the value of the key or port `label`. Returns its position.
    pub(crate) fn constant(
        &mut self,
        label: &str,
        expression: &Expr,
        rule: ConstantRule,
    ) -> Spanned<usize> {
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
            is_invalid: false,
        });
        self.reserved_names.insert(name);
        self.spans.spanned(self.constants.len() - 1, expression)
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

    /// Reports each constant for which `error` returns one and its tokens.
    pub(crate) fn check_constants(
        &mut self,
        error: impl Fn(&Expr) -> Option<(DiagnosticKind, TokenStream)>,
    ) {
        let mut errors = Vec::new();
        for constant in &mut self.constants {
            if let Some(error) = error(&constant.expression) {
                constant.is_invalid = true;
                errors.push(error);
            }
        }
        for (kind, tokens) in errors {
            self.error(kind, tokens);
        }
    }

    /// Reports each constant of a plan, whose values are literals.
    pub(crate) fn refuse_constants(&mut self) {
        self.check_constants(|value| {
            Some((PlanError::NotALiteral.into(), value.to_token_stream()))
        });
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
        self.syntax_error(what, "", tokens);
    }

    /// Reports a syntax error, and how to fix it, at some tokens.
    pub(crate) fn syntax_error(
        &mut self,
        expected: impl Into<String>,
        help: impl Into<String>,
        tokens: impl ToTokens,
    ) {
        self.error(DiagnosticKind::Syntax(expected.into(), help.into()), tokens);
    }

    /// Notes an error that rustc has already reported.
    pub(crate) fn reported_by_rustc(&mut self) {
        self.is_reported_by_rustc = true;
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
        self.is_reported_by_rustc || diagnostics.any(|diagnostic| !diagnostic.kind.is_warning())
    }
}
