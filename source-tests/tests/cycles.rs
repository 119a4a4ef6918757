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

fn main() -> ExitCode {
    let arguments = Arguments::from_args();
    let trials = workspace::crates().into_iter().map(|each| {
        let name = each.name.clone();
        Trial::test(name, move || check(&each))
    });
    libtest_mimic::run(&arguments, trials.collect()).exit_code()
}

fn check(each: &Crate) -> Result<(), Failed> {
    let mut described = BTreeSet::new();
    for cfg in cfg::ALL {
        let tree = Tree::read(&each.root, cfg, &|path: &Path| {
            fs::read_to_string(path).ok()
        });
        let uses = Uses::in_crate(&tree);
        for cycle in uses.cycles() {
            described.insert(uses.describe(&cycle));
        }
    }
    match described.len() {
        0 => Ok(()),
        _ => Err(described.into_iter().collect::<Vec<_>>().join("\n").into()),
    }
}
