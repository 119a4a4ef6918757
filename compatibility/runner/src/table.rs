//! The table of the book.

use crate::{
    TARGETS,
    machine::{Outcome, repository},
    row::Row,
};
use std::{fmt::Write, fs};

/// Where the table is in its chapter.
const START: &str = "<!-- The following table is written by `compatibility/runner`. -->\n";
const END: &str = "<!-- The end of the table. -->\n";

/// Formats the outcomes in Markdown.
pub fn format<'a>(lines: impl Iterator<Item = &'a (&'a Row, [Outcome; TARGETS.len()])>) -> String {
    let mut table = String::from("| crate | version | program |");
    for target in TARGETS {
        let _ = write!(table, " `{target}` |");
    }
    table += "\n|---|---|---|";
    table += &"---|".repeat(TARGETS.len());
    table.push('\n');
    for (row, outcomes) in lines {
        let version = version(row).unwrap_or_default();
        let _ = write!(
            table,
            "| `{}` | {version} | {} |",
            row.name, row.description
        );
        for outcome in outcomes {
            let shown = match outcome {
                Ok(()) => "yes".into(),
                Err(cause) => format!("no: {}", cause.replace('|', "\\|")),
            };
            let _ = write!(table, " {shown} |");
        }
        table.push('\n');
    }
    table
}

/// Returns the newest version of the crate in the lock file of its workspace.
fn version(row: &Row) -> Option<String> {
    let path = repository().join(row.workspace).join("Cargo.lock");
    let lock = fs::read_to_string(path).ok()?;
    let name = format!("name = \"{}\"\nversion = \"", row.name);
    let (_, rest) = lock.rsplit_once(&name)?;
    Some(rest.split_once('"')?.0.into())
}

/// Replaces the table in a chapter of the book.
pub fn write(chapter: &str, table: &str) {
    let path = repository().join(chapter);
    let chapter = fs::read_to_string(&path).expect("the chapter");
    let (before, rest) = chapter.split_once(START).expect("where the table starts");
    let (_, after) = rest.split_once(END).expect("where the table ends");
    let chapter = format!("{before}{START}\n{table}\n{END}{after}");
    fs::write(&path, chapter).expect("the chapter is written");
}
