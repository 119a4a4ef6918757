//! The tender as a program, for hosts without `cargo mirage`.

use std::{env, process::ExitCode};

const NAME: &str = "mirage-tender";

fn main() -> ExitCode {
    match mirage_tender::main(NAME, env::args_os().skip(1)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{NAME}: {error}");
            ExitCode::FAILURE
        }
    }
}
