//! The steps that make and start the nodes, and the call of `main`.

use super::configuration::static_of;
use crate::{resolve::Resolved, signature::Main, source::Source};
use mirage_graph::graph::{Graph, Kind, Node, NodeId, Use};
use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, quote, quote_spanned};
use syn::{Expr, spanned::Spanned};

/// The variable that holds a node, where `span` is. The user's own expressions do not see it.
fn variable(node: &Node, span: Span) -> Ident {
    let hidden = Span::mixed_site().located_at(span);
    match syn::parse_str::<Ident>(&node.name) {
        Ok(_) => Ident::new(&node.name, hidden),
        Err(_) => Ident::new_raw(&node.name, hidden),
    }
}

/// Makes and starts a node.
pub(super) fn step(resolved: &Resolved, source: &Source, id: NodeId) -> TokenStream {
    let graph = &resolved.graph;
    let node = graph.node(id);
    let configuration = match &node.kind {
        Kind::Console | Kind::Clock | Kind::Random => return of_every_machine(node),
        Kind::Interface(_) | Kind::Tcp(_) | Kind::Udp(_) => {
            static_of(graph, id).into_token_stream()
        }
        Kind::Own(_) => {
            let configuration = resolved.configurations.get(&id);
            configuration.map(complete).unwrap_or_default()
        }
    };
    // What is wrong with a device of the user's own is reported at its configuration.
    let span = match resolved.configurations.get(&id) {
        Some(own) => own.span(),
        None => Span::call_site(),
    };
    let variable = variable(node, span);
    let dependencies = node.on.iter().map(|used| {
        let span = source.tokens(used.place).first;
        given(graph, used, span)
    });
    let place = Span::mixed_site().located_at(span);
    let wire = Ident::new("wire", place);
    let start = quote_spanned!(place=> graph::start(#variable).await);
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
            ::core::result::Result::Ok(device) => device,
            ::core::result::Result::Err(cause) => {
                return graph::Outcome::not_started(#name, cause);
            }
        };
    }
}

fn of_every_machine(node: &Node) -> TokenStream {
    let variable = variable(node, Span::call_site());
    match node.kind {
        Kind::Console => quote! { let #variable = __machine.console(); },
        Kind::Clock => quote! { let #variable = __machine.clock(); },
        _ => or_return(node, &variable, &quote!(__machine.random())),
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
    let span = Span::mixed_site().located_at(main.output().span());
    let result = Ident::new("result", span);
    quote! {
        let #result = #name(#(#arguments),*).await;
        graph::Outcome::of(#result)
    }
}
