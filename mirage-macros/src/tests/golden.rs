mod manifest;

use crate::{args, attribute};
use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use std::{fs, path::Path};

/// The longest line of a golden file, in characters.
const MAX_LINE_LEN: usize = 200;

/// Compares the expansion of a valid unikernel with `golden/NAME.rs`.
fn assert_golden(name: &str, attribute: TokenStream, item: TokenStream) {
    assert_golden_expansion(name, attribute::expand(attribute, item));
}

/// Compares an expansion without errors with `golden/NAME.rs`.
pub(super) fn assert_golden_expansion(name: &str, expansion: TokenStream) {
    let formatted = format(expansion);
    assert!(!is_error(&formatted), "an error in {name}: {formatted}");
    assert_file(name, &formatted);
}

/// Compares the expansion of an invalid unikernel with `golden/NAME.rs`.
fn assert_golden_errors(name: &str, attribute: TokenStream, item: TokenStream) {
    let formatted = format(attribute::expand(attribute, item));
    assert!(is_error(&formatted), "no error in {name}: {formatted}");
    assert_file(name, &formatted);
}

fn is_error(expansion: &str) -> bool {
    expansion.contains("compile_error!")
}

fn format(expansion: TokenStream) -> String {
    let mut file = syn::parse2(expansion).expect("the expansion is Rust");
    manifest::format_manifests(&mut file);
    prettyplease::unparse(&file)
}

/// Compares the text with `golden/NAME.rs`, which `MIRAGE_GOLDEN=overwrite` writes.
fn assert_file(name: &str, formatted: &str) {
    let path = directory().join(format!("{name}.rs"));
    if std::env::var("MIRAGE_GOLDEN").is_ok_and(|value| value == "overwrite") {
        fs::write(&path, formatted).expect("a place for the expansion");
    }
    let golden = fs::read_to_string(&path).expect("a golden file");
    assert_eq!(formatted, golden, "in {}", path.display());
}

fn directory() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/src/golden"))
}

/// Golden files have no long lines, and each belongs to a test.
#[test]
fn golden_files_are_readable_and_each_has_a_test() {
    let tests = concat!(include_str!("golden.rs"), include_str!("plans.rs"));
    for entry in fs::read_dir(directory()).expect("the directory of golden files") {
        let path = entry.expect("a golden file").path();
        let name = path
            .file_stem()
            .and_then(|name| name.to_str())
            .expect("a name");
        assert!(
            tests.contains(&format!("\"{name}\",")),
            "no test for {name}.rs"
        );
        let text = fs::read_to_string(&path).expect("a golden file");
        let long = text
            .lines()
            .position(|line| line.chars().count() > MAX_LINE_LEN);
        assert_eq!(
            long.map(|index| index + 1),
            None,
            "a long line in {name}.rs"
        );
    }
}

