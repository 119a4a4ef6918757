//! Unikernels of a plan: `#[unikernel(crate::plan::web, memory = "16MiB")]`.
//!
//! The attribute expands to the macro that the path names, which `application!` has written. That macro calls
//! `__planned` with what follows from the plan and what the attribute has passed on, and only then the unikernel
//! is read and expanded.

mod input;

use crate::{
    config,
    context::Context,
    expand, report, resolve, signature,
    span::{Tokens, respanned, syntax_context},
    variant,
};
pub(crate) use input::{Opening, Planned};
use mirage_graph::application::PlanError;
use proc_macro2::{Span, TokenStream, TokenTree};
use quote::{quote, quote_spanned};
use syn::Path;

/// Separates the path of a unikernel in a plan from the rest of the attribute. `None` if the attribute does not
/// begin with one. A path has two segments: one identifier is a key.
pub(crate) fn path(attribute: &TokenStream) -> Option<(Path, TokenStream)> {
    let is_colon =
        |tree: &TokenTree| matches!(tree, TokenTree::Punct(punct) if punct.as_char() == ':');
    let is_comma =
        |tree: &TokenTree| matches!(tree, TokenTree::Punct(punct) if punct.as_char() == ',');
    let mut trees = attribute.clone().into_iter();
    let first: TokenStream = trees.by_ref().take_while(|tree| !is_comma(tree)).collect();
    if !first.clone().into_iter().any(|tree| is_colon(&tree)) {
        return None;
    }
    let path: Path = syn::parse2(first).ok()?;
    let has_arguments = path
        .segments
        .iter()
        .any(|segment| !segment.arguments.is_empty());
    (!has_arguments && path.segments.len() > 1).then(|| (path, trees.collect()))
}

/// Calls the macro of a unikernel in a plan.
pub(crate) fn call(path: &Path, attribute: &TokenStream, item: &TokenStream) -> TokenStream {
    let runtime = expand::runtime();
    // The span of the attribute, which errors and names of the expansion have.
    let attribute_span = quote!(unikernel);
    let macro_call = path.segments.last().map(|last| last.ident.span());
    let bang = quote_spanned!(macro_call.unwrap_or_else(Span::call_site)=> !);
    quote! {
        #path #bang { [#runtime] { #attribute_span } { #path } { #attribute } { #item } }
    }
}

/// Expands a unikernel of a plan, to errors if it is invalid.
pub(crate) fn expand(tokens: TokenStream) -> TokenStream {
    let [plan, attribute_span, path, attribute, item] = input::groups(tokens);
    let span = Tokens::new(attribute_span).first;
    let mut context = Context::new();
    let Some(main) = signature::read(item.clone(), &mut context) else {
        return relocated(report::errors_beside(&context, item), span);
    };
    let main = main.of_plan();
    let Some(planned) = input::planned(plan, &path) else {
        // The errors of the plan are reported where it is.
        let function = main.renamed(&context);
        let stub = expand::stub(&main);
        return relocated(quote!(#function #stub), span);
    };
    if main.has_std() {
        context.error(PlanError::StdInPlan, main.fn_token());
    }
    context.reserve_names(attribute.clone());
    let config = config::read_planned(&planned, attribute, &mut context);
    let resolved = resolve::resolve(config, &main, &mut context);
    let unikernel = variant::variants(resolved, &mut context);
    context.locate_constants();
    let expansion = match context.has_errors() {
        true => {
            let function = main.renamed(&context);
            let expressions = expand::expressions(&unikernel.resolved, &context);
            let stub = expand::stub(&main);
            report::errors_beside(&context, quote!(#function #stub #expressions))
        }
        false => expand::expand(&unikernel, &main, &context),
    };
    relocated(expansion, span)
}

/// Gives the tokens that this macro has made the span of the attribute, in whose place the user reads them. Their
/// names are resolved there, too, as those of an attribute's expansion.
fn relocated(tokens: TokenStream, attribute: Span) -> TokenStream {
    let made = syntax_context(Span::call_site());
    if made.is_none() {
        return tokens;
    }
    respanned(tokens, &|span| match syntax_context(span) == made {
        true => attribute,
        false => span,
    })
}
