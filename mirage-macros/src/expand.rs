//! From the graph to Rust: what a careful person would write by hand.

use crate::{report, signature::Main, source::Source};
use mirage_graph::{
    graph::{Graph, Interface, Kind, Node, NodeId},
    target::{Driver, LogLevel},
};
use proc_macro_crate::{FoundCrate, crate_name};
use proc_macro2::{Ident, Literal, Span, TokenStream};
use quote::{ToTokens, format_ident, quote};
use std::net::Ipv4Addr;
use syn::spanned::Spanned;

/// Writes the unikernel.
pub(crate) fn expand(graph: &Graph, main: &Main, source: &Source) -> TokenStream {
    let runtime = runtime();
    let function = main.function();
    let warnings = report::warnings(source);
    let manifest = manifest(graph);
    let image = image(graph);
    let configurations = graph
        .iter()
        .filter_map(|(id, node)| configuration(graph, id, node));
    let steps = graph.iter().map(|(id, node)| step(graph, id, node));
    let call = call(graph, main);
    quote! {
        #function
        #warnings
        const _: () = {
            use #runtime::{
                device::Device,
                driver,
                graph,
                net,
            };
            #manifest
            #image
            #(#configurations)*
            async fn unikernel(__machine: graph::Machine) -> graph::Outcome {
                #(#steps)*
                #call
            }
            #runtime::entry!(IMAGE, unikernel);
        };
    }
}

