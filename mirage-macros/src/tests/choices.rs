//! Values that differ by target.

use crate::attribute;
use proc_macro2::TokenStream;
use quote::quote;

fn expand(attribute: TokenStream) -> String {
    let main = quote!(
        async fn main(cache: Cache) {}
    );
    attribute::expand(attribute, main).to_string()
}

#[test]
fn the_arms_of_a_device_are_built_on_the_same_nodes() {
    let text = expand(quote! {
        cache = match target { unix => Small.on(clock), _ => Large { size: 7 }.on(clock) }
    });
    assert!(!text.contains("compile_error"), "{text}");
    assert!(text.contains("Small") && text.contains("Large"), "{text}");

    let text = expand(quote! {
        cache = match target { unix => Small.on(clock), _ => Large.on(random) }
    });
    assert_eq!(text.matches("compile_error").count(), 1, "{text}");
    assert!(
        text.contains("expected `.on(clock)`, as in the first arm"),
        "{text}"
    );
}

#[test]
fn an_error_in_an_arm_of_an_unsupported_target_is_reported() {
    let text = expand(quote! {
        net = "tap", ip = match target { unix => "10.0.0.2", virtio => "10.0.0.300" },
        cache = Small.on(net)
    });
    assert_eq!(text.matches("compile_error").count(), 1, "{text}");
    assert!(text.contains("MIR020"), "{text}");
}
