//! How fast one connection is on each link.

use crate::{
    client,
    fate::LinkConfig,
    median::median,
    namespaces::{Network, Stack},
    options::{Direction, Options},
};
use std::io;

/// Prints a row for each link.
pub fn print(network: &mut Network, options: &Options) {
    println!(
        "MB/s of one connection, {} on both sides: median of {} runs of {} s by turns",
        options.congestion,
        options.runs,
        options.time.as_secs()
    );
    print!("{:<32}", "link, each way");
    for direction in &options.directions {
        let name = match direction {
            Direction::Out => "out",
            Direction::In => "in",
        };
        print!(
            "{:>10}{:>10}{:>8}",
            format!("ours {name}"),
            "Linux",
            "ratio"
        );
    }
    println!();
    for link in &options.links {
        print!("{link:<32}");
        for direction in &options.directions {
            match compare(network, options, *link, *direction) {
                Ok([ours, linux]) => print!("{ours:>10.2}{linux:>10.2}{:>8.2}", ours / linux),
                Err(cause) => print!("  {cause}"),
            }
        }
        println!();
    }
}

/// Returns the medians of ours and Linux's.
fn compare(
    network: &mut Network,
    options: &Options,
    link: LinkConfig,
    direction: Direction,
) -> io::Result<[f64; 2]> {
    let mut rates = [const { Vec::new() }; 2];
    for run in 0..options.runs {
        for (stack, rates) in Stack::ALL.into_iter().zip(&mut rates) {
            // The last run of each remains.
            let capture = options.capture.as_ref();
            let capture = capture.map(|path| path.with_extension(stack.name()));
            let transfer =
                network.with_link(link, run as u64, capture.as_deref(), || match direction {
                    Direction::Out => client::receive(stack, options.congestion, options.time),
                    Direction::In => client::send(stack, options.congestion, options.time),
                })??;
            rates.push(transfer.rate / 1e6);
        }
    }
    Ok(rates.map(|rates| median(&rates)))
}
