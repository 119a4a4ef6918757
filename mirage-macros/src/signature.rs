//! `main`: its signature and its parameters.

use crate::{config::is_container, context::Context, span::identifiers};
use mirage_graph::{diagnostic::DiagnosticKind, graph::Spanned};
use proc_macro2::{Ident, TokenStream, TokenTree};
use quote::{ToTokens, format_ident, quote};
use std::collections::BTreeSet;
use syn::{Attribute, FnArg, Pat, ReturnType, Signature, Token, Type, Visibility, ext::IdentExt};

/// The beginning of the function's name in the expansion.
const RENAMED: &str = "unikernel_";

/// The annotated function. Its body is not parsed.
pub(crate) struct Main {
    attributes: Vec<Attribute>,
    visibility: Visibility,
    signature: Signature,
    body: TokenStream,
    /// Whether it is planned: it has a name of its own, and does not begin the program.
    is_planned: bool,
    /// The parameters, in order.
    pub(crate) parameters: Vec<Parameter>,
}

/// A parameter of `main`.
pub(crate) struct Parameter {
    /// The node's name.
    pub(crate) name: Spanned<String>,
    /// The type, where rustc reports a value of another type.
    pub(crate) type_: Type,
}

/// Reads the function. `None` if the item is not a function, which has been reported, or has a syntax
/// error, which rustc reports.
pub(crate) fn read(item: TokenStream, context: &mut Context) -> Option<Main> {
    let Ok((attributes, visibility, signature, body)) =
        syn::parse::Parser::parse2(function, item.clone())
    else {
        if !is_function(item.clone()) {
            context.error(DiagnosticKind::NotAFunction, item);
        }
        return None;
    };
    // The first span of the table, even if the attribute is empty.
    context.spans.span_id(&signature.ident);
    for attribute in attributes.iter().filter(|other| is_unikernel(other)) {
        context.error(DiagnosticKind::SecondAttribute, attribute);
    }
    let has_body = matches!(body.clone().into_iter().next(), Some(TokenTree::Group(_)));
    if !has_body {
        // In a trait or an `extern` block, where it is left as it is.
        context.error(DiagnosticKind::NotAFunction, &signature.ident);
        return None;
    }
    if signature.ident.to_string().starts_with(RENAMED) {
        // Another attribute, of another name, has expanded the function.
        context.error(DiagnosticKind::SecondAttribute, &signature.ident);
        return None;
    }
    qualifiers(&signature, context);
    if !cfg!(feature = "std") {
        for attribute in attributes.iter().filter(|other| is_main(other)) {
            let name = attribute.path().to_token_stream().to_string();
            let name = name.replace(' ', "");
            context.error(DiagnosticKind::NotAsync(Some(name)), attribute);
        }
    }
    let parameters = signature
        .inputs
        .iter()
        .filter_map(|input| parameter(input, context))
        .collect();
    let main = Main {
        attributes,
        visibility,
        signature,
        body,
        is_planned: false,
        parameters,
    };
    let name = main.user_name();
    if main.has_std() && name != "main" {
        context.error(DiagnosticKind::NotMain(name.to_string()), name);
    }
    Some(main)
}

/// Whether there is `fn` and a name.
fn is_function(item: TokenStream) -> bool {
    let tokens: Vec<_> = item.into_iter().collect();
    let mut pairs = tokens.windows(2);
    pairs
        .any(|pair| matches!(pair, [TokenTree::Ident(first), TokenTree::Ident(_)] if first == "fn"))
}

/// Parses a function, but not its body: editors expand the attribute while the body is incomplete.
fn function(
    input: syn::parse::ParseStream<'_>,
) -> syn::Result<(Vec<Attribute>, Visibility, Signature, TokenStream)> {
    let attributes = input.call(Attribute::parse_outer)?;
    Ok((attributes, input.parse()?, input.parse()?, input.parse()?))
}

/// Whether an attribute is `#[unikernel]`, by any path.
fn is_unikernel(attribute: &Attribute) -> bool {
    let name = attribute.path().segments.last();
    name.is_some_and(|name| name.ident == "unikernel")
}

