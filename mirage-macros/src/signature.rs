//! `main`: its signature and its parameters.

use crate::context::Context;
use mirage_graph::{diagnostic::DiagnosticKind, graph::Spanned};
use proc_macro2::{Ident, TokenStream, TokenTree};
use quote::{ToTokens, format_ident, quote};
use syn::{Attribute, FnArg, Pat, ReturnType, Signature, Type, Visibility, ext::IdentExt};

/// The annotated function. Its body is not parsed.
pub(crate) struct Main {
    attributes: Vec<Attribute>,
    signature: Signature,
    body: TokenStream,
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
    let Ok((attributes, signature, body)) = syn::parse::Parser::parse2(function, item.clone())
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
    qualifiers(&signature, context);
    let parameters = signature
        .inputs
        .iter()
        .filter_map(|input| parameter(input, context))
        .collect();
    Some(Main {
        attributes,
        signature,
        body,
        parameters,
    })
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
) -> syn::Result<(Vec<Attribute>, Signature, TokenStream)> {
    let attributes = input.call(Attribute::parse_outer)?;
    input.parse::<Visibility>()?;
    Ok((attributes, input.parse()?, input.parse()?))
}

/// Whether an attribute is `#[unikernel]`, by any path.
fn is_unikernel(attribute: &Attribute) -> bool {
    let name = attribute.path().segments.last();
    name.is_some_and(|name| name.ident == "unikernel")
}

fn qualifiers(signature: &Signature, context: &mut Context) {
    match &signature.constness {
        // It cannot be async as well.
        Some(constness) => context.error(DiagnosticKind::Qualifier("`const`"), constness),
        None if signature.asyncness.is_none() => {
            context.error(DiagnosticKind::NotAsync, signature.fn_token);
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
}

fn parameter(input: &FnArg, context: &mut Context) -> Option<Parameter> {
    let input = match input {
        FnArg::Receiver(receiver) => {
            context.error(DiagnosticKind::Receiver, receiver);
            return None;
        }
        FnArg::Typed(input) => input,
    };
    let Pat::Ident(pattern) = &*input.pat else {
        context.error(DiagnosticKind::Pattern, &input.pat);
        return None;
    };
    if pattern.by_ref.is_some() || pattern.subpat.is_some() {
        context.error(DiagnosticKind::Pattern, &input.pat);
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

impl Main {
    /// The name of the function in the expansion, because `main` is the program's entry. It occurs in
    /// some of rustc's errors, and in backtraces.
    pub(crate) fn name(&self) -> Ident {
        format_ident!(
            "unikernel_{}",
            self.signature.ident.unraw(),
            span = self.signature.ident.span()
        )
    }

    /// The function with that name, without anything that a unikernel's function cannot have.
    pub(crate) fn renamed(&self) -> TokenStream {
        let mut signature = self.signature.clone();
        signature.ident = self.name();
        signature.constness = None;
        signature.safety = syn::Safety::Default;
        signature.abi = None;
        signature.variadic = None;
        signature.inputs = signature
            .inputs
            .into_iter()
            .filter(|input| matches!(input, FnArg::Typed(_)))
            .collect();
        let attributes = self.attributes.iter();
        let attributes = attributes.filter(|attribute| !is_unikernel(attribute));
        let body = &self.body;
        quote! { #(#attributes)* #[allow(unused)] #signature #body }
    }

    /// The function with that name, otherwise unchanged.
    pub(crate) fn function(&self) -> TokenStream {
        let mut signature = self.signature.clone();
        signature.ident = self.name();
        let (attributes, body) = (&self.attributes, &self.body);
        // The parameters are the devices.
        let lint =
            (self.parameters.len() > 7).then(|| quote!(#[allow(clippy::too_many_arguments)]));
        quote! { #(#attributes)* #lint #signature #body }
    }

    /// The user's name for the function.
    pub(crate) fn user_name(&self) -> &Ident {
        &self.signature.ident
    }

    /// Whether `main` never returns, `-> !`.
    pub(crate) fn never_returns(&self) -> bool {
        let output = &self.signature.output;
        matches!(output, ReturnType::Type(_, type_) if matches!(**type_, Type::Never(_)))
    }

    /// The return type of `main`.
    pub(crate) fn output(&self) -> TokenStream {
        match &self.signature.output {
            ReturnType::Default => TokenStream::new(),
            ReturnType::Type(_, type_) => type_.to_token_stream(),
        }
    }
}
