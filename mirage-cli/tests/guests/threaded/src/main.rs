//! A program with std, which does what its first argument says.

mod ends;
mod exhausted;
mod futex;
mod semantics;
mod signal;

use std::{env, error::Error, process::ExitCode};

#[mirage_rt::unikernel(
    threads(stack = "64KiB", max = 12),
    env(GREETING = "hello", MODE = "declared")
)]
fn main() -> Result<ExitCode, Box<dyn Error>> {
    let mode = env::args().nth(1);
    match mode.as_deref() {
        None | Some("semantics") => {
            print!("{}", semantics::report());
            print!("{}", futex::report());
        }
        Some("environment") => environment(),
        Some("many") => ends::many_threads(),
        Some("exhausted") => exhausted::report(),
        Some("overflow") => println!("{}", ends::overflow(0)),
        Some("overflow-thread") => ends::overflow_in_a_thread(),
        Some("panic") => ends::outer(),
        Some("panic-thread") => ends::panic_in_a_thread(),
        Some("abort") => std::process::abort(),
        Some("exit") => ends::exit_in_a_thread(),
        Some("error") => return Err("no such luck".into()),
        Some("code") => return Ok(ends::code()),
        Some("signal") => return Ok(signal::wait()),
        Some(other) => return Err(format!("unknown mode `{other}`").into()),
    }
    Ok(ExitCode::SUCCESS)
}

/// Prints the arguments and the environment, and changes it.
fn environment() {
    println!("arguments: {:?}", env::args().collect::<Vec<_>>());
    let mut variables: Vec<_> = env::vars().collect();
    variables.sort();
    println!("variables: {variables:?}");
    // SAFETY: no other thread runs.
    unsafe {
        env::set_var("ADDED", "1");
        env::set_var("GREETING", "bye");
        env::remove_var("MODE");
    }
    let now = ["ADDED", "GREETING", "MODE"].map(|name| env::var(name).ok());
    println!("then: {now:?}");
    println!("number of variables: {}", env::vars().count());
    println!(
        "processors: {:?}",
        std::thread::available_parallelism().ok()
    );
}
