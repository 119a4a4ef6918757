//! `main`: its signature and its parameters.

use crate::source::Source;
use mirage_graph::{diagnostic::DiagnosticKind, graph::Spanned};
use proc_macro2::{Ident, TokenStream, TokenTree};
use quote::{ToTokens, format_ident, quote};
use syn::{Attribute, FnArg, Pat, ReturnType, Signature, Type, Visibility, ext::IdentExt};

/// The annotated function. Its body is kept as tokens: nothing here looks into it.
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
    /// The type, where a value of another type is reported.
    pub(crate) type_: Type,
}

/// Reads the function. `None` if it is not one, which has been reported, or one that is not Rust.
pub(crate) fn read(item: TokenStream, source: &mut Source) -> Option<Main> {
    let Ok((attributes, signature, body)) = syn::parse::Parser::parse2(function, item.clone())
    else {
        if !is_function(item.clone()) {
            source.error(DiagnosticKind::NotAFunction, item);
        }
        return None;
    };
    // So that the table has a span, even if the attribute says nothing.
    source.span_id(&signature.ident);
    for attribute in attributes.iter().filter(|other| is_of_unikernel(other)) {
        source.error(DiagnosticKind::SecondAttribute, attribute);
    }
    qualifiers(&signature, source);
    let parameters = signature
        .inputs
        .iter()
        .filter_map(|input| parameter(input, source))
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
    tokens
        .windows(2)
        .any(|pair| matches!(pair, [TokenTree::Ident(word), TokenTree::Ident(_)] if word == "fn"))
}

/// A function whose body need not be Rust (yet): an editor asks while it is being written.
fn function(
    input: syn::parse::ParseStream<'_>,
) -> syn::Result<(Vec<Attribute>, Signature, TokenStream)> {
    let attributes = input.call(Attribute::parse_outer)?;
    input.parse::<Visibility>()?;
    Ok((attributes, input.parse()?, input.parse()?))
}

/// Whether an attribute is `#[unikernel]`, by whatever path.
fn is_of_unikernel(attribute: &Attribute) -> bool {
    let name = attribute.path().segments.last();
    name.is_some_and(|name| name.ident == "unikernel")
}

fn qualifiers(signature: &Signature, source: &mut Source) {
    match &signature.constness {
        // It cannot be async as well.
        Some(constness) => source.error(DiagnosticKind::Qualifier("`const`"), constness),
        None if signature.asyncness.is_none() => {
            source.error(DiagnosticKind::NotAsync, signature.fn_token);
        }
        None => {}
    }
    if !matches!(signature.safety, syn::Safety::Default) {
        source.error(DiagnosticKind::Qualifier("`unsafe`"), &signature.safety);
    }
    if let Some(abi) = &signature.abi {
        source.error(DiagnosticKind::Qualifier("`extern`"), abi);
    }
    if let Some(variadic) = &signature.variadic {
        source.error(DiagnosticKind::Qualifier("variadic"), variadic);
    }
    if !signature.generics.params.is_empty() {
        source.error(DiagnosticKind::Generic, &signature.generics);
    }
}

fn parameter(input: &FnArg, source: &mut Source) -> Option<Parameter> {
    let input = match input {
        FnArg::Receiver(receiver) => {
            source.error(DiagnosticKind::Receiver, receiver);
            return None;
        }
        FnArg::Typed(input) => input,
    };
    let Pat::Ident(pattern) = &*input.pat else {
        source.error(DiagnosticKind::Pattern, &input.pat);
        return None;
    };
    if pattern.by_ref.is_some() || pattern.subpat.is_some() {
        source.error(DiagnosticKind::Pattern, &input.pat);
        return None;
    }
    let name = pattern.ident.unraw().to_string();
    let mut attributes = input.attrs.iter();
    if let Some(condition) = attributes.find(|other| other.path().is_ident("cfg")) {
        source.error(DiagnosticKind::Conditional(name.clone()), condition);
    }
    if let Type::ImplTrait(type_) = &*input.ty {
        source.error(DiagnosticKind::ImplTrait(name.clone()), type_);
    }
    Some(Parameter {
        name: source.at(name, &pattern.ident),
        type_: (*input.ty).clone(),
    })
}

impl Main {
    /// The name of the function in the expansion. `main` itself is left to the program's entry. The
    /// compiler shows it where there are two of it, or where it cannot be, and backtraces do.
    pub(crate) fn name(&self) -> Ident {
        format_ident!(
            "unikernel_{}",
            self.signature.ident.unraw(),
            span = self.signature.ident.span()
        )
    }

    /// The function under that name, with all that a function of a unikernel cannot be left out.
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
        let attributes = attributes.filter(|attribute| !is_of_unikernel(attribute));
        let body = &self.body;
        quote! { #(#attributes)* #[allow(unused)] #signature #body }
    }

    /// The function under that name, unchanged otherwise.
    pub(crate) fn function(&self) -> TokenStream {
        let mut signature = self.signature.clone();
        signature.ident = self.name();
        let (attributes, body) = (&self.attributes, &self.body);
        // A unikernel has as many devices as it needs.
        let lint =
            (self.parameters.len() > 7).then(|| quote!(#[allow(clippy::too_many_arguments)]));
        quote! { #(#attributes)* #lint #signature #body }
    }

    /// The name that the user gave it.
    pub(crate) fn own_name(&self) -> &Ident {
        &self.signature.ident
    }

    /// Whether `main` says that it never returns, `-> !`.
    pub(crate) fn never_returns(&self) -> bool {
        let output = &self.signature.output;
        matches!(output, ReturnType::Type(_, type_) if matches!(**type_, Type::Never(_)))
    }

    /// The type that `main` returns, to report there one that it cannot.
    pub(crate) fn output(&self) -> TokenStream {
        match &self.signature.output {
            ReturnType::Default => TokenStream::new(),
            ReturnType::Type(_, type_) => type_.to_token_stream(),
        }
    }
}
