//! A program with std: its devices are started, and then its own `main` begins.

use super::{chosen::chosen_for, files, names, threads::Threads, value::Values, wiring};
use crate::{
    context::Context,
    signature::{Main, Parameter},
    span::Tokens,
    variant::Unikernel,
};
use mirage_graph::graph::{Graph, NodeId, NodeKind, Use};
use proc_macro2::{Ident, Literal, Span, TokenStream};
use quote::{quote, quote_spanned};
use std::ffi::CString;

/// The threads and the environment, as a part of the image.
pub(super) fn process(unikernel: &Unikernel, context: &Context) -> TokenStream {
    let target = quote!(_rt::graph::TARGET);
    let Threads { main, max, stack } = Threads::new(unikernel, &target, context);
    let env = chosen_for(
        unikernel,
        &target,
        |variant| variant.graph.env.clone(),
        |_, env| {
            let env = env.into_iter().map(|variable| {
                let text = CString::new(variable);
                Literal::c_string(&text.expect("checked when it is read"))
            });
            quote!(&[#(#env),*])
        },
    );
    quote! {
        _rt::process::Process {
            main_stack: #main,
            threads: #max,
            stack: #stack,
            environment: #env,
        }
    }
}

/// What provides a node to `main`.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Provider {
    /// The thread of the devices.
    Device,
    /// The program, which binds the port.
    Port,
    /// Every machine, on the thread of `main`: a random generator stays on its thread.
    Machine,
}

fn provider(graph: &Graph, id: NodeId) -> Provider {
    match graph.node(id).kind {
        NodeKind::Console | NodeKind::Clock | NodeKind::Random => Provider::Machine,
        _ if wiring::is_bound_by_program(graph, id) => Provider::Port,
        _ => Provider::Device,
    }
}

/// The parameters of `main` with nodes that `by` provides.
fn parameters<'a>(
    graph: &'a Graph,
    main: &'a Main,
    by: Provider,
) -> impl Iterator<Item = (&'a Use, &'a Parameter)> {
    let parameters = graph.main.iter().zip(&main.parameters);
    parameters.filter(move |(used, _)| provider(graph, used.node) == by)
}

/// Mounts the files, provides the devices to `main` and waits for its end.
pub(super) fn run(unikernel: &Unikernel, main: &Main, context: &Context) -> TokenStream {
    let graph = &unikernel.first().graph;
    let files = files::mount(unikernel, context);
    let (provided, received): (Vec<_>, Vec<_>) = parameters(graph, main, Provider::Device)
        .map(|(used, parameter)| {
            let (variable, received) = wiring::receive(graph, used, parameter, context);
            let type_ = &parameter.type_;
            let span = context.spans.user_span(Tokens::new(type_).first);
            let provided = quote_spanned!(span=> _rt::process::Parameter::new::<#type_>(#variable));
            (provided, received)
        })
        .unzip();
    quote! {
        #(#received)*
        #files
        _rt::process::run([#(#provided),*]).await
    }
}

/// The entry of the image, and the function that `main` calls.
pub(super) fn entry(
    unikernel: &Unikernel,
    main: &Main,
    list: &TokenStream,
    context: &Context,
) -> TokenStream {
    let graph = &unikernel.first().graph;
    let program = Ident::new(names::PROGRAM, Span::call_site());
    let (names, types): (Vec<_>, Vec<_>) = parameters(graph, main, Provider::Device)
        .map(|(used, parameter)| {
            let variable = wiring::variable(graph.node(used.node), context);
            (variable, &parameter.type_)
        })
        .unzip();
    let of_machine = parameters(graph, main, Provider::Machine)
        .map(|(used, parameter)| provide(graph, used, parameter, context));
    let ports = parameters(graph, main, Provider::Port)
        .map(|(used, parameter)| bind(unikernel, used.node, parameter, context));
    let arguments = graph.main.iter();
    let arguments = arguments.map(|used| wiring::variable(graph.node(used.node), context));
    let (function, returned) = (main.name(), main.returned());
    quote! {
        impl #program {
            // Tests have their own entry. They call what this calls.
            #[cfg_attr(test, allow(dead_code))]
            fn main() #returned {
                _rt::std_start!(_IMAGE, _PROCESS, #list _unikernel);
                let [#(#names),*] = _rt::process::parameters();
                #(let #names = #names.receive::<#types>();)*
                #(#of_machine)*
                #(#ports)*
                #function(#(#arguments),*)
            }
        }
        _rt::std_entry!(_IMAGE, _PROCESS, #list _unikernel);
    }
}

/// Provides a node that every machine has.
fn provide(graph: &Graph, used: &Use, parameter: &Parameter, context: &Context) -> TokenStream {
    let node = graph.node(used.node);
    let provide = match node.kind {
        NodeKind::Console => quote!(console),
        NodeKind::Clock => quote!(clock),
        _ => quote!(random),
    };
    let variable = wiring::variable(node, context);
    let (_, received) = wiring::receive(graph, used, parameter, context);
    quote! {
        let #variable = _rt::process::#provide();
        #received
    }
}

/// Binds a port that `main` receives.
fn bind(
    unikernel: &Unikernel,
    id: NodeId,
    parameter: &Parameter,
    context: &Context,
) -> TokenStream {
    let first = unikernel.first();
    let node = first.graph.node(id);
    let constants = context.constants();
    let port = Values {
        variant: first,
        constants,
    }
    .configuration(id);
    let (variable, name, type_) = (
        wiring::variable(node, context),
        &node.name,
        &parameter.type_,
    );
    let span = context.spans.user_span(Tokens::new(type_).first);
    quote_spanned! {span=>
        let #variable = <#type_ as _rt::process::FromPort<_>>::bind(#name, &#port);
    }
}
