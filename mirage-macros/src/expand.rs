//! From the graph to Rust, as one would write it by hand.

mod boot;
mod chosen;
mod configuration;
mod constants;
mod expressions;
mod files;
mod manifest;
mod names;
mod needs;
mod planned;
mod rules;
mod runtime;
mod std_program;
mod steps;
mod threads;
mod value;
mod wiring;

use crate::{context::Context, report, signature::Main, variant::Unikernel};
use chosen::chosen;
pub(crate) use expressions::expressions;
use mirage_graph::{
    graph::{NodeKind, Spanned},
    size::DEFAULT_STACK,
    target::{Driver, Target},
};
pub(crate) use names::entry_beside_errors;
pub(crate) use planned::{stub, type_of_remote};
use proc_macro2::{Span, TokenStream};
use quote::{quote, quote_spanned};
pub(crate) use runtime::runtime;

/// Expands a valid unikernel.
pub(crate) fn expand(unikernel: &Unikernel, main: &Main, context: &Context) -> TokenStream {
    let first = unikernel.first();
    let graph = &first.graph;
    let runtime = runtime();
    let function = main.function();
    let (names, use_of_main) = match main.is_planned() {
        true => (planned::type_of(main), TokenStream::new()),
        false => (names::names(main), names::use_of_main(main)),
    };
    let warnings = report::warnings(context);
    let constants = constants::constants(context);
    let checks = constants::checks(unikernel, context);
    let arguments = boot::arguments(unikernel, context);
    let apply = boot::apply(unikernel, context);
    let (parsed, list) = match unikernel.takes_arguments() {
        true => (
            quote!(, _arguments: _rt::graph::argument::ParsedArgs<'static>),
            quote!(_ARGUMENTS,),
        ),
        false => Default::default(),
    };
    let manifest = manifest::manifest(unikernel, context);
    let image = image(unikernel, context);
    let needs = needs::needs(unikernel, context);
    let memory = needs::checks(unikernel, context);
    let mac_addresses = configuration::mac_addresses(unikernel, context.constants());
    let rules = rules::rules(unikernel, context);
    let last_uses = wiring::last_uses(graph);
    let steps = steps::steps(unikernel, &last_uses, context);
    let call = match graph.std {
        true => std_program::run(unikernel, main, context),
        false => wiring::call(graph, main, context),
    };
    let entry = match graph.std {
        _ if main.is_planned() => planned::unikernel(main, &list),
        true => std_program::entry(unikernel, main, &list, context),
        false => quote!(_rt::entry!(_IMAGE, #list _unikernel);),
    };
    let start_context = wiring::start_context(context);
    // Where there can be no such item, in an `impl`, rustc reports that at the function.
    let item = quote_spanned!(main.user_name().span()=> const _: () =);
    // The configuration of a custom device may have all of its fields.
    let lints =
        (!unikernel.resolved.custom.is_empty()).then(|| quote!(#[allow(clippy::needless_update)]));
    quote! {
        #function
        #names
        #warnings
        #item {
            use #runtime as _rt;
            #use_of_main
            #constants
            #checks
            #arguments
            #lints
            #needs
            #memory
            #image
            #manifest
            #mac_addresses
            #rules
            #lints
            async fn _unikernel(#start_context: _rt::graph::StartContext #parsed) -> _rt::graph::Outcome {
                #apply
                #steps
                #call
            }
            #entry
        };
    }
}

fn image(unikernel: &Unikernel, context: &Context) -> TokenStream {
    let name = chosen(
        unikernel,
        |variant| variant.graph.name.clone(),
        |_, name| quote!(#name),
    );
    let log = chosen(
        unikernel,
        |variant| variant.graph.log,
        |_, level| {
            let level = value::enum_variant(level);
            quote!(_rt::graph::log::LevelFilter::#level)
        },
    );
    let graph = &unikernel.first().graph;
    // The key is the stack of the main thread in a program with std.
    let stack = match graph.std {
        true => value::bytes(DEFAULT_STACK),
        false => chosen(
            unikernel,
            |variant| variant.graph.stack,
            |_, stack| needs::size(stack, DEFAULT_STACK, context),
        ),
    };
    let process = graph.std.then(|| {
        let process = std_program::process(unikernel, context);
        quote!(const _PROCESS: _rt::process::Process = #process;)
    });
    let targets = graph.targets.iter().map(|target| target.name());
    let solo5_devices = graph.iter().filter_map(|(id, node)| {
        let name = graph.solo5_name(id);
        match node.kind {
            NodeKind::Interface(_) => Some(quote!(NetBasic(#name))),
            NodeKind::Disk(_) => Some(quote!(BlockBasic(#name))),
            _ => None,
        }
    });
    let check = check_target(unikernel, context);
    quote! {
        #check
        const _IMAGE: _rt::graph::Image = _rt::graph::Image {
            name: #name,
            log: #log,
            stack: #stack,
            targets: &[#(#targets),*],
            solo5_devices: &[#(_rt::graph::DeviceDeclaration::#solo5_devices),*],
        };
        #process
    }
}

/// Refuses an image of a target that the unikernel does not support, at the list of targets or else at a driver.
fn check_target(unikernel: &Unikernel, context: &Context) -> Option<TokenStream> {
    let graph = &unikernel.first().graph;
    let mut machines = Target::MACHINES.iter();
    if machines.all(|target| graph.targets.contains(target)) {
        return None;
    }
    let is_excluding = |driver: &Spanned<Driver>| {
        let mut machines = Target::MACHINES.iter();
        machines.any(|target| !driver.value.is_on(*target))
    };
    let mut drivers = graph.drivers().map(|(driver, _)| driver);
    let driver = drivers.find(is_excluding).map(|driver| driver.span);
    let excluding = unikernel.resolved.targets_key.or(driver);
    let span = excluding.map(|span| context.spans.user_span(context.spans.tokens(span).first));
    let call =
        quote_spanned!(span.unwrap_or_else(Span::call_site)=> _rt::graph::check_target(&_IMAGE));
    Some(quote!(const _: () = #call;))
}
