//! How two connections share a bottleneck.

use crate::{
    client,
    fate::LinkConfig,
    median::median,
    namespaces::{Network, Stack},
    options::Options,
};
use std::{io, thread};

/// Prints the shares of a sender of ours and one of Linux's.
pub fn print(network: &mut Network, options: &Options) {
    let link = LinkConfig::BOTTLENECK;
    println!("\nshares of a sender of ours and one of Linux's, at once, in MB/s");
    let mut rates = [const { Vec::new() }; 2];
    let mut ratios = Vec::new();
    for run in 0..options.runs {
        match share(network, options, link, run) {
            Ok([ours, linux]) => {
                rates[0].push(ours / 1e6);
                rates[1].push(linux / 1e6);
                ratios.push(ours / linux);
            }
            Err(cause) => return println!("{link:<40}{cause}"),
        }
    }
    let [ours, linux] = rates.map(|rates| median(&rates));
    println!(
        "{:<40}{:>8}{:>8}{:>8}",
        "link, each way", "ours", "Linux", "ratio"
    );
    println!("{link:<40}{ours:>8.2}{linux:>8.2}{:>8.2}", median(&ratios));
}

/// The rates of both. The one that starts first alternates.
fn share(
    network: &mut Network,
    options: &Options,
    link: LinkConfig,
    run: usize,
) -> io::Result<[f64; 2]> {
    let time = options.time;
    let transfers = network.with_link(link, run as u64, None, || {
        thread::scope(|scope| {
            let mut order = Stack::ALL;
            order.rotate_left(run % 2);
            let mut threads = order.map(|stack| scope.spawn(move || client::receive(stack, time)));
            threads.rotate_left(run % 2);
            threads.map(|thread| thread.join().expect("it does not panic"))
        })
    })?;
    let [ours, linux] = transfers;
    Ok([ours?.rate, linux?.rate])
}
