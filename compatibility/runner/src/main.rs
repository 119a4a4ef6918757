//! Builds the programs of this workspace as images, boots them, talks to them, and prints what works as a table.
//!
//! ```text
//! cargo run --manifest-path compatibility/Cargo.toml -p compatibility -- [--write] [CRATE]…
//! ```
//!
//! `--write` also replaces the tables in the book. It needs QEMU, openssl, PostgreSQL and Redis.

mod client;
mod machine;
mod row;
mod server;
mod table;

use row::{NO_STD, ROWS, STD};
use std::{env, process::ExitCode};

/// The targets that the programs are built for.
const TARGETS: [&str; 2] = ["spt", "virtio"];

fn main() -> ExitCode {
    let (options, names): (Vec<_>, Vec<_>) = env::args()
        .skip(1)
        .partition(|argument| argument.starts_with("--"));
    let unknown = options.iter().find(|option| *option != "--write");
    let unknown = unknown.or_else(|| names.iter().find(|name| !is_row(name)));
    if let Some(unknown) = unknown {
        eprintln!("there is no crate or option `{unknown}`");
        return ExitCode::from(2);
    }
    if let Err(cause) = machine::build_tool() {
        eprintln!("{cause}");
        return ExitCode::FAILURE;
    }
    let selected = |name: &str| names.is_empty() || names.iter().any(|other| other == name);
    let rows = ROWS.iter().filter(|row| selected(row.name));
    let lines = rows.map(|row| {
        let outcomes = TARGETS.map(|target| {
            let outcome = row.run(target);
            let shown = outcome.as_ref().map_or_else(String::as_str, |()| "yes");
            eprintln!("{} on {target}: {shown}", row.name);
            outcome
        });
        (row, outcomes)
    });
    let lines = lines.collect::<Vec<_>>();
    for chapter in [NO_STD, STD] {
        let of_chapter = lines.iter().filter(|(row, _)| row.chapter == chapter);
        let table = table::format(of_chapter);
        print!("{table}");
        if !options.is_empty() && names.is_empty() {
            table::write(chapter, &table);
        }
    }
    let all = lines
        .iter()
        .all(|(_, outcomes)| outcomes.iter().all(Result::is_ok));
    if all {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

fn is_row(name: &str) -> bool {
    ROWS.iter().any(|row| row.name == name)
}
