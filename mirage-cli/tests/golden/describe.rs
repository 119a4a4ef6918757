//! Every example, described in every format.

use crate::{compare, folder, none, repository, tool};
use std::{fs, path::Path};

/// The ending of a file's name, the options, and whether colours are forced.
const FORMATS: [(&str, &[&str], bool); 5] = [
    ("tree", &[], false),
    ("coloured.tree", &[], true),
    ("json", &["--format", "json"], false),
    ("dot", &["--format", "dot"], false),
    ("svg", &["--format", "svg"], false),
];

#[test]
fn every_example_is_described_in_every_format() {
    let mut differences = Vec::new();
    let mut examples: Vec<_> = fs::read_dir(repository().join("examples"))
        .expect("the examples")
        .map(|entry| entry.expect("an example").path())
        // An application has several unikernels, which are described one by one.
        .filter(|path| !path.join("src/bin").exists())
        .map(|path| package(&path))
        .collect();
    examples.sort();
    for example in examples {
        for (ending, options, coloured) in FORMATS {
            let mut tool = tool();
            tool.args(["describe", &example]).args(options);
            if coloured {
                tool.env("CLICOLOR_FORCE", "1");
            }
            let output = tool.output().expect("the tool runs");
            let stderr = String::from_utf8_lossy(&output.stderr);
            assert!(output.status.success(), "{example}: {stderr}");
            let path = folder().join(format!("describe/{example}.{ending}"));
            let text = String::from_utf8(output.stdout).expect("text");
            differences.extend(compare(&path, &text).err());
        }
    }
    none(differences);
}

/// Returns the name of the package in a directory.
fn package(directory: &Path) -> String {
    let manifest = fs::read_to_string(directory.join("Cargo.toml")).expect("a manifest");
    let mut names = manifest.lines().filter_map(|line| {
        let name = line.strip_prefix("name = \"")?;
        name.strip_suffix('"')
    });
    names.next().expect("a name").into()
}

#[test]
fn no_color_disables_colours() {
    let mut tool = tool();
    let output = tool
        .args(["describe", "hello"])
        .env("NO_COLOR", "1")
        .output();
    assert!(!output.expect("the tool runs").stdout.contains(&0x1b));
}
