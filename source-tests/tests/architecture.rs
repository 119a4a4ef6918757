//! Everything in the runtime that depends on the instruction set is in `arch/`.

use source_tests::workspace;
use std::{
    fs,
    path::{Path, PathBuf},
};

/// What names an instruction set, or one of its instructions.
const OF_PROCESSORS: [&str; 6] = [
    "asm!",
    "core::arch",
    "std::arch",
    "x86_64::",
    "aarch64::",
    "target_arch",
];

fn sources(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).expect("a folder of the sources");
    let paths = entries.map(|entry| entry.expect("an entry of the folder").path());
    paths
        .flat_map(|path| match path.is_dir() {
            true => sources(&path),
            false => vec![path],
        })
        .collect()
}

#[test]
fn only_the_folder_of_architectures_knows_a_processor() {
    let root = workspace::directory().join("mirage-rt/src");
    let mut found = Vec::new();
    for path in sources(&root) {
        let name = path.strip_prefix(&root).expect("a path below the root");
        if name.starts_with("arch") || path.extension().is_none_or(|extension| extension != "rs") {
            continue;
        }
        let text = fs::read_to_string(&path).expect("a source file");
        for (number, line) in (1..).zip(text.lines()) {
            if OF_PROCESSORS.iter().any(|word| line.contains(word)) {
                found.push(format!("{}:{number}: {}", name.display(), line.trim()));
            }
        }
    }
    assert!(
        found.is_empty(),
        "move to mirage-rt/src/arch:\n{}",
        found.join("\n")
    );
}
