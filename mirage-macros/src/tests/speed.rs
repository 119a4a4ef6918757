//! How long an expansion takes, which is what an editor waits for at every stroke. Printed, for a
//! reader to judge; what may be asserted is in `growth`.
//!
//! `cargo test --release -p mirage-macros speed -- --ignored --nocapture`

use crate::attribute;
use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use std::time::{Duration, Instant};

/// The number of expansions, of which the median is printed.
const RUNS: usize = 101;

/// Of each graph, so many fifteenths are interfaces, and the ports of one interface are so many.
const INTERFACES: usize = 1;
const PORTS: usize = 6;

/// A graph of `nodes` nodes, a multiple of 15: interfaces with ports, and devices, each on the one
/// before, on an interface and on the clock. All but the interfaces are received by `main`.
fn unikernel(nodes: usize) -> (TokenStream, TokenStream) {
    let interfaces = nodes / 15 * INTERFACES;
    let ports = interfaces * PORTS;
    let devices = nodes - interfaces - ports;
    let named = |kind: &'static str, count| (0..count).map(move |n| format_ident!("{kind}{n}"));
    let (wires, ports): (Vec<_>, Vec<_>) = (
        named("net", interfaces).collect(),
        named("port", ports).collect(),
    );
    let attached = wires.iter().zip(ports.chunks(PORTS)).enumerate();
    let attached = attached.map(|(index, (wire, ports))| {
        let address = format!("10.{index}.0.2/16");
        let numbers = 1..=PORTS as u16;
        quote!(#wire(driver = "auto", ip = #address, tcp(#(#ports = #numbers),*)))
    });
    let devices: Vec<_> = named("device", devices).collect();
    let chained = devices.windows(2).enumerate().map(|(index, pair)| {
        let (below, above, wire) = (&pair[0], &pair[1], &wires[index % wires.len()]);
        quote!(#above = Config { size: 1, name: "device" }.on(#below, #wire, clock))
    });
    let attribute = quote! {
        net(#(#attached),*), device0 = Config { size: 1, name: "device" }.on(clock), #(#chained),*
    };
    let main = quote!(async fn main(#(#ports: TcpListener,)* #(#devices: Device),*) {});
    (attribute, main)
}

/// The median of what expansions take, and the longest.
fn times(nodes: usize) -> (Duration, Duration) {
    let (attribute, main) = unikernel(nodes);
    let mut times = [Duration::ZERO; RUNS];
    for time in &mut times {
        let (attribute, main) = (attribute.clone(), main.clone());
        let start = Instant::now();
        let expansion = attribute::expand(attribute, main);
        *time = start.elapsed();
        assert!(
            !expansion.to_string().contains("compile_error"),
            "{expansion}"
        );
    }
    times.sort();
    (times[RUNS / 2], times[RUNS - 1])
}

#[test]
#[ignore = "a benchmark"]
fn expansions_take() {
    for nodes in [15, 30, 60, 120] {
        let (median, longest) = times(nodes);
        println!("{nodes:>4} nodes: {median:>9.1?} (median of {RUNS}), at most {longest:.1?}");
    }
}
