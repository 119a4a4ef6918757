//! A program with std: its devices are started, and then its own `main` begins.

use super::{chosen::chosen_for, files, names, threads::Threads, value::Values, wiring};
use crate::{
    context::Context,
    signature::{Main, Parameter},
    span::Tokens,
    variant::Unikernel,
};
use mirage_graph::graph::{Graph, NodeId, Use};
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

/// The parameters of `main` that are devices, with their nodes. The others are ports.
fn devices<'a>(graph: &'a Graph, main: &'a Main) -> impl Iterator<Item = (&'a Use, &'a Parameter)> {
    let parameters = graph.main.iter().zip(&main.parameters);
    parameters.filter(|(used, _)| !wiring::is_bound_by_program(graph, used.node))
}

/// Mounts the files, passes the devices to `main` and waits for its end.
pub(super) fn run(unikernel: &Unikernel, main: &Main, context: &Context) -> TokenStream {
    let graph = &unikernel.first().graph;
    let files = files::mount(unikernel, context);
    let (arguments, received): (Vec<_>, Vec<_>) = devices(graph, main)
        .map(|(used, parameter)| wiring::receive(graph, used, parameter, context))
        .unzip();
    quote! {
        #(#received)*
        #files
        _rt::process::run((#(#arguments,)*)).await
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
    let (names, types): (Vec<_>, Vec<_>) = devices(graph, main)
        .map(|(used, parameter)| {
            let variable = wiring::variable(graph.node(used.node), context);
            (variable, &parameter.type_)
        })
        .unzip();
    let received = (!names.is_empty())
        .then(|| quote!(let (#(#names,)*) = _rt::process::devices::<(#(#types,)*)>();));
    let parameters = graph.main.iter().zip(&main.parameters);
    let ports = parameters
        .filter(|(used, _)| wiring::is_bound_by_program(graph, used.node))
        .map(|(used, parameter)| bind(unikernel, used.node, parameter, context));
    let arguments = graph.main.iter();
    let arguments = arguments.map(|used| wiring::variable(graph.node(used.node), context));
    let (function, returned) = (main.name(), main.returned());
    quote! {
        impl #program {
            #[cfg(not(test))]
            fn main() #returned {
                _rt::std_start!(_IMAGE, _PROCESS, #list _unikernel);
                #received
                #(#ports)*
                #function(#(#arguments),*)
            }
        }
        _rt::std_entry!(_IMAGE, _PROCESS, #list _unikernel);
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
        let #variable = <#type_ as _rt::process::FromPort>::bind(#name, #port.port);
    }
}
