use super::*;
use quote::quote;
use std::{fs, path::Path};

/// The expansion, formatted, is what `golden/NAME.rs` holds; `MIRAGE_GOLDEN=overwrite` writes it.
fn assert_golden(name: &str, attribute: proc_macro2::TokenStream, item: proc_macro2::TokenStream) {
    assert_golden_expansion(name, expand_attribute(attribute, item));
}

fn assert_golden_expansion(name: &str, expansion: proc_macro2::TokenStream) {
    let file = syn::parse2(expansion).expect("the expansion is Rust");
    let formatted = without_files(&prettyplease::unparse(&file));
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("src/golden/{name}.rs"));
    if std::env::var("MIRAGE_GOLDEN").is_ok_and(|value| value == "overwrite") {
        fs::write(&path, &formatted).expect("a place for the expansion");
    }
    let golden = fs::read_to_string(&path).expect("a golden file");
    assert_eq!(formatted, golden, "in {}", path.display());
}

/// The text without the files of the manifest: outside the compiler they are numbered by thread.
fn without_files(text: &str) -> String {
    let file = r#"\"file\":\""#;
    let mut pieces = text.split(file);
    let mut kept = pieces.next().unwrap_or_default().to_string();
    for piece in pieces {
        let (_, rest) = piece.split_once(r#"\""#).expect("the end of a file's name");
        kept += &format!(r#"{file}FILE\"{rest}"#);
    }
    kept
}

#[test]
fn a_unikernel_with_a_network() {
    assert_golden(
        "network",
        quote! {
            name = "web", net = "virtio", ip = "10.0.0.2/16", gateway = "10.0.0.1",
            mac = "02:00:00:00:00:01", mtu = 1400, tcp(http = 80), udp(dns = 53), log = "warn",
            memory = "16MiB"
        },
        quote! {
            /// Serves.
            async fn main(http: TcpListener, mut dns: UdpSocket, clock: Clock) -> Result<(), Error> {
                serve(http, dns, clock).await
            }
        },
    );
}

#[test]
fn a_unikernel_without() {
    assert_golden(
        "machine",
        quote!(name = "hello"),
        quote!(
            async fn main(mut console: Console, _random: Random) {}
        ),
    );
}

#[test]
fn a_unikernel_that_never_ends() {
    assert_golden(
        "endless",
        quote!(name = "endless"),
        quote!(
            async fn main() -> ! {
                loop {}
            }
        ),
    );
}

#[test]
fn boot_arguments() {
    let item = quote! {
        struct Arguments {
            /// The port to listen on
            #[arg(default = "80")]
            listen_port: u16,
            #[arg(name = "deny", value = "NAME")]
            blocked: Vec<String>,
            journal: Option<String>,
            verbose: bool,
        }
    };
    assert_golden_expansion("args", args::derive(item));
}

#[test]
fn mistakes_leave_the_function_to_the_editor() {
    assert_golden(
        "mistakes",
        quote!(ip = "10.0.0.300", name = 7),
        quote!(
            fn main(self, http: TcpListener) {
                body(http)
            }
        ),
    );
}
