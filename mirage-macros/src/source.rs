//! The source that is being read: its spans, its constants, for which target it is
//! read, and what was found wrong with it.

use crate::constant::{Constant, Reader};
use mirage_graph::{
    diagnostic::{Diagnostic, DiagnosticKind},
    graph::{Location, SpanId, Spanned},
    target::Target,
};
use proc_macro2::{Delimiter, Ident, Span, TokenStream, TokenTree};
use quote::ToTokens;
use std::{
    cell::OnceCell,
    collections::{BTreeMap, BTreeSet},
};
use syn::{Expr, spanned::Spanned as _};

/// Names of the expansion that a constant cannot have.
const EXPANSION: [&str; 5] = [
    "_MANIFEST",
    "_NOTE",
    "_IMAGE",
    "_ARGUMENTS",
    "_MAC_ADDRESSES",
];

/// Spans, constants, and diagnostics.
pub(crate) struct Source {
    spans: Vec<Tokens>,
    diagnostics: Vec<Diagnostic>,
    constants: Vec<Constant>,
    /// Constants by where and how they are written: a source is read once for each target.
    known_constants: BTreeMap<(u32, u32, String), usize>,
    constant_names: BTreeSet<String>,
    targets: Vec<Target>,
    target: Target,
    differs: bool,
    /// The context that all spans are of, if it is one, once that is known.
    one_context: OnceCell<Option<String>>,
}

/// The first and the last of some tokens: stable Rust cannot join two spans.
#[derive(Clone, Copy)]
pub(crate) struct Tokens {
    pub(crate) first: Span,
    pub(crate) last: Span,
}

impl Tokens {
    /// Those of `tokens`, the attribute itself if there are none.
    pub(crate) fn new(tokens: impl ToTokens) -> Self {
        let tokens: Vec<_> = tokens.into_token_stream().into_iter().collect();
        let (Some(first), Some(last)) = (tokens.first(), tokens.last()) else {
            let attribute = Span::call_site();
            return Self {
                first: attribute,
                last: attribute,
            };
        };
        Self {
            first: Self::from_tree(first).first,
            last: Self::from_tree(last).last,
        }
    }

    fn from_tree(tree: &TokenTree) -> Self {
        match tree {
            // What a macro was given stands where its caller wrote it.
            TokenTree::Group(given) if given.delimiter() == Delimiter::None => {
                Self::new(given.stream())
            }
            other => Self {
                first: other.span(),
                last: other.span(),
            },
        }
    }
}

impl Source {
    pub(crate) fn new() -> Self {
        Self {
            spans: Vec::new(),
            diagnostics: Vec::new(),
            constants: Vec::new(),
            known_constants: BTreeMap::new(),
            constant_names: EXPANSION.map(Into::into).into(),
            targets: Target::ALL.into(),
            target: Target::Unix,
            differs: false,
            one_context: OnceCell::new(),
        }
    }

    /// Leaves the names in `tokens` to the user: no constant of the expansion has one of them.
    pub(crate) fn leave_names(&mut self, tokens: TokenStream) {
        for tree in tokens {
            match tree {
                TokenTree::Ident(name) => {
                    self.constant_names.insert(name.to_string());
                }
                TokenTree::Group(group) => self.leave_names(group.stream()),
                TokenTree::Punct(_) | TokenTree::Literal(_) => {}
            }
        }
    }

    /// From here on the source is read for `target`, one of `targets`.
    pub(crate) fn read_for(&mut self, target: Target, targets: &[Target]) {
        self.target = target;
        self.targets = targets.into();
    }

    /// The target that the source is read for.
    pub(crate) fn target(&self) -> Target {
        self.target
    }

    /// All targets that it is read for.
    pub(crate) fn targets(&self) -> &[Target] {
        &self.targets
    }

    /// Notes that a value differs by target.
    pub(crate) fn differs_by_target(&mut self) {
        self.differs = true;
    }

    /// Whether any value differs by target.
    pub(crate) fn differs(&self) -> bool {
        self.differs
    }

    /// The position of a constant, the value of the key or port `label`.
    pub(crate) fn constant(&mut self, label: &str, expression: &Expr, reader: Reader) -> usize {
        let span = self.span_id(expression);
        let Location { line, column, .. } = self.location(span);
        let written = expression.to_token_stream().to_string();
        if let Some(&known) = self.known_constants.get(&(line, column, written.clone())) {
            return known;
        }
        let label = label.to_uppercase();
        let names = (1..).map(|number| match number {
            1 => format!("_{label}"),
            number => format!("_{label}_{number}"),
        });
        let mut free = names.filter(|name| !self.constant_names.contains(name));
        let name = free.next().expect("numbers do not end");
        self.constants.push(Constant {
            name: Ident::new(&name, Span::call_site()),
            expression: expression.clone(),
            reader,
        });
        self.constant_names.insert(name);
        let position = self.constants.len() - 1;
        self.known_constants
            .insert((line, column, written), position);
        position
    }

    /// Shows each constant where it is written. All of the source has been read.
    pub(crate) fn show_constants(&mut self) {
        let mut constants = std::mem::take(&mut self.constants);
        for Constant {
            name, expression, ..
        } in &mut constants
        {
            name.set_span(self.user_span(expression.span()));
        }
        self.constants = constants;
    }

    /// The constants, by position.
    pub(crate) fn constants(&self) -> &[Constant] {
        &self.constants
    }