/// The path of the runtime crate, under whatever name the user's crate has it.
fn runtime() -> TokenStream {
    match crate_name("mirage-rt") {
        Ok(FoundCrate::Name(name)) => {
            let name = Ident::new(&name, Span::call_site());
            quote!(::#name)
        }
        // Examples in the runtime's own documentation.
        Ok(FoundCrate::Itself) | Err(_) => quote!(::mirage_rt),
    }
}

fn manifest(graph: &Graph) -> TokenStream {
    let text = graph.manifest().to_string();
    let length = text.len();
    let bytes = Literal::byte_string(text.as_bytes());
    quote! {
        #[used]
        #[unsafe(link_section = ".note.mirage")]
        static MANIFEST: graph::Note<#length> = graph::note(*#bytes);
    }
}

fn image(graph: &Graph) -> TokenStream {
    let name = &graph.name;
    let targets = graph.targets.iter().map(|target| target.name());
    let log = match graph.log {
        LogLevel::Off => quote!(Off),
        LogLevel::Error => quote!(Error),
        LogLevel::Warn => quote!(Warn),
        LogLevel::Info => quote!(Info),
        LogLevel::Debug => quote!(Debug),
        LogLevel::Trace => quote!(Trace),
    };
    quote! {
        const IMAGE: graph::Image = graph::Image {
            name: #name,
            log: graph::log::LevelFilter::#log,
            targets: &[#(#targets),*],
        };
    }
}

/// The variable that holds a node.
fn variable(node: &Node) -> Ident {
    let raw = format_ident!("r#{}", node.name);
    syn::parse_str(&node.name).unwrap_or(raw)
}

/// The static that holds a node's configuration. Names may differ by case only, and be any of the
/// expansion's own.
fn static_of(graph: &Graph, id: NodeId) -> Ident {
    let name = graph.node(id).name.to_uppercase();
    let same = |node: &&Node| node.name.to_uppercase() == name;
    match graph.nodes[..id.0].iter().filter(same).count() {
        0 if !matches!(name.as_str(), "IMAGE" | "MANIFEST") => format_ident!("{name}"),
        count => format_ident!("{name}_{count}"),
    }
}

/// The configuration of a node that has one.
fn configuration(graph: &Graph, id: NodeId, node: &Node) -> Option<TokenStream> {
    let name = static_of(graph, id);
    Some(match &node.kind {
        Kind::Console | Kind::Clock | Kind::Random => return None,
        Kind::Tcp(port) => {
            let port = port.value;
            quote! { static #name: net::TcpPort = net::TcpPort { port: #port }; }
        }
        Kind::Udp(port) => {
            let port = port.value;
            quote! { static #name: net::UdpPort = net::UdpPort { port: #port }; }
        }
        Kind::Interface(interface) => interface_configuration(node, &name, interface),
    })
}

fn interface_configuration(node: &Node, name: &Ident, interface: &Interface) -> TokenStream {
    let node = &node.name;
    let driver = match interface.driver.value {
        Driver::Auto => quote!(Auto),
        Driver::Virtio => quote!(Virtio),
        Driver::Tap => quote!(Tap),
    };
    let address = address(interface.address.value);
    let prefix_length = interface.prefix_length;
    let gateway = option(
        interface
            .gateway
            .map(|gateway| self::address(gateway.value)),
    );
    let mac = option(interface.mac.map(|mac| {
        let octets = mac.0.map(Literal::u8_suffixed);
        quote!([#(#octets),*])
    }));
    let mtu = option(interface.mtu);
    quote! {
        static #name: net::Interface<driver::#driver> = net::Interface {
            node: #node,
            driver: driver::#driver,
            address: #address,
            prefix_length: #prefix_length,
            gateway: #gateway,
            mac: #mac,
            mtu: #mtu,
        };
    }
}

fn address(address: Ipv4Addr) -> TokenStream {
    let octets = address.octets().map(Literal::u8_unsuffixed);
    quote!(::core::net::Ipv4Addr::new(#(#octets),*))
}

fn option(value: Option<impl ToTokens>) -> TokenStream {
    match value {
        Some(value) => quote!(::core::option::Option::Some(#value)),
        None => quote!(::core::option::Option::None),
    }
}

/// Makes and starts a node.
fn step(graph: &Graph, id: NodeId, node: &Node) -> TokenStream {
    let variable = variable(node);
    let name = &node.name;
    let not_started = quote! {
        return graph::Outcome::not_started(#name, cause)
    };
    let (configuration, background) = match &node.kind {
        Kind::Console => return quote! { let #variable = __machine.console(); },
        Kind::Clock => return quote! { let #variable = __machine.clock(); },
        Kind::Random => {
            return quote! {
                let #variable = match __machine.random() {
                    ::core::result::Result::Ok(random) => random,
                    ::core::result::Result::Err(cause) => #not_started,
                };
            };
        }
        Kind::Interface(_) => {
            let run = quote! { graph::spawn(Device::run(&#variable)); };
            (static_of(graph, id), run)
        }
        Kind::Tcp(_) | Kind::Udp(_) => (static_of(graph, id), TokenStream::new()),
    };
    let dependencies = node.on.iter().map(|dependency| {
        let used = graph.node(*dependency);
        given(graph, *dependency, &self::variable(used), Use::By(id))
    });
    quote! {
        let mut #variable = #configuration.wire(#(#dependencies),*);
        if let ::core::result::Result::Err(cause) = Device::start(&mut #variable).await {
            #not_started;
        }
        #background
        let #variable = Device::provide(#variable);
    }
}

/// Who uses a node.
#[derive(PartialEq, Eq)]
enum Use {
    By(NodeId),
    /// The parameter of `main` at this position.
    ByMain(usize),
}

/// The value of a node for one of its users: the last has the value itself, those before share it.
fn given(graph: &Graph, id: NodeId, variable: &Ident, user: Use) -> TokenStream {
    let nodes = graph
        .iter()
        .filter(|(_, node)| node.on.contains(&id))
        .map(|(user, _)| Use::By(user));
    let parameters = graph.main.iter().enumerate();
    let main = parameters
        .filter(|(_, parameter)| parameter.node == id)
        .map(|(position, _)| Use::ByMain(position));
    if nodes.chain(main).last() == Some(user) {
        variable.to_token_stream()
    } else {
        quote!(graph::share(&#variable))
    }
}

/// Calls `main`. Each argument stands where its parameter's type does: a wrong type is reported there.
fn call(graph: &Graph, main: &Main) -> TokenStream {
    let arguments = graph.main.iter().enumerate().map(|(position, parameter)| {
        let mut variable = variable(graph.node(parameter.node));
        let type_ = &main.parameters[position].type_;
        // Hygiene stays the expansion's, the place is the user's.
        variable.set_span(variable.span().located_at(type_.span()));
        given(graph, parameter.node, &variable, Use::ByMain(position))
    });
    let name = main.name();
    // A result that `main` cannot have is reported at its type.
    let span = Span::call_site().located_at(main.output().span());
    let result = Ident::new("result", span);
    quote! {
        let #result = #name(#(#arguments),*).await;
        graph::Outcome::of(#result)
    }
}
