//! What a plan expands to: a macro for each unikernel, and the plan as a constant.

use super::read::Plan;
use crate::{
    context::Context,
    expand::runtime,
    syntax::{Form, Item},
};
use mirage_graph::application::{Client, OUTSIDE, Opening, Part, PartLink, Target, identity};
use mirage_graph::mac_address::MacAddress;
use proc_macro2::{Ident, Literal, Span, TokenStream};
use quote::{format_ident, quote};
use syn::ext::IdentExt;

/// Expands a valid plan.
pub(super) fn expand(plan: &Plan, parts: &[Part], context: &Context) -> TokenStream {
    let application = &plan.application.name;
    let unikernels = plan.unikernels.iter().zip(parts);
    let names: Vec<_> = plan
        .unikernels
        .iter()
        .map(|(name, _)| name.unraw().to_string())
        .collect();
    let declared = unikernels
        .clone()
        .zip(&names)
        .map(|(((_, groups), part), name)| {
            let groups = groups.iter().filter_map(|item| match &item.form {
                Form::Group(group) => Some(format!("{}{group}", item.key)),
                _ => None,
            });
            (name.as_str(), groups.collect(), part)
        });
    let identity = identity(application, declared);
    let restarts = plan.application.unikernels.iter();
    let restarts = restarts.map(|member| member.restart.name());
    let macros = unikernels.zip(restarts).map(|(((name, groups), part), restart)| {
        let items = items(name, groups, part);
        let openings = part.openings.iter().map(opening);
        let links = part.links.iter().map(|link| self::link(link, context));
        let unikernel = name.unraw().to_string();
        let others = parts.iter().filter(|other| !std::ptr::eq(*other, part));
        let others = others.flat_map(|other| &other.interfaces);
        let members = others.map(|interface| interface.address.address.to_string());
        let contents = quote! {
            #application #unikernel #identity #restart [ #(#names),* ] { #items } [ #(#openings)* ] [ #(#links)* ] [ #(#members),* ]
        };
        self::unikernel(plan, name, &contents)
    });
    let constant = constant(plan);
    quote! { #(#macros)* #constant }
}

/// The unikernels of an invalid plan: functions without devices.
pub(super) fn invalid(plan: &Plan) -> TokenStream {
    let names = plan.unikernels.iter().map(|(name, _)| name);
    let mut seen = std::collections::BTreeSet::new();
    let unique = names.filter(|name| seen.insert(name.to_string()));
    let macros = unique.map(|name| unikernel(plan, name, &TokenStream::new()));
    quote! { #(#macros)* }
}

/// The macro of a unikernel, which `#[unikernel(PATH)]` calls with the runtime's path and the rest of the attribute.
/// It gives both to `__planned`, with what follows from the plan.
fn unikernel(plan: &Plan, name: &Ident, contents: &TokenStream) -> TokenStream {
    let is_of_name = |character: char| match character.is_ascii_alphanumeric() {
        true => character,
        false => '_',
    };
    let application: String = plan.application.name.chars().map(is_of_name).collect();
    let exported = format_ident!(
        "__mirage_{application}_{}",
        name.unraw(),
        span = Span::call_site()
    );
    quote! {
        #[doc(hidden)]
        #[macro_export]
        macro_rules! #exported {
            ([$($runtime:tt)*] $($planned:tt)*) => {
                $($runtime)*::__planned! { { #contents } $($planned)* }
            };
        }
        #[doc(hidden)]
        #[allow(unused_imports)]
        pub use #exported as #name;
    }
}

/// The items of the attribute that follow from the plan.
fn items(name: &Ident, groups: &[Item], part: &Part) -> TokenStream {
    let image = name.unraw().to_string();
    let interfaces = part.interfaces.iter().map(|interface| {
        let network = format_ident!("{}", interface.network, span = name.span());
        let address = interface.address.to_string();
        // Several guests have the same network, and a VMM gives each the same address by default.
        let [a, b, c, d] = interface.address.address.octets();
        let mac = MacAddress::locally_administered([0, 0, a, b, c, d]);
        let mac = mac.text().as_str().to_string();
        let gateway = interface.gateway.map(|gateway| {
            let gateway = gateway.to_string();
            quote!(, gateway = #gateway)
        });
        quote!(#network(ip = #address, mac = #mac #gateway))
    });
    let net = match part.interfaces.is_empty() {
        true => TokenStream::new(),
        false => quote!(net(#(#interfaces),*),),
    };
    let groups = groups.iter().filter_map(|item| match &item.form {
        Form::Group(group) => {
            let key = &item.key;
            Some(quote!(#key #group,))
        }
        _ => None,
    });
    quote!(name = #image, #net #(#groups)*)
}

/// The interfaces on which a port listens, and its peers: `"http" [0, 1] ["outside", "web 10.0.1.2"]`.
fn opening(opening: &Opening) -> TokenStream {
    let interfaces = opening.interfaces.iter().copied();
    let interfaces = interfaces.map(Literal::usize_unsuffixed);
    let port = &opening.port;
    let clients = opening.clients.iter().map(|client| match client {
        Client::Outside => OUTSIDE.to_string(),
        Client::Unikernel(name, address) => format!("{name} {address}"),
    });
    quote!(#port [#(#interfaces),*] [#(#clients),*])
}

/// A link: `api "tcp" "10.0.1.3:7000" "api.rpc" 1`.
fn link(link: &PartLink, context: &Context) -> TokenStream {
    let span = context.spans.tokens(link.span).first;
    let (name, to) = (Ident::new(&link.name, span), &link.to);
    let address = link.address.to_string();
    let protocol = link.protocol.name();
    let interface = Literal::usize_unsuffixed(link.interface);
    quote!(#name #protocol #address #to #interface)
}

/// The plan for constant assertions and for tests.
fn constant(plan: &Plan) -> TokenStream {
    let runtime = runtime();
    let name = &plan.application.name;
    let unikernels = plan.unikernels.iter();
    let unikernels = unikernels.map(|(name, _)| name.unraw().to_string());
    let links = plan.application.links.iter().map(|link| {
        let from = link.from.value.name();
        let to = match &link.to.value {
            Target::Port { unikernel, .. } => unikernel.value.as_str(),
            _ => OUTSIDE,
        };
        quote!((#from, #to))
    });
    let networks = plan
        .application
        .networks
        .iter()
        .map(|network| &network.name.value);
    quote! {
        /// The unikernels of the application, and the links between them.
        pub const PLAN: #runtime::Plan = #runtime::Plan {
            name: #name,
            networks: &[#(#networks),*],
            unikernels: &[#(#unikernels),*],
            links: &[#(#links),*],
        };
    }
}
