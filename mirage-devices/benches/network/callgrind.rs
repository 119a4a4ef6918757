//! Counting instructions with callgrind: the benchmark runs itself under valgrind, once for each row.

use std::{
    env,
    process::{Command, Stdio},
};

/// What is measured, and how often.
pub struct Row {
    pub name: &'static str,
    /// How often the work that is counted is done.
    pub units: usize,
    /// Does the work, in functions whose names start with `measured_`.
    pub run: Box<dyn Fn()>,
}

/// Prints the instructions of one unit of each row.
pub fn print(rows: &[Row]) {
    let mut arguments = env::args().skip_while(|argument| argument != "--row");
    if let Some(index) = arguments.nth(1) {
        return (rows[index.parse::<usize>().expect("a number")].run)();
    }
    for (index, row) in rows.iter().enumerate() {
        match count(index) {
            Some(instructions) => println!("{:60} {:6}", row.name, instructions / row.units as u64),
            None => println!("{:60} valgrind failed", row.name),
        }
    }
}

/// Returns the instructions that callgrind counts in a row.
fn count(index: usize) -> Option<u64> {
    let output = Command::new("valgrind")
        .args(["--tool=callgrind", "--callgrind-out-file=/dev/null"])
        .args(["--collect-atstart=no", "--toggle-collect=*measured_*"])
        .arg(env::current_exe().ok()?)
        .args(["--row", &index.to_string()])
        .stdin(Stdio::null())
        .output()
        .ok()?;
    let text = String::from_utf8_lossy(&output.stderr).into_owned();
    if !output.status.success() {
        eprint!("{text}");
        return None;
    }
    let counted = text.lines().find_map(|line| line.split_once("Collected :"));
    let counted = counted.and_then(|(_, count)| count.trim().parse().ok());
    if counted.is_none() {
        eprint!("{text}");
    }
    counted
}
