//! The steps that make and start the nodes, and the call of `main`.

use super::{boot, chosen, configuration::configuration};
use crate::{
    signature::Main,
    source::{Source, Tokens},
    variant::{Unikernel, Variant},
};
use mirage_graph::graph::{Addressing, Graph, Interface, Kind, Node, NodeId, Use};
use proc_macro2::{Delimiter, Group, Ident, Span, TokenStream};
use quote::{ToTokens, format_ident, quote, quote_spanned};
use syn::{Expr, spanned::Spanned};

/// The variable that holds a node, where it is made. No item of the user's has such a name: a
/// pattern cannot shadow a constant. Names of the expansion that are not a node's have one
/// underscore.
pub(super) fn variable(node: &Node, source: &Source) -> Ident {
    format_ident!("__{}", node.name, span = source.definition_span(node.span))
}

/// The variable where it is used, at a token of the user's.
fn used_variable(node: &Node, span: Span, source: &Source) -> Ident {
    format_ident!("__{}", node.name, span = source.named_span(span))
}

/// The last use of each node: that user receives the node itself.
pub(super) type LastUses = [Option<Use>];

pub(super) fn last_uses(graph: &Graph) -> Vec<Option<Use>> {
    let mut last = vec![None; graph.nodes.len()];
    let nodes = graph.nodes.iter().flat_map(|node| &node.on);
    for used in nodes.chain(&graph.main) {
        last[used.node.0] = Some(*used);
    }
    last
}

/// The name of the start context.
pub(super) fn context(source: &Source) -> Ident {
    Ident::new("_context", source.hygienic_span())
}

