//! The attributes `#[test]` and `#[tokio::test]` for tests that run as images.
//!
//! A test registers itself before `main`, wherever it stands, in a macro or behind a `cfg` too.

use proc_macro::{Delimiter, Group, Ident, TokenStream, TokenTree};

/// Registers a function as a test.
#[proc_macro_attribute]
pub fn test(_arguments: TokenStream, item: TokenStream) -> TokenStream {
    let mut ignored = false;
    let mut should_panic = false;
    let mut kept = Vec::new();
    let mut tokens = item.into_iter().peekable();
    while let Some(token) = tokens.next() {
        let is_hash = matches!(&token, TokenTree::Punct(punct) if punct.as_char() == '#');
        let name = match tokens.peek() {
            Some(TokenTree::Group(group)) if is_hash => attribute(group),
            _ => String::new(),
        };
        match name.as_str() {
            "ignore" => ignored = true,
            "should_panic" => should_panic = true,
            _ => {
                kept.push(token);
                continue;
            }
        }
        tokens.next();
    }
    let name = function(&kept);
    let register = format!(
        "const _: () = {{
            extern \"C\" fn register() {{
                ::harness::register(::harness::Test {{
                    name: concat!(module_path!(), \"::\", stringify!({name})),
                    run: || ::harness::Outcome::check({name}()),
                    ignored: {ignored},
                    should_panic: {should_panic},
                }});
            }}
            #[used]
            #[unsafe(link_section = \".init_array\")]
            static REGISTER: extern \"C\" fn() = register;
        }};"
    );
    let mut output: TokenStream = kept.into_iter().collect();
    output.extend(register.parse::<TokenStream>().expect("valid tokens"));
    output
}

/// Registers an asynchronous function as a test, which `#[tokio::main]` makes a synchronous one. The runtime is that
/// of `#[tokio::test]`: single-threaded unless the attribute says otherwise.
#[proc_macro_attribute]
pub fn tokio_test(arguments: TokenStream, item: TokenStream) -> TokenStream {
    let has_flavor = arguments
        .clone()
        .into_iter()
        .any(|token| matches!(token, TokenTree::Ident(name) if name.to_string() == "flavor"));
    let flavor = if has_flavor {
        ""
    } else {
        "flavor = \"current_thread\", "
    };
    let attributes = format!("#[::tokio::main({flavor}{arguments})] #[::harness::test]");
    let mut output: TokenStream = attributes.parse().expect("valid tokens");
    output.extend(item);
    output
}

/// The name of an attribute.
fn attribute(group: &Group) -> String {
    match group.stream().into_iter().next() {
        Some(TokenTree::Ident(name)) if group.delimiter() == Delimiter::Bracket => name.to_string(),
        _ => String::new(),
    }
}

/// The name of the function that is defined.
fn function(tokens: &[TokenTree]) -> Ident {
    let names = tokens.windows(2).find_map(|pair| match pair {
        [TokenTree::Ident(keyword), TokenTree::Ident(name)] if keyword.to_string() == "fn" => {
            Some(name.clone())
        }
        _ => None,
    });
    names.expect("a test is a function")
}
