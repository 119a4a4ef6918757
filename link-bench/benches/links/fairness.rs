//! How two connections share a bottleneck.

use crate::{
    client,
    congestion::Algorithm,
    fate::LinkConfig,
    median::median,
    namespaces::{Network, Stack},
    options::Options,
};
use std::{io, thread};

/// Prints the shares of a sender of ours and one of Linux's.
pub fn print(network: &mut Network, options: &Options) {
    println!(
        "\nshares of a sender of ours with {} and one of Linux's with cubic, at once, in MB/s",
        options.congestion
    );
    println!(
        "{:<40}{:>8}{:>8}{:>8}",
        "link, each way", "ours", "Linux", "ratio"
    );
    for link in [LinkConfig::BOTTLENECK, LinkConfig::LONG_QUEUE] {
        print_row(network, options, link);
    }
}

fn print_row(network: &mut Network, options: &Options, link: LinkConfig) {
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
    let congestion = |stack| match stack {
        Stack::Ours => options.congestion,
        Stack::Linux => Algorithm::Cubic,
    };
    let transfers = network.with_link(link, run as u64, None, || {
        thread::scope(|scope| {
            let mut order = Stack::ALL;
            order.rotate_left(run % 2);
            let mut threads = order.map(|stack| {
                let congestion = congestion(stack);
                scope.spawn(move || client::receive(stack, congestion, time))
            });
            threads.rotate_left(run % 2);
            threads.map(|thread| thread.join().expect("it does not panic"))
        })
    })?;
    let [ours, linux] = transfers;
    Ok([ours?.rate, linux?.rate])
}