/// Makes and starts a node.
pub(super) fn step(
    unikernel: &Unikernel,
    last_uses: &LastUses,
    source: &Source,
    id: NodeId,
) -> TokenStream {
    let any = &unikernel.any().resolved;
    let graph = &any.graph;
    let node = graph.node(id);
    if let (Kind::Arguments(_), Some(type_)) = (&node.kind, &any.arguments) {
        return of_arguments(unikernel, node, type_, source);
    }
    let custom = any.custom.get(&id);
    if custom.is_none() && configuration(unikernel.any(), id, source.constants()).is_none() {
        return of_every_machine(node, source);
    }
    let configuration = |variant: &Variant| {
        let custom = variant.resolved.custom.get(&id);
        let custom = custom.map(|custom| complete(&custom.configuration, source));
        custom
            .or_else(|| configuration(variant, id, source.constants()))
            .unwrap_or_default()
    };
    // What is wrong with a custom device is reported at its configuration.
    let span = custom.map_or_else(Span::call_site, |custom| custom.configuration.span());
    let variable = variable(node, source);
    let made = format_ident!("__{}", node.name, span = source.user_span(span));
    let uses = node.on.iter().enumerate();
    let dependencies =
        uses.map(|(position, used)| Dependency::new(graph, last_uses, used, position, source));
    let dependencies: Vec<_> = dependencies.collect();
    // Of the built-in ones all fit.
    let shares: Vec<_> = match custom {
        Some(_) => dependencies.iter().map(Dependency::before).collect(),
        None => Vec::new(),
    };
    let is_shared = shares.iter().any(|share| !share.is_empty());
    let arguments = dependencies.iter().map(|dependency| match custom {
        Some(_) => dependency.after(),
        None => dependency.at_once(),
    });
    let place = source.user_span(span);
    // What is wrong with the call is reported at `on`, which stands for it.
    let wire = custom.map_or(place, |custom| source.named_span(custom.method));
    let wire = Ident::new("wire", wire);
    let (context, name) = (context(source), &node.name);
    let start = quote_spanned!(place=> _rt::graph::start(&#context, #name, #made).await?);
    // A port is on any number of interfaces.
    let arguments = match node.kind {
        Kind::Port(..) => quote!([#(#arguments),*]),
        _ => quote!(#(#arguments),*),
    };
    let mut arguments = Group::new(Delimiter::Parenthesis, arguments);
    if let Some(custom) = custom {
        arguments.set_span(source.user_span(custom.parentheses));
    }
    if is_of_several_types(unikernel, id) {
        let started = chosen(unikernel, |variant| {
            let configuration = configuration(variant);
            quote!({ let #variable = #configuration.#wire #arguments; #start })
        });
        return quote!(let #variable = #started;);
    }
    let configuration = chosen(unikernel, configuration);
    let made = quote!(#configuration.#wire #arguments);
    let made = match is_shared {
        true => quote!({ #(#shares)* #made }),
        false => made,
    };
    quote! {
        let #variable = #made;
        let #variable = #start;
    }
}

/// Whether a node is an interface that asks for its address on some targets only, or beside another
/// number of configured ones: what is started there is of another type, and only what it provides
/// is the same.
fn is_of_several_types(unikernel: &Unikernel, id: NodeId) -> bool {
    let asks = |interface: &Interface| interface.address.value == Addressing::Dhcp;
    let beside = |variant: &Variant| match &variant.resolved.graph.node(id).kind {
        Kind::Interface(interface) if asks(interface) => {
            let others = variant.resolved.graph.interfaces();
            Some(others.filter(|(_, other)| !asks(other)).count())
        }
        _ => None,
    };
    let variants: Vec<_> = unikernel.variants.iter().map(beside).collect();
    variants.windows(2).any(|pair| pair[0] != pair[1])
}

/// Reads the boot arguments.
fn of_arguments(unikernel: &Unikernel, node: &Node, type_: &Expr, source: &Source) -> TokenStream {
    let variable = variable(node, source);
    let read = chosen(unikernel, |variant| {
        let type_ = variant.resolved.arguments.as_ref().unwrap_or(type_);
        let (place, parsed) = (source.user_span(type_.span()), boot::parsed());
        quote_spanned!(place=> <#type_ as _rt::arguments::Args>::read(&#parsed))
    });
    quote!(let #variable = #read?;)
}

fn of_every_machine(node: &Node, source: &Source) -> TokenStream {
    let (context, variable) = (context(source), variable(node, source));
    match node.kind {
        Kind::Console => quote! { let #variable = #context.console(); },
        Kind::Clock => quote! { let #variable = #context.clock(); },
        _ => quote! { let #variable = #context.random()?; },
    }
}

/// The user's configuration, with the fields that it leaves out, as something that has methods.
pub(super) fn complete(configuration: &Expr, source: &Source) -> TokenStream {
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
            quote_spanned!(source.user_span(written.path.span())=> _rt::graph::defaults());
        written.dot2_token = Some(Default::default());
        written.rest = Some(Box::new(Expr::Verbatim(default)));
        if !written.fields.empty_or_trailing() {
            written.fields.push_punct(Default::default());
        }
    }
    written.into_token_stream()
}

/// The value of a node for one of its users, at the user's token: the last has the value itself, those
/// before share it.
struct Dependency {
    variable: Ident,
    /// How it is shared, and the variable that holds that.
    share: Option<(TokenStream, Ident)>,
}

impl Dependency {
    fn new(
        graph: &Graph,
        last_uses: &LastUses,
        used: &Use,
        position: usize,
        source: &Source,
    ) -> Self {
        let node = graph.node(used.node);
        let span = source.tokens(used.span).first;
        let variable = used_variable(node, span, source);
        let last = last_uses[used.node.0].expect("the node has a user");
        if last == *used {
            return Self {
                variable,
                share: None,
            };
        }
        // Of a device that cannot be shared, the compiler shows both the argument and the function:
        // here they are two of its users.
        let other = source.user_span(source.tokens(last.span).first);
        let function = quote_spanned!(other=> _rt::graph::share);
        let place = source.user_span(span);
        let argument = quote_spanned!(place=> (&#variable));
        // No node has the name, which begins with a digit.
        let shared = format_ident!("__{}_{}", position, node.name, span = place);
        Self {
            variable,
            share: Some((quote!(#function #argument), shared)),
        }
    }

    /// What stands before the call that it is given to: the compiler shows all of an argument, and
    /// one that does not fit is the user's token alone.
    fn before(&self) -> TokenStream {
        match &self.share {
            Some((share, shared)) => quote!(let #shared = #share;),
            None => TokenStream::new(),
        }
    }

    /// The argument after that.
    fn after(&self) -> TokenStream {
        let shared = self.share.as_ref().map(|(_, shared)| shared);
        shared.unwrap_or(&self.variable).to_token_stream()
    }

    /// The argument without anything before it.
    fn at_once(&self) -> TokenStream {
        match &self.share {
            Some((share, _)) => share.clone(),
            None => self.variable.to_token_stream(),
        }
    }
}

/// Another name for the function, where the variable of a node has its own.
pub(super) fn called(graph: &Graph, main: &Main, source: &Source) -> Option<Ident> {
    let mut variables = graph.nodes.iter().map(|node| variable(node, source));
    let is_hidden = variables.any(|variable| variable == main.name());
    is_hidden.then(|| Ident::new("_function", source.hygienic_span()))
}

/// Calls `main`. Each argument is first a variable of the parameter's type, and stands where that
/// does: a wrong type is reported there.
pub(super) fn call(graph: &Graph, main: &Main, source: &Source) -> TokenStream {
    let parameters = graph.main.iter().zip(&main.parameters);
    let (arguments, received): (Vec<_>, Vec<_>) = parameters
        .map(|(used, parameter)| {
            let type_ = &parameter.type_;
            let argument = variable(graph.node(used.node), source);
            let place = Tokens::new(type_).first;
            // `main` is the last user of all that it receives.
            let value = used_variable(graph.node(used.node), place, source);
            let received = if source.is_of_one_context() {
                quote!(let #argument: #type_ = #value;)
            } else {
                // A variable of the type's own context, to be reported as the user's own.
                let mut there = argument.clone();
                there.set_span(place);
                quote! {
                    let #there = #value;
                    let #argument: #type_ = #there;
                }
            };
            (argument, received)
        })
        .unzip();
    let name = called(graph, main, source).unwrap_or_else(|| main.name());
    if main.never_returns() {
        return quote! {
            #(#received)*
            #name(#(#arguments),*).await
        };
    }
    // A result that `main` cannot have is reported at its type.
    let place = source.user_span(main.output().span());
    let result = Ident::new("_result", source.hygienic_span());
    let returned = Ident::new("_result", place);
    let outcome = quote_spanned!(place=> _rt::graph::exit_status(#returned));
    quote! {
        #(#received)*
        let #result = #name(#(#arguments),*).await;
        #outcome
    }
}
