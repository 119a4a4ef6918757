//! The expansion contains the user's own tokens, which editors resolve.

use crate::attribute;
use proc_macro2::{TokenStream, TokenTree};

const ITEM: &str = "async fn main(http: net::TcpListener, cache: store::Cache) { serve(http) }";

/// Paths, fields and values of the attribute and the function.
const TOKENS: [&str; 13] = [
    "plan",
    "WEB",
    "store",
    "CacheConfig",
    "capacity",
    "LIMIT",
    "Told",
    "http",
    "net",
    "TcpListener",
    "cache",
    "Cache",
    "serve",
];

/// The tokens of an expansion that still are where the user wrote them.
fn written(expansion: TokenStream, texts: &mut Vec<String>) {
    for token in expansion {
        match token {
            TokenTree::Group(group) => written(group.stream(), texts),
            token => {
                let text = token.to_string();
                if token.span().source_text() == Some(text.clone()) {
                    texts.push(text);
                }
            }
        }
    }
}

fn expanded(attribute: &str, item: &str) -> TokenStream {
    let [attribute, item] = [attribute, item].map(|text| text.parse().expect("tokens"));
    attribute::expand(attribute, item)
}

fn assert_written(attribute: &str) -> String {
    let expansion = expanded(attribute, ITEM);
    let text = expansion.to_string();
    let mut texts = Vec::new();
    written(expansion, &mut texts);
    for token in TOKENS {
        assert!(texts.iter().any(|other| other == token), "{token}: {text}");
    }
    text
}

#[test]
fn a_valid_attribute_keeps_the_users_tokens() {
    let text = assert_written(
        r#"net = "virtio", ip = plan::WEB, tcp(http = 80), args = Told,
        cache = store::CacheConfig { capacity: LIMIT }.on(clock)"#,
    );
    assert!(!text.contains("compile_error"), "{text}");
}

#[test]
fn an_invalid_attribute_keeps_the_users_tokens() {
    let text = assert_written(
        r#"net = "vritio", ip = plan::WEB, tcp(http = 0), args = Told, nmae: "web",
        cache = store::CacheConfig { capacity: LIMIT }.on(clok)"#,
    );
    let errors = text.matches("compile_error").count();
    assert_eq!(errors, 3, "{text}");
}

#[test]
fn a_device_without_on_keeps_the_users_tokens() {
    let text = assert_written(
        r#"net = "virtio", ip = plan::WEB, tcp(http = 80), args = Told,
        cache = store::CacheConfig { capacity: LIMIT }"#,
    );
    assert!(text.contains("MIR017"), "{text}");
}

#[test]
fn an_incomplete_function_keeps_its_tokens() {
    let expansion = expanded("", "async fn main(http: ) { serve(http) }");
    let text = expansion.to_string();
    let mut texts = Vec::new();
    written(expansion, &mut texts);
    assert!(texts.contains(&"serve".to_string()), "{text}");
    // rustc reports the syntax error.
    assert!(!text.contains("compile_error"), "{text}");
}
