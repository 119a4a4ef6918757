//! The source that is being read: the spans of its places, and what was found wrong with it.

use mirage_graph::{
    graph::{At, Location, Place},
    mistake::{Finding, Mistake},
};
use proc_macro2::Span;

/// Spans by place, and findings.
pub(crate) struct Source {
    spans: Vec<Tokens>,
    findings: Vec<Finding>,
}

/// The first and the last of some tokens: stable Rust cannot join two spans.
#[derive(Clone, Copy)]
pub(crate) struct Tokens {
    pub(crate) first: Span,
    pub(crate) last: Span,
}

impl Source {
    pub(crate) fn new() -> Self {
        Self {
            spans: Vec::new(),
            findings: Vec::new(),
        }
    }

    /// The place of `tokens`, the attribute itself if there are none.
    pub(crate) fn place(&mut self, tokens: impl quote::ToTokens) -> Place {
        let mut spans = tokens
            .into_token_stream()
            .into_iter()
            .map(|token| token.span());
        let first = spans.next().unwrap_or_else(Span::call_site);
        let last = spans.last().unwrap_or(first);
        self.spans.push(Tokens { first, last });
        Place(self.spans.len() - 1)
    }

    /// `value`, which was written as `tokens`.
    pub(crate) fn at<T>(&mut self, value: T, tokens: impl quote::ToTokens) -> At<T> {
        let place = self.place(tokens);
        At { value, place }
    }

    /// Adds what was found.
    pub(crate) fn find(&mut self, finding: Finding) {
        self.findings.push(finding);
    }

    /// Adds a mistake at some tokens.
    pub(crate) fn mistake(&mut self, mistake: Mistake, tokens: impl quote::ToTokens) {
        let place = self.place(tokens);
        self.mistake_at(mistake, place);
    }

    /// Adds a mistake at a place.
    pub(crate) fn mistake_at(&mut self, mistake: Mistake, place: Place) {
        self.find(Finding::new(mistake, place));
    }

    pub(crate) fn extend(&mut self, findings: Vec<Finding>) {
        self.findings.extend(findings);
    }

    pub(crate) fn findings(&self) -> &[Finding] {
        &self.findings
    }

    pub(crate) fn has_errors(&self) -> bool {
        let mut findings = self.findings.iter();
        findings.any(|finding| !finding.mistake.is_warning())
    }

    pub(crate) fn tokens(&self, place: Place) -> Tokens {
        self.spans[place.0]
    }

    /// The file, line and column of every place.
    pub(crate) fn locations(&self) -> Vec<Location> {
        self.spans
            .iter()
            .map(|tokens| location(tokens.first))
            .collect()
    }

    pub(crate) fn location(&self, place: Place) -> Location {
        location(self.tokens(place).first)
    }
}

fn location(span: Span) -> Location {
    let start = span.start();
    Location {
        file: span.file(),
        line: u32::try_from(start.line).unwrap_or(u32::MAX),
        column: u32::try_from(start.column + 1).unwrap_or(u32::MAX),
    }
}