#[test]
fn a_unikernel_with_a_network() {
    assert_golden(
        "network",
        quote! {
            name = "web", net = "virtio", ip = "10.0.0.2/16", gateway = "10.0.0.1",
            mac = "02:00:00:00:00:01", mtu = 1400, congestion = "reno",
            ecn = "request",
            conflict_detection = "strict",
            tcp(http = 80), udp(dns = 53), log = "warn",
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
fn a_unikernel_that_uses_dhcp() {
    assert_golden(
        "dhcp",
        quote! {
            name = "gateway",
            net(
                wan(ip = match target { unix => "10.0.0.2", _ => "dhcp" }),
                lan(ip = "10.1.0.1/16"),
                dmz(ip = "dhcp")
            ),
            tcp(http = 80),
            targets("unix", "virtio")
        },
        quote!(
            async fn main(http: TcpListener) {}
        ),
    );
}

#[test]
fn a_unikernel_that_uses_dhcp_unless_given_an_address() {
    assert_golden(
        "boot_or_dhcp",
        quote! {
            name = "gateway",
            net(
                wan(ip = boot("dhcp"), gateway = boot),
                lan(ip = "10.1.0.1/16"),
            ),
        },
        quote!(
            async fn main(wan: Network, lan: Network) {}
        ),
    );
}

/// Only the feature `std` has programs with files.
#[cfg(feature = "std")]
#[test]
fn a_program_with_files() {
    let attribute = quote!(
        name = "files",
        root = "src/tests/files/",
        tmp = LIMIT,
        memory = "8MiB"
    );
    assert_golden(
        "files",
        attribute,
        quote!(
            fn main() {}
        ),
    );
}

#[test]
fn a_unikernel_with_name_servers() {
    assert_golden(
        "name_servers",
        quote! {
            name = "gateway",
            net(
                wan(ip = "dhcp", dns = boot),
                lan(ip = "10.1.0.1/16", dns = "10.1.0.9, 10.1.0.8"),
                dmz(ip = "10.2.0.1", dns = match target { unix => plan::DNS, _ => boot("10.2.0.9") }),
            ),
            targets("unix", "virtio")
        },
        quote!(
            async fn main(wan: Network, lan: Network, dmz: Network) {}
        ),
    );
}

#[test]
fn a_unikernel_with_ipv6() {
    assert_golden(
        "ipv6",
        quote! {
            name = "gateway",
            net(
                wan(ip = "dhcp", ip6 = "2001:db8::2/48", gateway6 = boot("fe80::1")),
                lan(ip = "10.1.0.1/16", ip6 = boot("fd00::2")),
                dmz(ip = "10.2.0.1", dns = "10.2.0.9"),
            ),
            targets("unix", "virtio")
        },
        quote!(
            async fn main(wan: Network, lan: Network, dmz: Network) {}
        ),
    );
}

#[test]
fn a_unikernel_with_slaac() {
    assert_golden(
        "slaac",
        quote! {
            name = "gateway",
            net(
                wan(ip = "dhcp", ip6 = boot("slaac"), gateway6 = boot),
                lan(ip = "10.1.0.1/16", ip6 = match target { unix => "fd00::2", _ => "slaac" }),
            ),
            targets("unix", "virtio")
        },
        quote!(
            async fn main(wan: Network, lan: Network) {}
        ),
    );
}

#[test]
fn a_unikernel_without_devices() {
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
fn a_unikernel_with_several_interfaces_and_a_service() {
    assert_golden(
        "interfaces",
        quote! {
            name = "gate",
            net(
                wan(driver = "auto", ip = "10.0.0.2", mtu = 1400, tcp(http = 80)),
                lan(ip = "10.1.0.1/16", mac = "02:00:00:00:00:01", port(dns = 53)),
            ),
            udp(discovery = 1900)
        },
        quote! {
            async fn main(http: TcpListener, dns: Service, discovery: UdpSocket, wan: Network) {}
        },
    );
}

#[test]
fn a_unikernel_with_custom_devices() {
    assert_golden(
        "devices",
        quote! {
            name = "gate", net = "virtio", ip = "10.0.0.2",
            cache = CacheConfig { capacity: 128 }.on(net, clock),
            journal = JOURNAL.on(cache),
            _observer = watch::ObserverConfig {}.on(cache, clock)
        },
        quote! {
            async fn main(cache: Cache<Network, Clock>, journal: Journal) {}
        },
    );
}

#[test]
fn a_unikernel_with_boot_arguments() {
    assert_golden(
        "boot",
        quote! {
            name = boot("gate"), log = boot, net = "virtio", ip = boot("10.0.0.2/24"),
            gateway = boot, tcp(http = 80), args = Arguments
        },
        quote! {
            async fn main(http: TcpListener, args: Arguments) {}
        },
    );
}

#[test]
fn a_unikernel_that_differs_by_target() {
    assert_golden(
        "targets",
        quote! {
            name = "gate", net = match target { unix => "tap", virtio => "virtio" },
            ip = "10.0.0.2", tcp(http = match target { unix => 8080, _ => 80 }),
            log = match target { unix => "debug", virtio => "warn" },
            cache = match target { unix => Small, virtio => Large }.on(clock),
            targets("unix", "virtio")
        },
        quote! {
            async fn main(http: TcpListener, cache: Cache) {}
        },
    );
}

#[test]
fn a_unikernel_of_constants() {
    assert_golden(
        "constants",
        quote! {
            name = "gate", net = "virtio", ip = plan::GATE, gateway = plan::ROUTER, mac = plan::MAC,
            mtu = plan::LINK - 100, tcp(http = plan::HTTP, admin = 8080), memory = plan::MEMORY
        },
        quote! {
            async fn main(http: TcpListener, admin: TcpListener) {}
        },
    );
}

#[test]
fn a_unikernel_with_rules_about_peers() {
    assert_golden(
        "connect",
        quote! {
            name = "web", net = "auto", ip = boot("dhcp"), tcp(http = 80), port(dns = 53),
            connect(payments = "192.0.2.7:443", resolver(udp = "any:53")),
        },
        quote! {
            async fn main(http: TcpListener, dns: Service, payments: Remote) {}
        },
    );
}

#[test]
fn a_unikernel_with_limits() {
    assert_golden(
        "limits",
        quote! {
            name = "gate", net = "auto", ip = "10.0.0.2",
            tcp(http(port = 80, connections = 1000, receive = "4KiB", transmit = plan::BUFFER)),
            udp(dns(port = 53, datagrams = 256)), port(both(port = 54, connections = 10)),
            memory = match target { unix | virtio => "64MiB", spt => plan::MEMORY },
            stack = plan::STACK, heap = "4MiB", targets("unix", "virtio", "spt"),
        },
        quote! {
            async fn main(http: TcpListener, dns: UdpSocket, both: Service) {}
        },
    );
}

/// The feature `std` is that of a workspace with such a program.
#[cfg(feature = "std")]
#[test]
fn a_program_with_std() {
    assert_golden(
        "std_program",
        quote! {
            name = "web", net = "auto", ip = "10.0.0.2", tcp(http = 80), stack = "512KiB",
            threads(stack = plan::STACK, max = match target { spt => 4, _ => 16 }),
            env(RUST_LOG = "info", GREETING = "\"hello\""), args = Arguments,
        },
        quote! {
            fn main(http: TcpListener, args: Arguments) {}
        },
    );
}

/// Each mistake is one error at its token.
#[cfg(feature = "std")]
#[test]
fn errors_of_threads_and_variables() {
    let attribute = quote! {
        threads(stack = "16KiB", max = 1025, count = 4),
        env(A = 7, B = "x", B = "y", C, D-E = "z", F = "a\0b", G()),
    };
    let main = quote!(
        fn main() {}
    );
    let expansion = attribute::expand(attribute, main).to_string();
    let messages: Vec<_> = expansion
        .split("MIR")
        .skip(1)
        .map(|text| text.split("\\n").next().unwrap_or_default())
        .collect();
    let expected = [
        "056: the stack cannot be 16KiB",
        "054: `max` cannot be 1025",
        "002: unknown key `count`",
        "004: `A` takes a quoted string",
        "003: `B` is given twice",
        "005: `C` needs a value",
        "001: expected a name without a hyphen",
        "001: expected a text without zero bytes",
        "006: `G` cannot be written this way",
    ];
    assert_eq!(messages, expected);
}

#[cfg(feature = "std")]
#[test]
fn empty_lists_of_threads_and_variables_are_errors() {
    let main = quote!(
        fn main() {}
    );
    let expansion = attribute::expand(quote!(threads(), env(), threads = 4), main).to_string();
    assert_eq!(expansion.matches("MIR005").count(), 2, "{expansion}");
    assert_eq!(expansion.matches("MIR003").count(), 1, "{expansion}");
}

/// Steps are in groups, which return the nodes that are used later.
#[test]
fn a_unikernel_of_many_nodes() {
    let name = |number| format_ident!("port_{number}");
    let names: Vec<_> = (1..=20).map(name).collect();
    let numbers = 1..=20_u16;
    assert_golden(
        "many",
        quote! {
            name = "gate", net = "virtio", ip = "10.0.0.2", tcp(#(#names = #numbers),*)
        },
        quote! {
            async fn main(#(#names: TcpListener),*) {}
        },
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
fn errors_leave_the_function_to_the_editor() {
    assert_golden_errors(
        "errors",
        quote!(ip = "10.0.0.300", name = 7),
        quote!(
            async fn main(self, http: TcpListener) {
                body(http)
            }
        ),
    );
}
