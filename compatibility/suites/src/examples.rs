//! The documentation examples of std, from the component `rust-src`.

use crate::{Result, exclusions::Exclusions, suite::run};
use std::{
    env,
    fmt::Write,
    fs,
    path::{Path, PathBuf},
    process::Command,
};

/// The sources of the modules `env`, `net`, `sync`, `thread` and `time`, parts of which are those of `core` and `alloc`.
const SOURCES: [&str; 9] = [
    "alloc/src/sync.rs",
    "core/src/net",
    "core/src/sync",
    "core/src/time.rs",
    "std/src/env.rs",
    "std/src/net",
    "std/src/sync",
    "std/src/thread",
    "std/src/time.rs",
];

/// A code block of the documentation.
struct Example {
    /// The file and the line, as a name.
    name: String,
    code: String,
    should_panic: bool,
}

/// Which examples are not taken, and how many.
#[derive(Default)]
struct Skipped {
    /// They need unstable features.
    unstable: usize,
    /// rustdoc only compiles them.
    not_run: usize,
    /// rustdoc ignores them, or they do not compile.
    ignored: usize,
}

/// A module for each example that rustdoc runs.
pub fn std(exclusions: &Exclusions) -> Result<String> {
    let library = library()?;
    let mut examples = Vec::new();
    let mut skipped = Skipped::default();
    for source in SOURCES {
        for file in files(&library.join(source))? {
            let name = file.strip_prefix(&library)?.with_extension("");
            let name = name.to_str().ok_or("a name that is not UTF-8")?;
            let name = name.replace("/src/", "_").replace(['/', '-'], "_");
            read(
                &fs::read_to_string(&file)?,
                &name,
                &mut examples,
                &mut skipped,
            );
        }
    }
    println!(
        "not run by rustdoc: {}; unstable: {}; ignored: {}",
        skipped.not_run, skipped.unstable, skipped.ignored
    );
    let mut text = String::from("#![allow(warnings)]\n");
    for example in &examples {
        if !exclusions.reasons.contains_key(&example.name) {
            text.push_str(&module(example)?);
        }
    }
    Ok(text)
}

/// The sources of the standard library: `RUST_SRC`, or those of the toolchain.
fn library() -> Result<PathBuf> {
    let library = match env::var_os("RUST_SRC") {
        Some(path) => path.into(),
        None => {
            let sysroot = run(Command::new("rustc").args(["--print", "sysroot"]))?;
            Path::new(sysroot.trim()).join("lib/rustlib/src/rust/library")
        }
    };
    match library.is_dir() {
        true => Ok(library),
        false => Err("no sources of std: rustup component add rust-src, or set RUST_SRC".into()),
    }
}

/// The source files of a module.
fn files(path: &Path) -> Result<Vec<PathBuf>> {
    if path.is_file() {
        return Ok(vec![path.into()]);
    }
    let mut all = Vec::new();
    for entry in fs::read_dir(path)? {
        let entry = entry?.path();
        if entry.is_dir() || entry.extension().is_some_and(|extension| extension == "rs") {
            all.extend(files(&entry)?);
        }
    }
    all.sort();
    Ok(all)
}

/// Reads the examples of a file.
fn read(source: &str, file: &str, examples: &mut Vec<Example>, skipped: &mut Skipped) {
    let mut open: Option<(String, usize, Vec<&str>)> = None;
    for (number, line) in source.lines().enumerate() {
        let line = line.trim_start();
        let text = line
            .strip_prefix("///")
            .or_else(|| line.strip_prefix("//!"));
        let Some(text) = text else {
            match &mut open {
                // A line that a macro makes, in an example that rustdoc sees as a whole only.
                Some((info, ..)) if line.starts_with("#[doc") => *info = "macro".into(),
                _ => open = None,
            }
            continue;
        };
        let text = text.strip_prefix(' ').unwrap_or(text);
        match (&mut open, text.trim().strip_prefix("```")) {
            (None, Some(info)) => open = Some((info.to_owned(), number + 1, Vec::new())),
            (Some(_), Some(_)) => {
                if let Some((info, line, code)) = open.take() {
                    add(&info, format!("{file}_{line}"), &code, examples, skipped);
                }
            }
            (Some((_, _, code)), None) => code.push(text),
            (None, None) => {}
        }
    }
}

/// Adds an example that rustdoc runs.
fn add(
    info: &str,
    name: String,
    code: &[&str],
    examples: &mut Vec<Example>,
    skipped: &mut Skipped,
) {
    let words: Vec<_> = info
        .split([',', ' '])
        .filter(|word| !word.is_empty())
        .collect();
    let is_rust = words.iter().all(|word| {
        matches!(
            *word,
            "rust" | "should_panic" | "no_run" | "compile_fail" | "standalone_crate"
        ) || word.starts_with("edition")
            || word.starts_with("ignore")
            || word.starts_with('E')
    });
    if !is_rust {
        return;
    }
    let code: Vec<_> = code.iter().map(|line| visible(line)).collect();
    let code = code.join("\n");
    if words.contains(&"no_run") {
        skipped.not_run += 1;
    } else if code.contains("#![feature(") {
        skipped.unstable += 1;
    } else if words
        .iter()
        .any(|word| word.starts_with("ignore") || *word == "compile_fail")
    {
        skipped.ignored += 1;
    } else {
        let should_panic = words.contains(&"should_panic");
        examples.push(Example {
            name,
            code,
            should_panic,
        });
    }
}

/// A line without the mark that hides it.
fn visible(line: &str) -> String {
    let trimmed = line.trim_start();
    match trimmed.strip_prefix('#') {
        Some("") => String::new(),
        Some(rest) if rest.starts_with(' ') => rest[1..].into(),
        Some(rest) if rest.starts_with('#') => rest.into(),
        _ => line.into(),
    }
}

/// The module of an example, which has a function `main`, as rustdoc adds one.
fn module(example: &Example) -> Result<String> {
    let mut text = String::new();
    let Example {
        name,
        code,
        should_panic,
    } = example;
    writeln!(text, "mod {name} {{")?;
    let returns = code.trim_end().ends_with("(())");
    if code.contains("fn main()") {
        writeln!(text, "{code}")?;
    } else if returns {
        writeln!(
            text,
            "fn main() -> Result<(), impl core::fmt::Debug> {{\n{code}\n}}"
        )?;
    } else {
        writeln!(text, "fn main() {{\n{code}\n}}")?;
    }
    let attribute = if *should_panic {
        "#[should_panic] "
    } else {
        ""
    };
    writeln!(
        text,
        "#[harness::test] {attribute}fn example() {{ harness::Outcome::check(main()) }}"
    )?;
    writeln!(text, "}}")?;
    Ok(text)
}
