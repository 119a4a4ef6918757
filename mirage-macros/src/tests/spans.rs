//! What an editor finds: the user's own tokens are in the expansion as they were written, so that it
//! knows what each of them means.

use crate::attribute;
use proc_macro2::{TokenStream, TokenTree};

const ITEM: &str = "async fn main(http: net::TcpListener, cache: store::Cache) { serve(http) }";

/// Paths, fields and values of the attribute and the function.
const WORDS: [&str; 13] = [
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
fn written(expansion: TokenStream, words: &mut Vec<String>) {
    for token in expansion {
        match token {
            TokenTree::Group(group) => written(group.stream(), words),
            token => {
                let text = token.to_string();
                if token.span().source_text() == Some(text.clone()) {
                    words.push(text);
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
    let mut words = Vec::new();
    written(expansion, &mut words);
    for word in WORDS {
        assert!(words.iter().any(|other| other == word), "{word}: {text}");
    }
    text
}

#[test]
fn of_what_is_right() {
    let text = assert_written(
        r#"net = "virtio", ip = plan::WEB, tcp(http = 80), args = Told,
        cache = store::CacheConfig { capacity: LIMIT }.on(clock)"#,
    );
    assert!(!text.contains("compile_error"), "{text}");
}

#[test]
fn beside_mistakes() {
    let text = assert_written(
        r#"net = "vritio", ip = plan::WEB, tcp(http = 0), args = Told, nmae: "web",
        cache = store::CacheConfig { capacity: LIMIT }.on(clok)"#,
    );
    let errors = text.matches("compile_error").count();
    assert_eq!(errors, 3, "{text}");
}

#[test]
fn where_a_device_is_still_to_be_built_on_others() {
    let text = assert_written(
        r#"net = "virtio", ip = plan::WEB, tcp(http = 80), args = Told,
        cache = store::CacheConfig { capacity: LIMIT }"#,
    );
    assert!(text.contains("MIR017"), "{text}");
}

#[test]
fn of_a_function_that_is_being_written() {
    let expansion = expanded("", "async fn main(http: ) { serve(http) }");
    let text = expansion.to_string();
    let mut words = Vec::new();
    written(expansion, &mut words);
    assert!(words.contains(&"serve".to_string()), "{text}");
    // The compiler says what is wrong.
    assert!(!text.contains("compile_error"), "{text}");
}