    /// The span of `tokens`, the attribute itself if there are none.
    pub(crate) fn span_id(&mut self, tokens: impl quote::ToTokens) -> SpanId {
        self.spans.push(Tokens::new(tokens));
        SpanId(self.spans.len() - 1)
    }

    /// `value`, which was written as `tokens`.
    pub(crate) fn at<T>(&mut self, value: T, tokens: impl quote::ToTokens) -> Spanned<T> {
        let span = self.span_id(tokens);
        Spanned { value, span }
    }

    /// Adds what was found.
    pub(crate) fn report(&mut self, diagnostic: Diagnostic) {
        self.diagnostics.push(diagnostic);
    }

    /// Adds an error at some tokens.
    pub(crate) fn error(&mut self, kind: DiagnosticKind, tokens: impl quote::ToTokens) {
        let span = self.span_id(tokens);
        self.error_at(kind, span);
    }

    /// Adds an error at `span`.
    pub(crate) fn error_at(&mut self, kind: DiagnosticKind, span: SpanId) {
        self.report(Diagnostic::new(kind, span));
    }

    pub(crate) fn extend(&mut self, diagnostics: Vec<Diagnostic>) {
        self.diagnostics.extend(diagnostics);
    }

    pub(crate) fn diagnostics(&self) -> &[Diagnostic] {
        &self.diagnostics
    }

    /// Forgets what was found after the first `count`.
    pub(crate) fn forget_after(&mut self, count: usize) {
        self.diagnostics.truncate(count);
    }

    /// Leaves each error once: what is read for several targets is wrong for each.
    pub(crate) fn leave_each_once(&mut self) {
        let mut kept: Vec<Diagnostic> = Vec::new();
        for diagnostic in std::mem::take(&mut self.diagnostics) {
            let at = |span| self.location(span);
            let same = |other: &Diagnostic| {
                other.kind == diagnostic.kind && at(other.span) == at(diagnostic.span)
            };
            if !kept.iter().any(same) {
                kept.push(diagnostic);
            }
        }
        self.diagnostics = kept;
    }

    pub(crate) fn has_errors(&self) -> bool {
        let mut diagnostics = self.diagnostics.iter();
        diagnostics.any(|diagnostic| !diagnostic.kind.is_warning())
    }

    /// The span of tokens of the expansion by which something is reported at `span`.
    ///
    /// Where all of the source was written in one place, it is `span` itself, and the compiler
    /// does not mention the attribute in what it says. Where some of it comes from a
    /// `macro_rules!`, names written in different places would not find each other.
    pub(crate) fn user_span(&self, span: Span) -> Span {
        let Some(context) = context(span) else {
            // An editor reports nothing by them, and would take them for what the user's token names.
            return self.hygienic_span();
        };
        // What a `macro_rules!` is given stands in the middle of what it has written itself.
        if self.one_context() == Some(&context) {
            span
        } else {
            self.hygienic_span().located_at(span)
        }
    }

    /// As [`Source::user_span`], of a name that is what an editor finds at the user's token.
    pub(crate) fn named_span(&self, span: Span) -> Span {
        match context(span) {
            Some(_) => self.user_span(span),
            None => self.hygienic_span().located_at(span),
        }
    }

    /// As [`Source::hygienic_span`], of a name that an editor finds at the tokens of `span`.
    pub(crate) fn definition_span(&self, span: SpanId) -> Span {
        let span = self.tokens(span).first;
        match context(span) {
            Some(_) => self.hygienic_span(),
            None => self.named_span(span),
        }
    }

    /// The span of names of the expansion that are to be found by those with a [`Source::user_span`]
    /// span.
    pub(crate) fn hygienic_span(&self) -> Span {
        if self.is_of_one_context() {
            Span::call_site()
        } else {
            Span::mixed_site()
        }
    }

    /// Whether all of the source was written in one place.
    pub(crate) fn is_of_one_context(&self) -> bool {
        self.one_context().is_some()
    }

    fn one_context(&self) -> Option<&String> {
        let one = self.one_context.get_or_init(|| {
            let mut contexts = self
                .spans
                .iter()
                .flat_map(|tokens| [tokens.first, tokens.last].map(context));
            let first = contexts.next()??;
            contexts
                .all(|other| other.as_ref() == Some(&first))
                .then_some(first)
        });
        one.as_ref()
    }

    pub(crate) fn tokens(&self, span: SpanId) -> Tokens {
        self.spans[span.0]
    }

    /// The file, line and column of every span.
    pub(crate) fn locations(&self) -> Vec<Location> {
        self.spans
            .iter()
            .map(|tokens| location(tokens.first))
            .collect()
    }

    pub(crate) fn location(&self, span: SpanId) -> Location {
        location(self.tokens(span).first)
    }
}

/// The context of a span: where its names are looked for. Stable Rust says it nowhere but in what a
/// span prints of itself, `#0 bytes(1..2)`, and `bytes(1..2)` outside the compiler, where there is one
/// context; of anything else, nothing is concluded.
fn context(span: Span) -> Option<String> {
    let printed = format!("{span:?}");
    let (context, _) = printed.split_once("bytes(")?;
    let is_known = context.is_empty() || context.starts_with('#');
    is_known.then(|| context.into())
}

fn location(span: Span) -> Location {
    let start = span.start();
    Location {
        file: span.file(),
        line: u32::try_from(start.line).unwrap_or(u32::MAX),
        column: u32::try_from(start.column + 1).unwrap_or(u32::MAX),
    }
}
