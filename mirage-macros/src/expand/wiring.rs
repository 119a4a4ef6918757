//! The step that creates and starts a node, and the call of `main`.

use super::{
    chosen::chosen,
    configuration::{dependencies, others_with_addresses},
    value::{Values, parsed_arguments},
};
use crate::{
    config::is_type_name,
    context::Context,
    signature::{Main, Parameter},
    span::Tokens,
    variant::{Unikernel, Variant},
};
use mirage_graph::graph::{Graph, Node, NodeId, NodeKind, Use};
use proc_macro2::{Delimiter, Group, Ident, Span, TokenStream};
use quote::{ToTokens, format_ident, quote, quote_spanned};
use syn::{
    Expr, ExprPath, PathSegment,
    spanned::Spanned,
    visit_mut::{self, VisitMut},
};

/// The variable of a node, in its definition. Its name begins with two underscores, because a pattern
/// cannot shadow a constant of the user's. Other names of the expansion begin with one.
pub(super) fn variable(node: &Node, context: &Context) -> Ident {
    format_ident!(
        "__{}",
        node.name,
        span = context.spans.definition_span(node.span)
    )
}

/// The variable of a node, in a use at the user's token.
fn used_variable(node: &Node, span: Span, context: &Context) -> Ident {
    format_ident!("__{}", node.name, span = context.spans.named_span(span))
}

/// The last use of each node, which moves the node.
pub(super) type LastUses = [Option<Use>];

pub(super) fn last_uses(graph: &Graph) -> Vec<Option<Use>> {
    let mut last = vec![None; graph.nodes.len()];
    let nodes = graph.nodes.iter().flat_map(|node| &node.on);
    for used in nodes.chain(&graph.main) {
        last[used.node.0] = Some(*used);
    }
    last
}

/// The parameter that is the `StartContext`.
pub(super) fn start_context(context: &Context) -> Ident {
    Ident::new("_context", context.spans.hygienic_span())
}

