//! No crate has files that use each other in a cycle, on any target: a file can be read before those
//! that use it, and be changed without them.

use libtest_mimic::{Arguments, Failed, Trial};
use source_tests::{
    cfg,
    cycles::Uses,
    tree::Tree,
    workspace::{self, Crate},
};
use std::{collections::BTreeSet, fs, path::Path, process::ExitCode};

/// How many files of a crate are in cycles today. The list shrinks until it is empty.
const KNOWN: [(&str, usize); 1] = [("mirage-macros", 20)];

fn main() -> ExitCode {
    let arguments = Arguments::from_args();
    let trials = workspace::crates().into_iter().map(|each| {
        let name = each.name.clone();
        Trial::test(name, move || check(&each))
    });
    libtest_mimic::run(&arguments, trials.collect()).exit_code()
}

fn check(each: &Crate) -> Result<(), Failed> {
    let mut files = BTreeSet::new();
    let mut described = BTreeSet::new();
    for cfg in cfg::ALL {
        let tree = Tree::read(&each.root, cfg, &|path: &Path| {
            fs::read_to_string(path).ok()
        });
        let uses = Uses::in_crate(&tree);
        for cycle in uses.cycles() {
            described.insert(uses.describe(&cycle));
            files.extend(cycle.iter().map(|file| tree.files[*file].clone()));
        }
    }
    let known = KNOWN.iter().find(|(name, _)| *name == each.name);
    let known = known.map_or(0, |(_, files)| *files);
    let described = described.into_iter().collect::<Vec<_>>().join("\n");
    if files.len() > known {
        return Err(format!("{} files in cycles:\n{described}", files.len()).into());
    }
    print!("{described}");
    Ok(())
}
