//! The `#[unikernel]` attribute, and the derive `Args` of boot arguments (`args`).
//!
//! The attribute passes through these modules in order (`attribute`): `signature` (`main` and its
//! parameters), `syntax` (items), `config` (keys and values, `choice` for those that differ by target),
//! `resolve` (nodes), `variant` (a graph for each target, and the checks of `mirage-graph`), and `expand`
//! (Rust). `application` reads the plan of several unikernels, and `planned` those that follow one. `report` turns diagnostics into errors of rustc.

mod application;
mod args;
mod attribute;
mod choice;
mod config;
mod constant;
mod context;
mod expand;
mod files;
mod lookup;
mod membership;
mod per_target;
mod planned;
mod report;
mod resolve;
mod signature;
mod span;
mod syntax;
mod variant;

use proc_macro::TokenStream;

/// Turns an `async fn main` and the declared devices into a unikernel.
///
/// ```no_run
/// #![no_std]
/// #![cfg_attr(not(test), no_main)]
///
/// use mirage_rt::{
///     net::{Error, TcpListener},
///     unikernel,
/// };
///
/// #[unikernel(net = "virtio", ip = "10.0.0.2", tcp(http = 80))]
/// async fn main(http: TcpListener) -> Result<(), Error> {
///     loop {
///         let (connection, _) = http.accept().await?;
///         drop(connection);
///     }
/// }
/// ```
///
/// # Keys
///
/// | key | meaning |
/// |---|---|
/// | `net = "virtio"` | the network interface and its driver: `"virtio"`, `"auto"` (the target's own), `"tap"` (on `unix`), `"solo5"` (on `hvt` and `spt`) |
/// | `ip = "10.0.0.2/16"` | its IPv4 address; no prefix length means 24 |
/// | `gateway = "10.0.0.1"` | the router for addresses outside the network |
/// | `ip6 = "fd00::2/64"` | its IPv6 address, beside that of IPv4; the prefix length is 64 if absent; `"slaac"` follows the advertisements of routers |
/// | `gateway6 = "fd00::1"` | the router for IPv6 addresses outside the network |
/// | `dns = "10.0.0.1, 9.9.9.9"` | its name servers; those of the DHCP lease, if absent |
/// | `mac = "02:00:00:00:00:01"` | its MAC address, instead of the device's own |
/// | `mtu = 1400` | the largest IP packet, in bytes |
/// | `congestion = "reno"` | the congestion control of TCP connections; `"cubic"`, if absent |
/// | `ecn = "request"` | its TCP connections ask for ECN; `"accept"`, if absent |
/// | `conflict_detection = "strict"` | its address is probed before it is used; `"optimistic"`, if absent |
/// | `tcp(http = 80, …)` | TCP ports; each is a node, a `TcpListener` |
/// | `tcp(http(port = 80, connections = 100))` | the same with limits: `connections`, `datagrams`, `receive`, `transmit`, `congestion` |
/// | `udp(dns = 53, …)` | UDP ports; each is a node, a `UdpSocket` |
/// | `connect(payments = "192.0.2.7:443")` | the only peers that it connects to; each is a node, a `Remote` |
/// | `outgoing = "none"` | it connects to nobody else; everyone, if both keys are absent |
/// | `block = "auto"`, `block(data(size = "64MiB"), …)` | disks; each is a node, a `Disk` |
/// | `name = "web"` | the image's name; the package's, if absent |
/// | `memory = "16MiB"` | the memory of its machine |
/// | `stack = "256KiB"` | its stack; 128 KiB, if absent, or 256 KiB in a program with std |
/// | `heap = "4MiB"` | the minimum heap that devices leave for the program |
/// | `threads(stack = "64KiB", max = 32)` | the other threads of a program with std; 8 with 64 KiB each, if absent |
/// | `env(RUST_LOG = "info")` | environment variables of a program with std |
/// | `root = "files/"` | a directory of the package that a program with std has as `/`, read-only |
/// | `tmp = "4MiB"` | the limit of its `/tmp`, which is in memory; 1 MiB, if absent |
/// | `args = Arguments` | boot arguments, a struct with the derive [`Args`](derive@Args); a node |
/// | `cache = CacheConfig { … }.on(clock)` | a custom device and its dependencies; a node |
/// | `log = "info"` | the least severe messages that are logged: `off`, `error`, `warn`, `info`, `debug`, `trace` |
/// | `targets("virtio", "unix")` | the supported targets; those that all drivers support, if absent |
///
/// A parameter of `main` receives the node of its name: a declared one, or `console`, `clock` or
/// `random`, which need no declaration. The book has a chapter on the language with examples, and one
/// on all errors.
#[proc_macro_attribute]
pub fn unikernel(attribute: TokenStream, item: TokenStream) -> TokenStream {
    attribute::expand(attribute.into(), item.into()).into()
}

/// Declares an application: a plan of several unikernels, the networks between them, and who connects to whom.
///
/// ```
/// mod plan {
///     mirage_rt::application! {
///         name = "shop",
///         networks(
///             front(ip = "10.0.0.0/24", gateway = "10.0.0.1"),
///             back(ip = "10.0.1.0/24"),
///         ),
///         unikernels(
///             web(front = "10.0.0.2", back = "10.0.1.2", tcp(http = 80)),
///             api(front = "10.0.0.3", back = "10.0.1.3", tcp(rpc = 7000)),
///             db(back = "10.0.1.4", tcp(sql = 5432), block(data(size = "64MiB"))),
///         ),
///         links(
///             outside -> web.http,
///             web -> api.rpc,
///             api -> db.sql,
///             api -> outside("192.0.2.7:443") as payments,
///         ),
///         acyclic,
///         never(outside -> db),
///     }
/// }
/// # fn main() {}
/// ```
///
/// For each unikernel it defines what `#[unikernel(plan::web)]` names. The function receives its ports and disks, and a
/// `Remote` for each link that begins at it. The book has a chapter on applications.
#[proc_macro]
pub fn application(plan: TokenStream) -> TokenStream {
    application::expand(plan.into()).into()
}

/// A unikernel of a plan. Called by the macros that [`application!`] defines.
#[doc(hidden)]
#[proc_macro]
pub fn __planned(unikernel: TokenStream) -> TokenStream {
    planned::expand(unikernel.into()).into()
}

/// Implements `Args` for a struct: each field is a boot argument. The field `listen_port` is
/// `--listen-port`, and its documentation is printed by `--help`.
///
/// ```
/// use mirage_rt::Args;
///
/// #[derive(Args)]
/// struct Arguments {
///     /// The port to listen on
///     #[arg(default = "80")]
///     port: u16,
///     /// Say more
///     verbose: bool,
/// }
/// ```
///
/// A `bool` is a flag, an `Option` is optional, and a `Vec` may be repeated. Any other type that
/// implements `FromStr` is required, unless it has a default.
///
/// | key of `#[arg(…)]` | meaning |
/// |---|---|
/// | `name = "port"` | the argument's name, instead of the field's |
/// | `value = "PORT"` | the placeholder for its value in `--help` |
/// | `default = "80"` | its value if it is absent |
#[proc_macro_derive(Args, attributes(arg, clap))]
pub fn derive_args(item: TokenStream) -> TokenStream {
    args::derive(item.into()).into()
}

#[cfg(test)]
mod tests;