/// Whether an attribute makes an async function run by itself, as `#[tokio::main]` does.
fn is_main(attribute: &Attribute) -> bool {
    let name = attribute.path().segments.last();
    name.is_some_and(|name| name.ident == "main")
}

fn qualifiers(signature: &Signature, context: &mut Context) {
    match &signature.constness {
        // It cannot be async as well.
        Some(constness) => context.error(DiagnosticKind::Qualifier("`const`"), constness),
        None if signature.asyncness.is_none() && !cfg!(feature = "std") => {
            context.error(DiagnosticKind::NotAsync(None), signature.fn_token);
        }
        None => {}
    }
    if !matches!(signature.safety, syn::Safety::Default) {
        context.error(DiagnosticKind::Qualifier("`unsafe`"), &signature.safety);
    }
    if let Some(abi) = &signature.abi {
        context.error(DiagnosticKind::Qualifier("`extern`"), abi);
    }
    if let Some(variadic) = &signature.variadic {
        context.error(DiagnosticKind::Qualifier("variadic"), variadic);
    }
    if !signature.generics.params.is_empty() {
        context.error(DiagnosticKind::Generic, &signature.generics);
    }
    if let Some(condition) = &signature.generics.where_clause {
        context.error(DiagnosticKind::Generic, condition);
    }
}

fn parameter(input: &FnArg, context: &mut Context) -> Option<Parameter> {
    let input = match input {
        FnArg::Receiver(receiver) => {
            context.error(DiagnosticKind::Receiver, receiver);
            return None;
        }
        FnArg::Typed(input) => input,
    };
    let is_wildcard = matches!(&*input.pat, Pat::Wild(_));
    let Pat::Ident(pattern) = &*input.pat else {
        context.error(DiagnosticKind::Pattern(is_wildcard), &input.pat);
        return None;
    };
    if pattern.by_ref.is_some() || pattern.subpat.is_some() {
        context.error(DiagnosticKind::Pattern(false), &input.pat);
        return None;
    }
    let name = pattern.ident.unraw().to_string();
    let mut attributes = input.attrs.iter();
    if let Some(condition) = attributes.find(|other| other.path().is_ident("cfg")) {
        context.error(DiagnosticKind::Conditional(name.clone()), condition);
    }
    if let Type::ImplTrait(type_) = &*input.ty {
        context.error(DiagnosticKind::ImplTrait(name.clone()), type_);
    }
    Some(Parameter {
        name: context.spans.spanned(name, &pattern.ident),
        type_: (*input.ty).clone(),
    })
}

/// The name in a parameter's pattern, or the whole of any other pattern.
fn name(pattern: &Pat) -> String {
    match pattern {
        Pat::Ident(pattern) => pattern.ident.unraw().to_string(),
        other => other.to_token_stream().to_string(),
    }
}

impl Parameter {
    /// Whether no device provides a value of its type: a reference, or a container such as an `Option`.
    pub(crate) fn is_wrapped(&self) -> bool {
        is_wrapped(&self.type_)
    }

    /// Whether the type is an error of its own where it stands.
    pub(crate) fn is_invalid(&self) -> bool {
        let mut names = Vec::new();
        identifiers(self.type_.to_token_stream(), &mut |name| names.push(name));
        names.iter().any(|name| name == "dyn" || name == "_")
    }
}

fn is_wrapped(type_: &Type) -> bool {
    match type_ {
        Type::Array(_)
        | Type::FnPtr(_)
        | Type::Infer(_)
        | Type::Ptr(_)
        | Type::Reference(_)
        | Type::Slice(_)
        | Type::TraitObject(_)
        | Type::Tuple(_) => true,
        Type::Group(group) => is_wrapped(&group.elem),
        Type::Paren(inner) => is_wrapped(&inner.elem),
        other => is_container(other),
    }
}

impl Main {
    /// This function as that of a unikernel in a plan.
    pub(crate) fn of_plan(self) -> Self {
        Self {
            is_planned: true,
            ..self
        }
    }

