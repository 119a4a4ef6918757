//! Runs the tests of other projects as images.
//!
//! ```text
//! cargo run --release -- [--native] SUITE [FILTER]
//! ```
//!
//! | suite | tests |
//! |---|---|
//! | `tokio` | the integration tests of tokio for net, sync and time |
//! | `mio` | the integration tests of mio; `MIO` is the path of a checkout |
//! | `std` | the documentation examples of std for env, net, sync, thread and time |
//!
//! A suite is one program, which is built for `spt` by `cargo mirage` (or the program that `CARGO_MIRAGE` names).
//! Each test has a boot of its own, since a panic ends the machine. With `--native` the same program runs as a
//! process on this host, for comparison. `exclusions/SUITE.txt` lists what is not run, with reasons.

mod boot;
mod examples;
mod exclusions;
mod sources;
mod suite;

use boot::Verdict;
use std::{env, error::Error, process::ExitCode};
use suite::Suite;

type Result<T, E = Box<dyn Error>> = std::result::Result<T, E>;

/// The share of tests that must pass, in percent.
const REQUIRED: usize = 95;

fn main() -> Result<ExitCode> {
    let mut arguments: Vec<_> = env::args().skip(1).collect();
    let native = arguments.iter().position(|argument| argument == "--native");
    let native = native.map(|at| arguments.remove(at)).is_some();
    let [name, filters @ ..] = arguments.as_slice() else {
        return Err("usage: suites [--native] tokio|mio|std [FILTER]...".into());
    };
    let suite = Suite::new(name)?;
    let program = suite.build(native)?;
    let (mut passed, mut failed, mut excluded) = (0, Vec::new(), 0);
    for test in program.tests()? {
        let is_selected = |filter: &String| test.name.contains(filter.as_str());
        if !filters.is_empty() && !filters.iter().any(is_selected) {
            continue;
        }
        if test.ignored {
            continue;
        }
        if suite.exclusions.excludes(&test.name) {
            excluded += 1;
            continue;
        }
        match program.run(&test)? {
            Verdict::Passed => passed += 1,
            Verdict::Failed(output) => {
                println!("FAILED {}\n{output}", test.name);
                failed.push(test.name);
            }
        }
    }
    for name in &failed {
        println!("FAILED {name}");
    }
    for (name, reason) in &suite.exclusions.reasons {
        println!("excluded {name}: {reason}");
    }
    let run = passed + failed.len();
    println!("{name}: {passed} of {run} passed; {excluded} tests excluded, and the files above");
    let is_enough = passed * 100 >= run * REQUIRED;
    Ok(if is_enough {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}
