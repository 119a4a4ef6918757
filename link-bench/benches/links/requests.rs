//! How long small requests take beside a connection that transfers as much as it can.

use crate::{
    client,
    congestion::Algorithm,
    fate::LinkConfig,
    median::quantile,
    namespaces::{Network, Stack},
};
use std::{
    io,
    sync::{
        atomic::{AtomicBool, Ordering::Relaxed},
        mpsc,
    },
    thread,
};

/// Requests in each row.
const REQUESTS: usize = 1000;

/// Bytes after which the transfer is no longer in slow start.
const SLOW_START: usize = 2_000_000;

/// Prints the times on the bottleneck and on a link that only the machine limits.
pub fn print(network: &mut Network) {
    println!(
        "\ntimes of {REQUESTS} requests of 64 bytes beside a connection on which the server sends, in ms"
    );
    print!("{:<40}", "link, each way");
    for name in ["ours", "Linux"] {
        print!("{:>12}{:>12}", format!("{name} p50"), format!("{name} p99"));
    }
    println!();
    for link in [LinkConfig::PERFECT, LinkConfig::BOTTLENECK] {
        print!("{link:<40}");
        for stack in Stack::ALL {
            match ask(network, link, stack) {
                Ok(times) => {
                    let [half, most] = [0.5, 0.99].map(|share| 1000.0 * quantile(&times, share));
                    print!("{half:>12.2}{most:>12.2}");
                }
                Err(cause) => print!("  {cause}"),
            }
        }
        println!();
    }
}

fn ask(network: &mut Network, link: LinkConfig, stack: Stack) -> io::Result<Vec<f64>> {
    let is_over = AtomicBool::new(false);
    let (begun, has_begun) = mpsc::channel();
    let (transfer, times) = network.with_link(link, 0, None, || {
        thread::scope(|scope| {
            let is_over = &is_over;
            let transfer = scope.spawn(move || {
                client::receive_while(stack, Algorithm::Cubic, |_, bytes| {
                    if bytes > SLOW_START {
                        // It has begun before, too.
                        let _ = begun.send(());
                    }
                    !is_over.load(Relaxed)
                })
            });
            let times = match has_begun.recv() {
                Ok(()) => client::ask(stack, REQUESTS),
                Err(cause) => Err(io::Error::other(cause)),
            };
            is_over.store(true, Relaxed);
            (transfer.join().expect("it does not panic"), times)
        })
    })?;
    transfer?;
    times
}
