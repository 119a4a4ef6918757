//! No crate has files that use each other in a cycle, on any target: a file can be read before those
//! that use it, and be changed without them.

#[path = "../../mirage-cli/tests/images/harness/arguments.rs"]
mod arguments;

use libtest_mimic::{Failed, Trial};
use source_tests::{
    cfg,
    cycles::Uses,
    tree::Tree,
    workspace::{self, Crate},
};
use std::{collections::BTreeSet, fs, path::Path, process::ExitCode};

fn main() -> ExitCode {
    let (arguments, filters) = arguments::read();
    let crates = workspace::crates().into_iter().map(|each| {
        let name = each.name.clone();
        Trial::test(name, move || check(&each))
    });
    let filtering = Trial::test("filters", filters_are_separated_from_options);
    let mut trials: Vec<_> = crates.chain([filtering]).collect();
    trials.retain(|trial| arguments::selects(&filters, trial.name()));
    libtest_mimic::run(&arguments, trials).exit_code()
}

/// As libtest does, to which `cargo mirage test -- FILTER FILTER` passes them too.
fn filters_are_separated_from_options() -> Result<(), Failed> {
    let line = "cycles graph --skip solo5 devices --exact";
    let (options, filters) = arguments::split(line.split(' ').map(String::from));
    let is_right = filters == ["graph", "devices"] && options.skip == ["solo5"] && options.exact;
    let is_selected = |name| arguments::selects(&filters, name);
    match is_right && is_selected("mirage-devices") && !is_selected("mirage-rt") {
        true => Ok(()),
        false => Err(format!("{options:?} {filters:?}").into()),
    }
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