/// Creates and starts a node.
pub(super) fn step(
    unikernel: &Unikernel,
    last_uses: &LastUses,
    context: &Context,
    id: NodeId,
) -> TokenStream {
    let first = unikernel.first();
    let graph = &first.graph;
    let node = graph.node(id);
    match node.kind {
        NodeKind::Arguments(_) => return read_arguments(unikernel, node, context),
        NodeKind::Console | NodeKind::Clock | NodeKind::Random => return provide(node, context),
        NodeKind::Interface(_)
        | NodeKind::Disk(_)
        | NodeKind::Port(..)
        | NodeKind::Custom(_)
        | NodeKind::Remote(_) => {}
    }
    let custom = unikernel.resolved.custom.get(&id);
    let has_rules = unikernel.resolved.guard.is_some();
    let select = |variant: &Variant| {
        let configuration = unikernel.configuration(variant, id);
        let span = configuration.map(|configuration| configuration.span);
        (span, dependencies(variant, id))
    };
    let configuration = |variant: &Variant| match unikernel.configuration(variant, id) {
        Some(configuration) => complete(&configuration.value, context),
        None => {
            let constants = context.constants();
            let configuration = Values { variant, constants }.configuration(id);
            let configuration = configuration.unwrap_or_default();
            match &node.kind {
                NodeKind::Interface(_) if has_rules => quote!(#configuration.with_rules(&_RULES)),
                _ => configuration,
            }
        }
    };
    // rustc reports errors in a custom device at its configuration.
    let span = unikernel.configuration(first, id);
    let span = span.map_or_else(Span::call_site, |configuration| configuration.value.span());
    let span = context.spans.user_span(span);
    let variable = variable(node, context);
    let device = format_ident!("__{}", node.name, span = span);
    let uses = node.on.iter().enumerate();
    let (shares, arguments): (Vec<_>, Vec<_>) = uses
        .map(|(position, used)| {
            dependency(graph, last_uses, used, position, custom.is_some(), context)
        })
        .unzip();
    let shares = shares.into_iter().flatten();
    // rustc reports errors in the call at `on`, which stands for it.
    let wire = custom.map_or(span, |custom| context.spans.named_span(custom.method));
    let wire = Ident::new("wire", wire);
    let (start_context, name) = (start_context(context), &node.name);
    let start = quote_spanned!(span=> _rt::graph::start(&#start_context, #name, #device).await?);
    let start = match &node.kind {
        NodeKind::Interface(_) if graph.std => {
            quote!({ let _started = #start; _rt::process::attach(&_started); _started })
        }
        _ => start,
    };
    // A port takes its interfaces as an array.
    let arguments = match node.kind {
        NodeKind::Port(..) => quote!([#(#arguments),*]),
        _ => quote!(#(#arguments),*),
    };
    let mut arguments = Group::new(Delimiter::Parenthesis, arguments);
    let mut turbofish = None;
    if let Some(custom) = custom {
        arguments.set_span(context.spans.user_span(custom.parentheses));
        turbofish = custom.turbofish.as_ref();
    }
    if is_of_several_types(unikernel, id) {
        let started = chosen(unikernel, select, |variant, _| {
            let configuration = configuration(variant);
            quote!({ let #variable = #configuration.#wire #turbofish #arguments; #start })
        });
        return quote!(let #variable = #started;);
    }
    let configuration = chosen(unikernel, select, |variant, _| configuration(variant));
    if is_bound_by_program(graph, id) {
        return quote! {
            #(#shares)*
            _rt::process::declare(#configuration.#wire #arguments);
        };
    }
    quote! {
        #(#shares)*
        let #variable = #configuration.#wire #turbofish #arguments;
        let #variable = #start;
    }
}

/// Whether a node is a port that a program with std binds by itself: no other node is built on it.
pub(super) fn is_bound_by_program(graph: &Graph, id: NodeId) -> bool {
    let mut dependencies = graph.nodes.iter().flat_map(|node| &node.on);
    let is_port = matches!(graph.node(id).kind, NodeKind::Port(..));
    graph.std && is_port && !dependencies.any(|used| used.node == id)
}

/// Whether a node is an interface that uses DHCP, IPv6 or SLAAC or has a choice of address families on some targets
/// only, or DHCP with another number of static addresses beside it. Its device then has a type for each target, which provide the same.
fn is_of_several_types(unikernel: &Unikernel, id: NodeId) -> bool {
    let type_of = |variant: &Variant| match &variant.graph.node(id).kind {
        NodeKind::Interface(interface) => {
            let is_leased = interface.address.value.may_use_dhcp();
            let others = is_leased.then(|| others_with_addresses(&variant.graph, id).count());
            Some((
                others,
                interface.ip6.is_some(),
                interface.may_use_slaac(),
                interface.has_choice_of_families(),
            ))
        }
        _ => None,
    };
    let variants = unikernel.variants.iter();
    let variants: Vec<_> = variants.map(type_of).collect();
    variants.windows(2).any(|pair| pair[0] != pair[1])
}

/// Reads the boot arguments.
fn read_arguments(unikernel: &Unikernel, node: &Node, context: &Context) -> TokenStream {
    let variable = variable(node, context);
    let select = |variant: &Variant| variant.arguments.as_ref().map(|type_| type_.span);
    let read = chosen(unikernel, select, |variant, _| {
        let type_ = variant.arguments.as_ref().map(|type_| &type_.value);
        let (span, parsed) = (context.spans.user_span(type_.span()), parsed_arguments());
        quote_spanned!(span=> <#type_ as _rt::arguments::Args>::read(&#parsed))
    });
    quote!(let #variable = #read?;)
}

/// Provides a node that needs no declaration.
fn provide(node: &Node, context: &Context) -> TokenStream {
    let (context, variable) = (start_context(context), variable(node, context));
    match node.kind {
        NodeKind::Console => quote! { let #variable = #context.console(); },
        NodeKind::Clock => quote! { let #variable = #context.clock(); },
        _ => quote! { let #variable = #context.random()?; },
    }
}

/// A configuration of the same type as the user's, as far as possible without the user's fields.
pub(super) fn without_fields(configuration: &Expr, context: &Context) -> TokenStream {
    match configuration {
        Expr::Struct(written) if written.dot2_token.is_none() => {
            let mut written = written.clone();
            written.fields.clear();
            complete(&Expr::Struct(written), context)
        }
        other => {
            let mut other = other.clone();
            WithoutQuestionMarks.visit_expr_mut(&mut other);
            complete(&other, context)
        }
    }
}

/// Replaces `?`, whose errors rustc words by the function around it.
struct WithoutQuestionMarks;

impl VisitMut for WithoutQuestionMarks {
    fn visit_expr_mut(&mut self, expression: &mut Expr) {
        visit_mut::visit_expr_mut(self, expression);
        if let Expr::Try(tried) = expression {
            let inner = &tried.expr;
            *expression = Expr::Verbatim(quote!(_rt::graph::type_of_success(#inner)));
        }
    }
}

/// Whether a path is in camel case, as those of types without fields are, and not that of a variant.
pub(super) fn is_unit_struct(path: &ExprPath) -> bool {
    let is_type = |segment: &PathSegment| is_type_name(&segment.ident.to_string());
    let mut segments = path.path.segments.iter().rev();
    path.qself.is_none()
        && segments.next().is_some_and(is_type)
        && !segments.next().is_some_and(is_type)
}

/// The user's configuration with the defaults of omitted fields, as the receiver of a method call.
pub(super) fn complete(configuration: &Expr, context: &Context) -> TokenStream {
    let mut written = match configuration {
        Expr::Struct(written) => written.clone(),
        Expr::Path(_)
        | Expr::Call(_)
        | Expr::MethodCall(_)
        | Expr::Macro(_)
        | Expr::Field(_)
        | Expr::Index(_)
        | Expr::Paren(_) => return configuration.to_token_stream(),
        other => return quote!((#other)),
    };
    if written.dot2_token.is_none() {
        let default =
            quote_spanned!(context.spans.user_span(written.path.span())=> _rt::graph::defaults());
        written.dot2_token = Some(Default::default());
        written.rest = Some(Box::new(Expr::Verbatim(default)));
        if !written.fields.empty_or_trailing() {
            written.fields.push_punct(Default::default());
        }
    }
    written.into_token_stream()
}

/// A node as an argument for one of its users, at the user's token, and a statement before the call. The
/// last user takes the node, those before share it.
fn dependency(
    graph: &Graph,
    last_uses: &LastUses,
    used: &Use,
    position: usize,
    is_custom: bool,
    context: &Context,
) -> (Option<TokenStream>, TokenStream) {
    let node = graph.node(used.node);
    let span = context.spans.tokens(used.span).first;
    let variable = used_variable(node, span, context);
    let last = last_uses[used.node.0].expect("the node has a user");
    if last == *used {
        return (None, variable.into_token_stream());
    }
    // If the device cannot be shared, rustc points at both the argument and the function: with these
    // spans, at two of its users.
    let last = context.spans.tokens(last.span).first;
    let function = quote_spanned!(context.spans.user_span(last)=> _rt::graph::share);
    let span = context.spans.user_span(span);
    let share = quote_spanned!(span=> (&#variable));
    let share = quote!(#function #share);
    // The arguments of built-in devices have the right types.
    if !is_custom {
        return (None, share);
    }
    // rustc reports an argument of the wrong type at the user's token only. No node's name begins with a
    // digit.
    let shared = format_ident!("__{}_{}", position, node.name, span = span);
    let statement = quote!(let #shared = #share;);
    (Some(statement), shared.into_token_stream())
}

/// Calls `main`. Each argument is first assigned to a variable with the parameter's type and span, where
/// rustc reports a wrong type.
pub(super) fn call(graph: &Graph, main: &Main, context: &Context) -> TokenStream {
    let parameters = graph.main.iter().zip(&main.parameters);
    let (arguments, received): (Vec<_>, Vec<_>) = parameters
        .map(|(used, parameter)| receive(graph, used, parameter, context))
        .unzip();
    let name = main.name();
    if main.never_returns() {
        return quote! {
            #(#received)*
            #name(#(#arguments),*).await
        };
    }
    // rustc reports an invalid return type of `main` there.
    let span = context.spans.user_span(main.output().span());
    let result = Ident::new("_result", context.spans.hygienic_span());
    let returned = Ident::new("_result", span);
    let outcome = quote_spanned!(span=> _rt::graph::exit_status(#returned));
    quote! {
        #(#received)*
        let #result = #name(#(#arguments),*).await;
        #outcome
    }
}

/// The variable with a node for a parameter of `main`, and the statement that defines it.
pub(super) fn receive(
    graph: &Graph,
    used: &Use,
    parameter: &Parameter,
    context: &Context,
) -> (Ident, TokenStream) {
    let type_ = &parameter.type_;
    let argument = variable(graph.node(used.node), context);
    let span = Tokens::new(type_).first;
    // `main` is the last user of each of its nodes.
    let value = used_variable(graph.node(used.node), span, context);
    let received = if context.spans.has_one_syntax_context() {
        quote!(let #argument: #type_ = #value;)
    } else {
        // A variable in the type's syntax context, so that rustc reports it as the user's.
        let mut local = argument.clone();
        local.set_span(span);
        quote! {
            let #local = #value;
            let #argument: #type_ = #local;
        }
    };
    (argument, received)
}
