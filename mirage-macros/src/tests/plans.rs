//! Unikernels of plans.

use crate::{application, planned};
use proc_macro2::{TokenStream, TokenTree};
use quote::quote;

/// The errors of an expansion, without their help.
fn errors(expansion: &TokenStream) -> Vec<String> {
    let text = expansion.to_string();
    let errors = text.split("\"MIR").skip(1);
    let messages = errors.map(|error| error.split("\\n").next().unwrap_or_default());
    messages.map(String::from).collect()
}

/// What the plan passes on for the unikernel `web`, as the contents of its macro.
fn passed_on(plan: TokenStream) -> TokenStream {
    let expansion = application::expand(plan);
    assert_eq!(errors(&expansion), [""; 0], "{expansion}");
    let mut found = None;
    groups(expansion, &mut |contents| {
        let mut trees = contents.clone().into_iter();
        let is_application = |tree: TokenTree| matches!(tree, TokenTree::Literal(text) if text.to_string() == "\"shop\"");
        if trees.next().is_some_and(is_application) && trees.next().is_some() {
            found = found.take().or(Some(contents));
        }
    });
    found.expect("the macro of a unikernel")
}

fn groups(tokens: TokenStream, visit: &mut impl FnMut(TokenStream)) {
    for tree in tokens {
        if let TokenTree::Group(group) = tree {
            visit(group.stream());
            groups(group.stream(), visit);
        }
    }
}

fn plan() -> TokenStream {
    quote! {
        name = "shop",
        networks(front(ip = "10.0.0.0/24", gateway = "10.0.0.1"), back(ip = "10.0.1.0/24")),
        unikernels(
            web(front = "10.0.0.2", back = "10.0.1.2", tcp(http = 80)),
            api(back = "10.0.1.3", tcp(rpc = 7000), block(data(size = "64MiB"))),
        ),
        links(outside -> web.http, web -> api.rpc, web -> outside("192.0.2.7:443") as payments),
    }
}

/// Expands a unikernel `web` of the plan.
fn expand(attribute: TokenStream, item: TokenStream) -> TokenStream {
    let contents = passed_on(plan());
    planned::expand(quote! {
        { #contents } { unikernel } { plan::web } { #attribute } { #item }
    })
}

#[test]
fn a_unikernel_of_a_plan() {
    super::golden::assert_golden_expansion(
        "planned",
        expand(
            quote!(memory = "16MiB"),
            quote! {
                /// Serves.
                pub async fn main(http: TcpListener, api: Remote, payments: Remote) -> Result<(), Error> {
                    serve(http, api, payments).await
                }
            },
        ),
    );
}

#[test]
fn the_attribute_passes_everything_on() {
    let expansion = crate::attribute::expand(
        quote!(crate::plan::web, memory = "16MiB"),
        quote!(
            pub async fn main(http: TcpListener) {}
        ),
    );
    let expected = quote! {
        crate::plan::web ! {
            [::mirage_rt] { unikernel } { crate::plan::web } { memory = "16MiB" }
            { pub async fn main(http: TcpListener) {} }
        }
    };
    assert_eq!(expansion.to_string(), expected.to_string());
}

#[test]
fn a_unikernel_of_an_invalid_plan_has_no_errors_of_its_own() {
    let item = quote!(
        async fn main(what: Remote) {}
    );
    let expansion = planned::expand(quote! { {} { unikernel } { plan::web } {} { #item } });
    assert_eq!(errors(&expansion), [""; 0]);
}

/// The feature `std` is that of a workspace with such a program.
#[cfg(feature = "std")]
#[test]
fn a_program_with_std_is_no_part_of_a_plan() {
    for item in [
        quote!(
            fn main() {}
        ),
        quote!(
            #[tokio::main]
            async fn main() {}
        ),
    ] {
        let expansion = expand(TokenStream::new(), item);
        assert_eq!(
            errors(&expansion),
            ["109: a program with std cannot be part of a plan"]
        );
    }
}
