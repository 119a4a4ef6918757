//! Benchmarks of images, compared with peers in the same run. They assert nothing: a limit that must hold
//! on every machine is a test.
//!
//! `cargo bench -p mirage-cli` runs all, `cargo bench -p mirage-cli -- start` those of one subject:
//! `sizes`, `start` or `network`.

mod example;
mod median;
mod namespace;
mod network;
mod sizes;
mod start;

use std::env;

/// A subject's name, and the function that prints its figures.
const SUBJECTS: [(&str, fn()); 3] = [
    ("sizes", sizes::print),
    ("start", start::print),
    ("network", network::print),
];

fn main() {
    // Cargo adds `--bench`.
    let words: Vec<_> = env::args().skip(1).collect();
    let named: Vec<_> = words
        .iter()
        .filter(|word| !word.starts_with("--"))
        .collect();
    for (name, print) in SUBJECTS {
        if named.is_empty() || named.iter().any(|word| *word == name) {
            print();
        }
    }
}
