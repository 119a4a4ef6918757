//! A fuzzer that runs inside of an ordinary test, on stable Rust.
//!
//! Without settings, a test runs the inputs of its corpus and some thousand changed ones, which are
//! the same every time. `FUZZ_SECONDS=30` has it run for that long, and `FUZZ_KEEP=1` writes to the
//! corpus what reached new code. A failing input is always written there, so that it is tried by
//! every later run.
//!
//! If the crates under test are compiled with LLVM's coverage counters (`fuzzing/flags.toml`), inputs
//! that reach new code are changed further. Otherwise only the corpus is changed.

mod corpus;
mod coverage;
mod input;
mod mutation;
mod random;

pub use input::Input;

use corpus::Corpus;
use coverage::Coverage;
use random::Random;
use std::{
    env,
    panic::{AssertUnwindSafe, catch_unwind, resume_unwind},
    time::{Duration, Instant},
};

/// How many changed inputs are run if there is no time to fill.
const RUNS: usize = 2000;

/// The longest input, in bytes.
const MAX_LEN: usize = 4096;

/// Runs `target` with inputs derived from `seeds` and from the corpus `name`.
///
/// # Panics
///
/// Panics as `target` does, after the failing input was written to the corpus.
pub fn fuzz(name: &str, seeds: &[Vec<u8>], target: impl Fn(&[u8])) {
    let seconds = env::var("FUZZ_SECONDS").ok();
    let seconds = seconds.map(|seconds| seconds.parse().expect("FUZZ_SECONDS is a number"));
    let keep = env::var_os("FUZZ_KEEP").is_some();
    let mut corpus = Corpus::read(name);
    let mut coverage = Coverage::default();
    let mut inputs = Vec::new();
    let run = |input: &[u8], corpus: &Corpus, coverage: &mut Coverage| {
        coverage.clear();
        if let Err(panic) = catch_unwind(AssertUnwindSafe(|| target(input))) {
            let path = corpus.write("failure", input);
            eprintln!("{name}: the input is in {}", path.display());
            resume_unwind(panic);
        }
        coverage.is_new()
    };
    for input in seeds.iter().chain(&corpus.inputs()) {
        run(input, &corpus, &mut coverage);
        inputs.push(input.clone());
    }
    let mut random = Random::new(seconds.is_some());
    let deadline = seconds.map(|seconds| Instant::now() + Duration::from_secs(seconds));
    let mut runs = 0;
    while deadline.map_or(runs < RUNS, |deadline| Instant::now() < deadline) {
        let mut input = random.choose(&inputs).cloned().unwrap_or_default();
        mutation::change(&mut input, &inputs, &mut random);
        input.truncate(MAX_LEN);
        runs += 1;
        if run(&input, &corpus, &mut coverage) {
            if keep {
                corpus.write("found", &input);
            }
            inputs.push(input);
        }
    }
    if keep {
        corpus.reduce(|input| {
            coverage.clear();
            target(input);
            coverage.reached()
        });
    }
    println!(
        "{name}: {runs} runs, {} inputs, {} edges",
        inputs.len(),
        coverage.edges()
    );
}
