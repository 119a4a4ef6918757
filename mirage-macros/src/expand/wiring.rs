//! The steps that make and start the nodes, and the call of `main`.

use super::configuration::configuration;
use crate::{resolve::Resolved, signature::Main, source::Source};
use mirage_graph::graph::{Graph, Kind, Node, NodeId, Use};
use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, format_ident, quote, quote_spanned};
use syn::{Expr, spanned::Spanned};

/// The variable that holds a node, where `span` is. The user's own expressions do not see it, and
/// no item of the user's has such a name: a pattern cannot shadow a constant. Names of the
/// expansion that are not a node's have one underscore.
fn variable(node: &Node, span: Span) -> Ident {
    format_ident!(
        "__{}",
        node.name,
        span = Span::mixed_site().located_at(span)
    )
}

/// The machine that the expansion is given. The user's own expressions do not see it.
pub(super) fn machine() -> Ident {
    Ident::new("_machine", Span::mixed_site())
}

/// Makes and starts a node.
pub(super) fn step(resolved: &Resolved, source: &Source, id: NodeId) -> TokenStream {
    let graph = &resolved.graph;
    let node = graph.node(id);
    let own = resolved.configurations.get(&id);
    let Some(configuration) = own.map(complete).or_else(|| configuration(node)) else {
        return of_every_machine(node);
    };
    // What is wrong with a device of the user's own is reported at its configuration.
    let span = own.map_or_else(Span::call_site, Spanned::span);
    let variable = variable(node, span);
    let dependencies = node.on.iter().map(|used| {
        let span = source.tokens(used.place).first;
        given(graph, used, span)
    });
    let place = Span::mixed_site().located_at(span);
    let wire = Ident::new("wire", place);
    let (machine, name) = (machine(), &node.name);
    let start = quote_spanned!(place=> graph::start(&#machine, #name, #variable).await);
    let started = or_return(node, &variable, &start);
    quote! {
        let #variable = #configuration.#wire(#(#dependencies),*);
        #started
    }
}

/// The node's value, or the end of a boot in which it did not start.
fn or_return(node: &Node, variable: &Ident, result: &TokenStream) -> TokenStream {
    let name = &node.name;
    quote! {
        let #variable = match #result {
            ::core::result::Result::Ok(#variable) => #variable,
            ::core::result::Result::Err(_cause) => {
                return graph::Outcome::not_started(#name, _cause);
            }
        };
    }
}

fn of_every_machine(node: &Node) -> TokenStream {
    let (machine, variable) = (machine(), variable(node, Span::call_site()));
    match node.kind {
        Kind::Console => quote! { let #variable = #machine.console(); },
        Kind::Clock => quote! { let #variable = #machine.clock(); },
        _ => or_return(node, &variable, &quote!(#machine.random())),
    }
}

/// The user's configuration, with the fields that it leaves out.
fn complete(configuration: &Expr) -> TokenStream {
    let Expr::Struct(written) = configuration else {
        return quote!((#configuration));
    };
    if written.dot2_token.is_some() {
        return quote!((#configuration));
    }
    let mut written = written.clone();
    let place = Span::call_site().located_at(written.path.span());
    let default = quote_spanned!(place=> graph::defaults());
    written.dot2_token = Some(Default::default());
    written.rest = Some(Box::new(Expr::Verbatim(default)));
    if !written.fields.empty_or_trailing() {
        written.fields.push_punct(Default::default());
    }
    quote!((#written))
}

/// The value of a node for one of its users, at the place of `span`: the last has the value itself,
/// those before share it.
fn given(graph: &Graph, used: &Use, span: Span) -> TokenStream {
    let variable = variable(graph.node(used.node), span);
    let nodes = graph.nodes.iter().flat_map(|node| &node.on);
    let mut users = nodes
        .chain(&graph.main)
        .filter(|other| other.node == used.node);
    if users.next_back() == Some(used) {
        variable.to_token_stream()
    } else {
        let place = Span::mixed_site().located_at(span);
        quote_spanned!(place=> graph::share(&#variable))
    }
}

/// Calls `main`. Each argument stands where its parameter's type does: a wrong type is reported there.
pub(super) fn call(graph: &Graph, main: &Main) -> TokenStream {
    let parameters = graph.main.iter().zip(&main.parameters);
    let arguments = parameters.map(|(used, parameter)| given(graph, used, parameter.type_.span()));
    let name = main.name();
    if main.never_returns() {
        return quote!(#name(#(#arguments),*).await);
    }
    // A result that `main` cannot have is reported at its type.
    let place = Span::mixed_site().located_at(main.output().span());
    let result = Ident::new("_result", place);
    quote! {
        let #result = #name(#(#arguments),*).await;
        graph::Outcome::of(#result)
    }
}
