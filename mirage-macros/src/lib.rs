//! The `#[unikernel]` attribute, and the derive `Args` of boot arguments (`args`).
//!
//! The attribute passes through these modules in order (`attribute`): `signature` (`main` and its
//! parameters), `syntax` (items), `config` (keys and values, `choice` for those that differ by target),
//! `resolve` (nodes), `variant` (a graph for each target, and the checks of `mirage-graph`), and `expand`
//! (Rust). `report` turns diagnostics into errors of rustc.

mod args;
mod attribute;
mod choice;
mod config;
mod constant;
mod context;
mod expand;
mod lookup;
mod per_target;
mod print;
mod report;
mod resolve;
mod signature;
mod span;
mod syntax;
mod variant;

use proc_macro::TokenStream;

/// Makes an `async fn main` and the devices that it names a unikernel.
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
/// | `net = "virtio"` | the network interface and its driver: `"virtio"`, `"auto"` (the one that the target has), `"tap"` (on `unix`), `"solo5"` (on `hvt` and `spt`) |
/// | `ip = "10.0.0.2/16"` | its IPv4 address; no prefix length means 24 |
/// | `gateway = "10.0.0.1"` | the router for addresses outside the network |
/// | `mac = "02:00:00:00:00:01"` | its MAC address, instead of the device's own |
/// | `mtu = 1400` | the largest IP packet, in bytes |
/// | `tcp(http = 80, …)` | TCP ports that are listened on; each is a node, a `TcpListener` |
/// | `tcp(http(port = 80, connections = 100))` | the same with limits: `connections`, `datagrams`, `receive`, `transmit` |
/// | `udp(dns = 53, …)` | UDP ports; each is a node, a `UdpSocket` |
/// | `block = "auto"`, `block(data(size = "64MiB"), …)` | disks; each is a node, a `Disk` |
/// | `name = "web"` | the image's name; the package's, if absent |
/// | `memory = "16MiB"` | the memory that its machine must have |
/// | `stack = "256KiB"` | its stack; 128 KiB, if absent |
/// | `heap = "4MiB"` | what is left for the program at least |
/// | `args = Arguments` | boot arguments, a struct with the derive [`Args`](derive@Args); a node |
/// | `cache = CacheConfig { … }.on(clock)` | a custom device, and what it is built on; a node |
/// | `log = "info"` | what is logged: `off`, `error`, `warn`, `info`, `debug`, `trace` |
/// | `targets("virtio", "unix")` | the targets that it is for; all that its drivers allow, if absent |
///
/// A parameter of `main` receives the node of its name: a port, `net`, or one of `console`, `clock`
/// and `random`, which are there without being declared. The book's chapter on the language has all
/// of it with examples, and its chapter on errors every error.
#[proc_macro_attribute]
pub fn unikernel(attribute: TokenStream, item: TokenStream) -> TokenStream {
    attribute::expand(attribute.into(), item.into()).into()
}

/// Makes a struct one that is read from boot arguments: each field is an argument, `listen_port`
/// is `--listen-port`, and its documentation is what `--help` says of it.
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
/// A `bool` is a flag, an `Option` may be left out, a `Vec` may be given several times, and any
/// other type that implements `FromStr` is required, unless it has a default.
///
/// | key of `#[arg(…)]` | meaning |
/// |---|---|
/// | `name = "port"` | the argument's name, instead of the field's |
/// | `value = "PORT"` | what stands for its value in `--help` |
/// | `default = "80"` | its value when it is not given |
#[proc_macro_derive(Args, attributes(arg))]
pub fn derive_args(item: TokenStream) -> TokenStream {
    args::derive(item.into()).into()
}

#[cfg(test)]
mod tests;