    /// Whether it is that of a unikernel in a plan.
    pub(crate) fn is_planned(&self) -> bool {
        self.is_planned
    }

    /// The visibility of a unikernel in a plan. Others begin the program, and are called by nobody else.
    pub(crate) fn visibility(&self) -> Option<&Visibility> {
        self.is_planned.then_some(&self.visibility)
    }

    /// The name of the function in the expansion, because `main` is the program's entry. It occurs in
    /// some of rustc's errors, and in backtraces.
    pub(crate) fn name(&self) -> Ident {
        if self.is_planned {
            return self.signature.ident.clone();
        }
        format_ident!(
            "{RENAMED}{}",
            self.signature.ident.unraw(),
            span = self.signature.ident.span()
        )
    }

    /// The function with that name, without anything that a unikernel's function cannot have.
    pub(crate) fn renamed(&self, context: &Context) -> TokenStream {
        let mut signature = self.signature.clone();
        signature.ident = self.name();
        signature.constness = None;
        signature.safety = syn::Safety::Default;
        signature.abi = None;
        signature.variadic = None;
        signature.generics.where_clause = None;
        let mut names = BTreeSet::new();
        signature.inputs = signature
            .inputs
            .into_iter()
            // The second parameter of a name has been reported.
            .filter_map(|input| match input {
                FnArg::Typed(mut input) => {
                    let name = name(&input.pat);
                    if let Some(type_) = context.parameter_types.get(&name) {
                        input.ty = Box::new(Type::Verbatim(type_.clone()));
                    }
                    names.insert(name).then_some(FnArg::Typed(input))
                }
                FnArg::Receiver(_) => None,
            })
            .collect();
        let attributes = self.attributes.iter();
        // A `forbid` would refuse the `allow` beside it.
        let is_kept = |other: &&Attribute| {
            !is_unikernel(other) && !is_main(other) && !other.path().is_ident("forbid")
        };
        let attributes = attributes.filter(is_kept);
        let (visibility, body) = (self.visibility(), &self.body);
        quote! { #(#attributes)* #[allow(unused)] #visibility #signature #body }
    }

    /// The function with that name, otherwise unchanged.
    pub(crate) fn function(&self) -> TokenStream {
        let mut signature = self.signature.clone();
        signature.ident = self.name();
        let body = &self.body;
        // Only the expansion calls it.
        let attributes = self.attributes.iter();
        let attributes = attributes.filter(|other| !other.path().is_ident("deprecated"));
        // It is async even if it awaits nothing, and its parameters are the devices.
        let mut lints = vec![quote!(clippy::unused_async)];
        if self.parameters.len() > 7 {
            lints.push(quote!(clippy::too_many_arguments));
        }
        let visibility = self.visibility();
        quote! { #(#attributes)* #[allow(#(#lints),*)] #visibility #signature #body }
    }

    /// Whether the program has std.
    pub(crate) fn has_std(&self) -> bool {
        cfg!(feature = "std") && self.begins_by_itself()
    }

    /// Whether `main` is not async, or an attribute such as `#[tokio::main]` makes it so.
    pub(crate) fn begins_by_itself(&self) -> bool {
        self.signature.asyncness.is_none() || self.attributes.iter().any(is_main)
    }

    /// The user's name for the function.
    pub(crate) fn user_name(&self) -> &Ident {
        &self.signature.ident
    }

    /// The token `fn`.
    pub(crate) fn fn_token(&self) -> Token![fn] {
        self.signature.fn_token
    }

    /// Whether `main` never returns, `-> !`.
    pub(crate) fn never_returns(&self) -> bool {
        let output = &self.signature.output;
        matches!(output, ReturnType::Type(_, type_) if matches!(**type_, Type::Never(_)))
    }

    /// The return type of `main`, with its arrow.
    pub(crate) fn returned(&self) -> TokenStream {
        self.signature.output.to_token_stream()
    }

    /// The return type of `main`.
    pub(crate) fn output(&self) -> TokenStream {
        match &self.signature.output {
            ReturnType::Default => TokenStream::new(),
            ReturnType::Type(_, type_) => type_.to_token_stream(),
        }
    }
}
