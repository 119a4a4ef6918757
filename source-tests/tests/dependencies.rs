//! The checks of `cargo deny check bans licenses sources`, with the lists of `deny.toml`. They take a
//! second, while the installation of cargo-deny takes minutes. `.github/workflows/ci.yml` runs
//! cargo-deny itself, advisories included.

use cargo_metadata::{Metadata, MetadataCommand, Package};
use source_tests::workspace;
use spdx::{Expression, ParseMode};
use std::{collections::BTreeMap, fs};
use toml::{Table, Value};

const CRATES_IO: &str = "registry+https://github.com/rust-lang/crates.io-index";

fn metadata() -> Metadata {
    MetadataCommand::new()
        .manifest_path(workspace::directory().join("Cargo.toml"))
        .other_options(["--locked".to_string()])
        .exec()
        .expect("the metadata of the workspace")
}

/// The section of `deny.toml`.
fn section(name: &str) -> Table {
    let path = workspace::directory().join("deny.toml");
    let text = fs::read_to_string(path).expect("deny.toml");
    let mut table: Table = text.parse().expect("TOML");
    match table.remove(name) {
        Some(Value::Table(section)) => section,
        other => panic!("no section {name}: {other:?}"),
    }
}

fn is_denied(section: &Table, key: &str) -> bool {
    section.get(key).and_then(Value::as_str) == Some("deny")
}

/// Returns the packages from outside the workspace.
fn dependencies(metadata: &Metadata) -> impl Iterator<Item = &Package> {
    metadata
        .packages
        .iter()
        .filter(|package| package.source.is_some())
}

#[test]
fn licenses_are_allowed() {
    let section = section("licenses");
    let allowed = section["allow"].as_array().expect("a list of licences");
    let allowed: Vec<_> = allowed
        .iter()
        .map(|license| Expression::parse(license.as_str().expect("a licence")).expect("SPDX"))
        .collect();
    let is_allowed = |license: &spdx::LicenseReq| {
        allowed.iter().any(|allowed| {
            allowed
                .requirements()
                .any(|allowed| allowed.req == *license)
        })
    };
    let metadata = metadata();
    let refused: Vec<_> = dependencies(&metadata)
        .filter(|package| {
            let license = package.license.as_deref().unwrap_or_default();
            Expression::parse_mode(license, ParseMode::LAX)
                .map_or(true, |license| !license.evaluate(is_allowed))
        })
        .map(|package| format!("{}: {:?}", package.name, package.license))
        .collect();
    assert!(refused.is_empty(), "{refused:#?}");
}

#[test]
fn every_dependency_is_from_the_registry() {
    let section = section("sources");
    assert!(is_denied(&section, "unknown-registry") && is_denied(&section, "unknown-git"));
    for package in dependencies(&metadata()) {
        let source = package.source.as_ref().expect("a source");
        assert_eq!(source.repr, CRATES_IO, "{}", package.name);
    }
}

#[test]
fn each_dependency_has_one_version() {
    let section = section("bans");
    assert!(is_denied(&section, "multiple-versions"));
    let skipped = section["skip"].as_array().expect("a list of crates");
    let skipped: Vec<_> = skipped
        .iter()
        .map(|each| each["crate"].as_str().expect("NAME@VERSION"))
        .collect();
    let metadata = metadata();
    let mut versions = BTreeMap::<_, Vec<_>>::new();
    let mut unused = skipped.clone();
    for package in &metadata.packages {
        let version = format!("{}@{}", package.name, package.version);
        unused.retain(|skipped| *skipped != version);
        if !skipped.contains(&version.as_str()) {
            versions.entry(&package.name).or_default().push(version);
        }
    }
    versions.retain(|_, versions| versions.len() > 1);
    assert!(versions.is_empty(), "{versions:#?}");
    assert!(unused.is_empty(), "not among the dependencies: {unused:?}");
}

#[test]
fn no_requirement_is_a_wildcard() {
    assert!(is_denied(&section("bans"), "wildcards"));
    let metadata = metadata();
    for package in metadata.workspace_packages() {
        for dependency in &package.dependencies {
            let is_wildcard = dependency.req.comparators.is_empty();
            assert!(
                !is_wildcard || dependency.path.is_some(),
                "{}: {}",
                package.name,
                dependency.name
            );
        }
    }
}
