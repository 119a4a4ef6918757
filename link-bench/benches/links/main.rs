//! Our TCP beside Linux's on the same links, with loss, delay, reordering and a rate, in one run by turns.
//! It asserts nothing.
//!
//! ```text
//!  namespace A                                      namespace B
//!  unikernel 10.0.0.2 ── TAP ┐
//!                     bridge ┼ TAP ── relay ── TAP  client 10.0.0.1
//!  Linux     10.0.0.3 ───────┘
//! ```
//!
//! The relay is a thread of this process; the same seed gives frames the same fate. Both sides of each
//! connection use CUBIC. The namespaces end with this process.

mod client;
mod congestion;
mod fairness;
mod fate;
mod linux;
mod median;
mod namespaces;
mod options;
mod relay;
mod requests;
mod tap;
mod throughput;

use namespaces::Network;
use options::Options;
use std::process::ExitCode;

fn main() -> ExitCode {
    let options = match Options::from_env() {
        Ok(options) => options,
        Err(cause) => {
            eprintln!("{cause}\n\n{}", options::USAGE);
            return ExitCode::FAILURE;
        }
    };
    let mut network = match Network::new() {
        Ok(network) => network,
        Err(cause) => {
            eprintln!("the links cannot be made, which needs root: {cause}");
            return ExitCode::FAILURE;
        }
    };
    if options.has("throughput") {
        throughput::print(&mut network, &options);
    }
    if options.has("fairness") {
        fairness::print(&mut network, &options);
    }
    if options.has("requests") {
        requests::print(&mut network);
    }
    ExitCode::SUCCESS
}
